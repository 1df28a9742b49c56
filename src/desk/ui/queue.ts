/** The one list of everything that waits for an agent: alerts, contacts, callbacks. Pure. */
import type { Known } from "./state.ts";
import { pageWords, wishWords } from "./words.ts";

type EntryKind = "alert" | "chat" | "phone" | "callback";

export interface Entry {
  readonly kind: EntryKind;
  /** Of the alert, interaction or callback. */
  readonly id: string;
  readonly address: string;
  readonly name?: string | undefined;
  /** The page, or the topic of a callback. */
  readonly about: string;
  readonly site: string;
  readonly priority: number;
  /** Since when it waits. */
  readonly sinceMs: number;
  /** Why it is here. */
  readonly reason: string;
  /** The agent who invited is asked first. */
  readonly forMe: boolean;
}

export type QueueOrder = "priority" | "age" | "kind";

/** Who asked to be talked to comes before whom we would like to ask. */
const KINDS: readonly EntryKind[] = ["phone", "chat", "callback", "alert"];

/** What waits, sorted. */
export function waiting(known: Known, order: QueueOrder): Entry[] {
  const entries: Entry[] = [];
  for (const { id, state, session, opportunity } of Object.values(known.alerts)) {
    if (state !== "queued" && state !== "offered") continue;
    entries.push({
      kind: "alert",
      id,
      address: session.address,
      name: session.name,
      about: pageWords(session.trail.at(-1)?.url ?? ""),
      site: session.site,
      priority: session.priority,
      sinceMs: opportunity.firedMs,
      reason: opportunity.criterion,
      forMe: false,
    });
  }
  for (const { interaction } of Object.values(known.contacts)) {
    if (interaction.state !== "queued") continue;
    const kind = interaction.kind === "chat" ? "chat" : "phone";
    entries.push({
      kind,
      id: interaction.id,
      address: interaction.address ?? interaction.number ?? "",
      name: interaction.name,
      about: pageWords(interaction.url ?? ""),
      site: interaction.site,
      priority: interaction.priority,
      sinceMs: interaction.queuedMs,
      reason: wishWords(interaction.kind),
      forMe: interaction.preferredAgent === known.agent.name,
    });
  }
  for (const callback of Object.values(known.callbacks)) {
    if (callback.state !== "due") continue;
    entries.push({
      kind: "callback",
      id: callback.id,
      address: callback.evidence.address,
      name: callback.name,
      about: callback.topic ?? pageWords(callback.evidence.url),
      site: callback.site,
      priority: callback.priority,
      sinceMs: callback.dueMs,
      reason: "Asked to be called about now",
      forMe: callback.agent === known.agent.name,
    });
  }
  return entries.sort(
    (a, b) =>
      (order === "priority" ? b.priority - a.priority : 0) ||
      (order === "kind" ? KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) : 0) ||
      a.sinceMs - b.sinceMs ||
      (a.id < b.id ? -1 : 1),
  );
}
