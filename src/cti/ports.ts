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

export interface CtiMetrics {
  callStarted(): void;
  callEnded(reason: LegEnd | "completed"): void;
  switchUp(up: boolean): void;
}
