/** The job file: callbacks that visitors asked for, kept until they are made, given up or cancelled [SPEC D6]. */
import type { Agent } from "../model/agent.ts";
import { type Callback, type CallbackState, callbackTransitions } from "../model/callback.ts";
import type { Clock, Timer } from "../model/clock.ts";
import type { Disposition } from "../model/disposition.ts";
import { mayMove, move } from "../model/transition.ts";
import type { Directory } from "./directory.ts";
import type { DeskEvents } from "./events.ts";
import type { Feed } from "./feed.ts";
import type { Journal } from "./journal.ts";
import type { Records } from "./ports.ts";
import { type Outcome, refuse } from "./refusal.ts";

export interface JobFile extends Disposable {
  /** Resolves when it is on the disk; only then it is shown, and only then may the visitor be told. */
  add(callback: Callback): Promise<void>;
  /** Due ones first, then by priority, then by age. */
  list(firm: string): Callback[];
  get(agent: Agent, callbackId: string): Outcome<Callback>;
  reserve(agent: Agent, callbackId: string): Outcome<Callback>;
  cancel(agent: Agent, callbackId: string): Outcome<{ ok: true }>;
  /** The firm does not call the number any more; nobody is calling it now. */
  cancelNumber(firm: string, number: string): void;
  /** The number has been tried. */
  attempted(callbackId: string): void;
  /** The agent's word on it: done with, or to be tried again later. */
  settle(callbackId: string, disposition: Disposition): void;
  /** Whether it is to be called now, and nobody has it. */
  isDue(callbackId: string): boolean;
  /**
   * It was called while nobody had it, and nobody has talked with the visitor: it is due again after so long, ms.
   *
   * @param attempt whether that counts among the few that there are
   */
  missed(callbackId: string, restMs: number, attempt: boolean): void;
  /** Nothing came of it, through no fault of the visitor's: as before. */
  giveBack(callbackId: string): void;
}

/** Whoever was not reached is called again so much later, and no more often. */
export const RETRY_MS = 15 * 60_000;
export const MOST_ATTEMPTS = 3;
/** The wall clock is looked at so often: timers do not follow it when it is set, or when the machine sleeps. */
const LONGEST_WAIT_MS = 30_000;

/**
 * @param loaded those that were open when the engine stopped
 * @param held ids of those an agent has called already, and is about to close
 */
