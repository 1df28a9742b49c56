/** What the CTI needs from outside; `main.ts` wires it. */
import type { Call, LegEnd } from "../model/call.ts";

/** Told of every change of a call, with the whole call as it is now; never from within `clickToCall` itself. */
export interface CallObserver {
  changed(call: Call): void;
}

/** Told whether the exchange can be reached: once that is known, and whenever it changes. */
export interface SwitchObserver {
  changed(up: boolean): void;
}

/**
 * Why an agent has lifted the receiver. `chooses`: his desk is asked for a number; `waits`: he is given calls as they come, one
 * after the other, for as long as he keeps it in his hand; `refused`: it is not the telephone of an agent who is there.
 */
export type Lifted = "chooses" | "waits" | "refused";

/** Who is told of the lines, and says whose they are. */
export interface LineObserver {
  /** A receiver was lifted; or an agent who {@link Lifted waits} has ended a call, and has it in his hand still. */
  lifted(lineId: string, telephone: string): Lifted;
  /** The line is gone without a call. */
  dropped(lineId: string): void;
}

/** Where calls are kept, so that they are known again when the process is started anew while people talk. */
export interface CallRecords {
  /** Inserts or replaces each of them; those that have ended are removed. */
  saveCalls(calls: readonly Call[]): Promise<void>;
  /** All that have not ended. */
  openCalls(): Promise<Call[]>;
}

/** Where a switch keeps its legs that has no exchange to keep them, so that it can go on with them after a restart. */
export interface DialogRecords {
  /** @param legs by id, as JSON; nothing: it is gone */
  saveDialogs(legs: ReadonlyMap<string, string | undefined>): Promise<void>;
  openDialogs(): Promise<Readonly<Record<string, string>>>;
}

/** Calls that a firm has dialled before there were agents for them, within one hour since 1970. */
export interface DialHour {
  readonly firm: string;
  readonly hour: number;
  /** Those that were answered, and those of them that found no agent. */
  readonly answers: number;
  readonly drops: number;
}

/** What the dialler has learnt of a firm's calls. */
export interface DialLearnt {
  readonly firm: string;
  /** When it was written down. */
  readonly atMs: number;
  /** As JSON. */
  readonly learnt: string;
}

/** Where they are counted, so that the law's limit holds across restarts, and what was learnt of them. */
export interface DialRecords {
  /** Inserts or replaces. A write that has resolved is on the disk. */
  saveDialHour(counted: DialHour): Promise<void>;
  /** All later than the hour. */
  dialHours(afterHour: number): Promise<DialHour[]>;
  /** Inserts or replaces. */
  saveDialLearnt(learnt: DialLearnt): Promise<void>;
  /** Of all firms. */
  dialLearnt(): Promise<DialLearnt[]>;
}

/** What becomes of calls that are dialled before there are agents for them. */
export interface DialMetrics {
  liveAnswer(firm: string): void;
  dropped(firm: string): void;
  /** Of the answered calls in the law's window, and the law's limit. */
  dropRatio(firm: string, ratio: number, limit: number): void;
  /** Numbers that are being dialled for each agent. */
  pacingRatio(firm: string, ratio: number): void;
}

export interface CtiMetrics {
  callStarted(): void;
  callEnded(reason: LegEnd | "completed"): void;
  switchUp(up: boolean): void;
}
