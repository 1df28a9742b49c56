/** In which order waiting contacts stand, and who sees them. Pure. */
import type { AgentState } from "../model/agent.ts";
import { type Interaction, isCall, isChat } from "../model/interaction.ts";

/** Highest priority first, then the longest waiting. */
export function inQueueOrder(a: Interaction, b: Interaction): number {
  return b.priority - a.priority || a.queuedMs - b.queuedMs;
}

/**
 * Who sees a contact: everybody of the firm while it waits, then only who has it, and whom he consults; nobody once it is
 * closed.
 */
export function audienceOf(
  interaction: Interaction,
  firmAgents: readonly { readonly name: string }[],
  consulted?: string,
): string[] {
  if (interaction.state === "closed") return [];
  if (interaction.state === "queued") return firmAgents.map(({ name }) => name);
  return [interaction.agent, consulted].filter((name) => name !== undefined);
}

/** So many chats an agent can keep up with at once. */
export const MOST_CHATS = 3;

/**
 * What an agent with these contacts is doing, and whether he could take one more. The telephone counts before chats: one
 * call at a time.
 *
 * @param held his contacts; `ringing` tells that his own telephone is what rings
 */
export function loadOf(held: readonly { interaction: Interaction; ringing: boolean }[]): {
  state: AgentState;
  free: boolean;
} {
  const phone = held.find(({ interaction }) => isCall(interaction.kind));
  const chats = held.filter(({ interaction }) => isChat(interaction));
  const free = !phone && chats.length < MOST_CHATS;
  if (phone) {
    const { state } = phone.interaction;
    if (state === "connecting") return { state: phone.ringing ? "ringing" : "talking", free };
    if (state === "active") return { state: "talking", free };
    if (state === "held") return { state: "held", free };
    return { state: state === "wrapping" ? "wrapping" : "reserved", free };
  }
  if (chats.some(({ interaction }) => interaction.state === "active")) {
    return { state: "talking", free };
  }
  return { state: chats.length > 0 ? "wrapping" : "idle", free };
}