export function createJobFile(
  loaded: readonly Callback[],
  held: ReadonlySet<string>,
  ports: {
    readonly clock: Clock;
    readonly directory: Directory;
    readonly events: DeskEvents;
    readonly feed: Feed;
    readonly journal: Journal;
    readonly records: Records;
    /** A callback of the firm is due. */
    fellDue(firm: string): void;
  },
): JobFile {
  const { clock, directory, events, feed, journal, records } = ports;
  const callbacks = new Map<string, Callback>();
  let timer: Timer | undefined;

  const show = (callback: Callback) => {
    const agents = directory.agentsOf(callback.firm).map(({ name }) => name);
    if (callbacks.has(callback.id)) feed.publish(agents, { type: "callback", callback });
    else feed.publish(agents, { type: "callback_gone", callbackId: callback.id });
    events.callbacks(callbacks.values());
  };
  const keep = (callback: Callback) => {
    if (callbackTransitions[callback.state].length > 0) callbacks.set(callback.id, callback);
    else callbacks.delete(callback.id);
    journal.note(
      "callback",
      journal.write(() => records.updateCallback(callback)),
    );
    show(callback);
  };
  const moveTo = (callback: Callback, to: CallbackState, changes: Partial<Callback> = {}) => {
    const state = move("callback", callbackTransitions, callback.state, to);
    const next: Callback = { ...callback, ...changes, state };
    if (to === "reserved" || to === "attempted") return keep(next);
    const { agent: _, ...free } = next;
    keep(free);
    if (to === "due") ports.fellDue(callback.firm);
  };
  /** One timer, for the callback that is due next. */
  const wait = () => {
    timer?.[Symbol.dispose]();
    const next = [...callbacks.values()]
      .filter(({ state }) => state === "scheduled")
      .toSorted((a, b) => a.dueMs - b.dueMs)[0];
    timer = next && clock.after(Math.min(next.dueMs - clock.nowMs(), LONGEST_WAIT_MS), fallDue);
  };
  const fallDue = () => {
    const nowMs = clock.nowMs();
    for (const callback of callbacks.values()) {
      if (callback.state === "scheduled" && callback.dueMs <= nowMs) moveTo(callback, "due");
    }
    wait();
  };
  const own = (agent: Agent, callbackId: string) => {
    const callback = callbacks.get(callbackId);
    return callback?.firm === agent.firm ? callback : undefined;
  };
  const unknown = () => refuse("not_found", "There is no such callback any more.");

  for (const callback of loaded) callbacks.set(callback.id, callback);
  for (const callback of loaded) {
    if (held.has(callback.id)) continue;
    // Whoever had it when the engine stopped no longer has.
    if (callback.state === "reserved" || callback.state === "attempted") {
      moveTo(callback, callback.dueMs <= clock.nowMs() ? "due" : "scheduled");
    }
  }
  events.callbacks(callbacks.values());
  fallDue();

  return {
    async add(callback) {
      await journal.write(() => records.addCallback(callback));
      callbacks.set(callback.id, callback);
      show(callback);
      fallDue();
    },
    list: (firm) =>
      [...callbacks.values()]
        .filter((callback) => callback.firm === firm)
        .toSorted(
          (a, b) =>
            Number(b.state === "due") - Number(a.state === "due") ||
            b.priority - a.priority ||
            a.createdMs - b.createdMs,
        ),
    get: (agent, callbackId) => own(agent, callbackId) ?? unknown(),
    reserve(agent, callbackId) {
      const callback = own(agent, callbackId);
      if (!callback) return unknown();
      if (!mayMove(callbackTransitions, callback.state, "reserved")) {
        return refuse("too_late", "Another agent has taken this callback.");
      }
      moveTo(callback, "reserved", { agent: agent.name });
      wait();
      return callback;
    },
    cancel(agent, callbackId) {
      const callback = own(agent, callbackId);
      if (!callback) return unknown();
      if (callback.state === "reserved" || callback.state === "attempted") {
        return refuse("too_late", "Somebody is just calling this visitor.");
      }
      moveTo(callback, "cancelled");
      wait();
      return { ok: true };
    },
    cancelNumber(firm, number) {
      for (const callback of callbacks.values()) {
        const same = callback.firm === firm && callback.number === number;
        if (same && isFree(callback)) moveTo(callback, "cancelled");
      }
      wait();
    },
    attempted(callbackId) {
      const callback = callbacks.get(callbackId);
      if (!callback) return;
      const attempts = callback.attempts + 1;
      if (callback.state === "reserved") moveTo(callback, "attempted", { attempts });
      else keep({ ...callback, attempts });
    },
    settle(callbackId, disposition) {
      const callback = callbacks.get(callbackId);
      if (!callback) return;
      if (callback.state === "reserved") moveTo(callback, "attempted");
      const tried = callbacks.get(callbackId) ?? callback;
      if (isFree(tried)) return;
      if (disposition.completed) moveTo(tried, "completed");
      else if (tried.attempts >= MOST_ATTEMPTS) moveTo(tried, "expired");
      else moveTo(tried, "scheduled", { dueMs: clock.nowMs() + RETRY_MS });
      wait();
    },
    isDue: (callbackId) => callbacks.get(callbackId)?.state === "due",
    missed(callbackId, restMs, attempt) {
      const callback = callbacks.get(callbackId);
      if (callback?.state !== "due") return;
      const attempts = callback.attempts + (attempt ? 1 : 0);
      const dueMs = clock.nowMs() + restMs;
      if (attempts >= MOST_ATTEMPTS) moveTo(callback, "expired", { attempts });
      else moveTo(callback, "scheduled", { attempts, dueMs });
      wait();
    },
    giveBack(callbackId) {
      const callback = callbacks.get(callbackId);
      if (!callback || isFree(callback)) return;
      moveTo(callback, callback.dueMs <= clock.nowMs() ? "due" : "scheduled");
      wait();
    },
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}

/**
 * Whether nobody has it, though an agent may still have a contact that came of it: after a restart, when the store had kept
 * only the one of the two. The job file is what counts then.
 */
function isFree({ state }: Callback): boolean {
  return state === "scheduled" || state === "due";
}
