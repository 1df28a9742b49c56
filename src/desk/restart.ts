/** What the last process has left: contacts in the middle of something, and calls that are still there. */
import type { Call } from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import { type Interaction, isCall, isChat } from "../model/interaction.ts";
import type { Calls } from "./calls.ts";
import type { Contacts } from "./contacts.ts";
import type { Directory } from "./directory.ts";
import type { Journal } from "./journal.ts";
import type { Records, Telephony } from "./ports.ts";
import type { Presence } from "./presence.ts";

/**
 * Takes contacts up where they stood. Calls that nobody has any more are ended.
 *
 * @param calledNow the calls that are still there, by their contacts
 * @returns those of them that nobody goes on with
 */
export async function takeUp(
  interactions: readonly Interaction[],
  calledNow: ReadonlyMap<string, Call>,
  ports: {
    readonly calls: Calls;
    readonly clock: Clock;
    readonly contacts: Contacts;
    readonly directory: Directory;
    readonly journal: Journal;
    readonly presence: Presence;
    readonly records: Records;
    readonly telephony: Telephony;
  },
): Promise<Call[]> {
  const { calls, contacts, directory, records } = ports;
  const left = new Map(calledNow);
  for (const interaction of interactions) {
    const call = calledNow.get(interaction.id);
    const restored = afterRestart(interaction, call, directory, ports.clock.nowMs());
    if (restored.state !== interaction.state) {
      await ports.journal.write(() => records.saveInteraction(restored));
    }
    if (restored.state === "closed") continue;
    const contact = contacts.restore(restored, await records.chatMessages(restored.id));
    if (call?.state === "transferred" && restored.state === "wrapping") {
      Object.assign(contact, { callId: call.id, call });
      contacts.show(contact);
    } else if (call && goesOn(interaction, call, directory)) {
      Object.assign(contact, { callId: call.id, call });
      left.delete(interaction.id);
      calls.changed(call);
    } else contacts.show(contact);
    const agent = directory.agent(contact.interaction.agent ?? "");
    if (agent) ports.presence.expected(agent);
  }
  // Of a visitor who was handed on to somebody outside nobody needs to have the call.
  for (const { id, state } of left.values()) {
    if (state !== "transferred") ports.telephony.release(id);
  }
  return [...left.values()];
}

/**
 * A contact as it stands after the engine stopped in the middle of it. With a call that is still there it goes on. Else
 * nobody has it any more, so it waits again; only who has talked with the visitor, and is about to close it, may still do so. A call on a callback goes back to the job
 * file, which keeps it.
 */
function afterRestart(
  interaction: Interaction,
  call: Call | undefined,
  directory: Directory,
  nowMs: number,
): Interaction {
  const { agent: _, activeMs: __, endedMs: ___, outcome: ____, ...rest } = interaction;
  if (interaction.state === "queued") return interaction;
  if (goesOn(interaction, call, directory)) {
    return interaction.state === "reserved" ? { ...interaction, state: "connecting" } : interaction;
  }
  if (isAboutToClose(interaction, directory)) {
    // The two may be talking still, past the engine: nobody else may call the visitor meanwhile.
    const { endedMs = nowMs } = interaction;
    return { ...interaction, state: "wrapping", outcome: "answered", endedMs };
  }
  if (interaction.callbackId !== undefined)
    return { ...interaction, state: "closed", outcome: "failed" };
  return { ...rest, ...(isChat(rest) && { kind: "chat" }), state: "queued" };
}

/** Whether its call is still there, with its agent in it. */
function goesOn({ agent, state }: Interaction, call: Call | undefined, directory: Directory) {
  const running = ["reserved", "connecting", "active", "held"].includes(state);
  const alone = ["dialling", "waiting", "announcing"].includes(call?.state ?? "waiting");
  return !alone && running && agent !== undefined && directory.agent(agent) !== undefined;
}

function isAboutToClose(interaction: Interaction, directory: Directory): boolean {
  const { kind, state, agent, outcome } = interaction;
  if (agent === undefined || !directory.agent(agent)) return false;
  if (state === "wrapping") return outcome === "answered";
  return isCall(kind) && !isChat(interaction) && (state === "active" || state === "held");
}

/** The callbacks that agents have called already, and are in the middle of. */
export function heldCallbacks(
  interactions: readonly Interaction[],
  directory: Directory,
  calledNow: ReadonlyMap<string, Call>,
): Set<string> {
  const held = new Set<string>();
  for (const interaction of interactions) {
    const { callbackId } = interaction;
    const call = calledNow.get(interaction.id);
    const kept = goesOn(interaction, call, directory) || isAboutToClose(interaction, directory);
    if (callbackId !== undefined && kept) held.add(callbackId);
  }
  return held;
}
