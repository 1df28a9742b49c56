/**
 * The switch port: the few verbs that Warmline needs of a telephone exchange. A driver is one folder beside this file and
 * passes the contract suite in `test/switch`. A verb resolves when the switch has taken the order; what comes of it is
 * told by events. Ids are chosen by the caller, so an event can never outrun the answer to its order.
 */
import type { LegEnd } from "../model/call.ts";

/** An order that the switch cannot carry out at all: it is away, or knows no such leg. */
export class SwitchError extends Error {
  readonly code: "WL_SWITCH_DOWN" | "WL_SWITCH_NO_SUCH_LEG" | "WL_SWITCH_REFUSED";

  constructor(code: SwitchError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Whom to ring. */
export type Destination =
  /** An agent's telephone, as the exchange names it. */
  | { readonly kind: "agent"; readonly telephone: string }
  /** Somebody on the public network, E.164. */
  | { readonly kind: "public"; readonly number: string };

export interface Origination {
  readonly legId: string;
  readonly to: Destination;
  /** What the called party sees as the caller: E.164 or an extension, and a name. */
  readonly from: { readonly number: string; readonly name: string };
  /** Gives up after so long without an answer, ms; the leg then ends with `no_answer`. */
  readonly ringTimeoutMs: number;
}

export type SwitchEvent =
  | { readonly type: "ringing"; readonly legId: string }
  | { readonly type: "answered"; readonly legId: string }
  | { readonly type: "ended"; readonly legId: string; readonly end: LegEnd }
  /** The connection to the switch is lost or back. Legs go on meanwhile where the exchange lets them. */
  | { readonly type: "down" }
  /** `legs`: those of ours that still exist; whatever else the caller remembers is gone. */
  | { readonly type: "up"; readonly legs: readonly string[] };

export interface Switch {
  /**
   * Rings a telephone. Exactly one `ended` event follows for each leg, sooner or later.
   *
   * @throws {SwitchError}
   */
  originate(order: Origination): Promise<void>;
  /**
   * Joins answered legs so that they hear each other; `bridgeId` is new.
   *
   * @throws {SwitchError}
   */
  join(bridgeId: string, legIds: readonly string[]): Promise<void>;
  /** Ends a leg, in whatever state. A leg that is gone already is no error. */
  release(legId: string): Promise<void>;
  /** Ends a bridge; its legs stay. A bridge that is gone already is no error. */
  dissolve(bridgeId: string): Promise<void>;
}
