/** The common dial list of a firm: all who are to be called without an agent's word. It is read off anew each time. */
import type { AutomaticCalls } from "../model/automatic-calls.ts";
import type { Callback } from "../model/callback.ts";
import type { Interaction } from "../model/interaction.ts";
import type { Contact } from "./contacts.ts";
import { MOST_ATTEMPTS } from "./job-file.ts";

/** One who is to be called. */
export type Listed = { readonly id: string; readonly preferred: string | undefined } & (
  | { readonly contact: Contact; readonly callback?: never }
  | { readonly callback: Callback; readonly contact?: never }
);

/**
 * Who was found by a campaign that calls at once is listed always, who has asked to be called now as the firm wants it. Who was
 * called in vain rests first, and after the last attempt waits for an agent's word.
 */
function isListed(interaction: Interaction, rules: AutomaticCalls, nowMs: number): boolean {
  const { invitationId, opportunityId, attempts = 0, restsUntilMs = 0 } = interaction;
  if (attempts >= MOST_ATTEMPTS || restsUntilMs > nowMs) return false;
  return invitationId === undefined ? opportunityId !== undefined : rules.requests;
}

/**
 * Highest priority first, then the longest waiting. A callback waits since it is due.
 *
 * @param contacts of all firms
 * @param callbacks of the firm
 */
export function dialList(
  firm: string,
  rules: AutomaticCalls,
  contacts: Iterable<Contact>,
  callbacks: readonly Callback[],
  nowMs: number,
): Listed[] {
  const listed: { readonly priority: number; readonly sinceMs: number; readonly one: Listed }[] =
    [];
  for (const contact of contacts) {
    const { id, kind, number, preferredAgent: preferred, priority, ...i } = contact.interaction;
    const waits = i.firm === firm && i.state === "queued" && kind === "phone" && number;
    if (!waits || !isListed(contact.interaction, rules, nowMs)) continue;
    listed.push({ priority, sinceMs: i.queuedMs, one: { id, preferred, contact } });
  }
  for (const callback of rules.callbacks ? callbacks : []) {
    const { id, state, priority, dueMs } = callback;
    if (state !== "due") continue;
    listed.push({ priority, sinceMs: dueMs, one: { id, preferred: undefined, callback } });
  }
  return listed
    .toSorted((a, b) => b.priority - a.priority || a.sinceMs - b.sinceMs)
    .map(({ one }) => one);
}
