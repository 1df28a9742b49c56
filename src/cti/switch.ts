/**
 * The switch port: the few verbs that Warmline needs of a telephone exchange. A driver is one folder beside this file and
 * passes the contract suite in `test/switch`. A verb resolves when the switch has taken the order; what comes of it is
 * told by events. Ids are chosen by the caller, so an event can never outrun the answer to its order; only a leg that comes
 * in by itself (`offered`) is named by the driver.
 *
 * Holding, consulting, transferring and conferences are made of these verbs by {@link createTelephony}, on every switch alike.
 */
import type { Destination, LegEnd } from "../model/call.ts";

/** An order that the switch cannot carry out at all: it is away, or knows no such leg, or cannot do such a thing. */
export class SwitchError extends Error {
  readonly code:
    | "WL_SWITCH_DOWN"
    | "WL_SWITCH_NO_SUCH_LEG"
    | "WL_SWITCH_REFUSED"
    /** Not this switch: see {@link Switch.abilities}. */
    | "WL_SWITCH_CANNOT";

  constructor(code: SwitchError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

export interface Origination {
  readonly legId: string;
  readonly to: Destination;
  /** What the called party sees as the caller: E.164 or an extension, and a name. */
  readonly from: { readonly number: string; readonly name: string };
  /** Pictures may be sent, too, where the telephone is a browser that can. */
  readonly video?: boolean;
  /** Gives up after so long without an answer, ms; the leg then ends with `no_answer`. */
  readonly ringTimeoutMs: number;
}

/**
 * What a leg outside of a bridge can be made to hear. `refusal`: that the call cannot be taken; `nobody_free`: that we have
 * called, and nobody is free to talk; `played` tells the end of both.
 */
export type Sound = "ringing" | "music" | "refusal" | "nobody_free";

/** What not every switch can do, since not every one has a hand in the sound. */
export type Ability = Sound | "conference";

/** Those of an exchange. */
export const ALL_ABILITIES: ReadonlySet<Ability> = new Set([
  "ringing",
  "music",
  "refusal",
  "nobody_free",
  "conference",
]);

export interface SwitchEvents {
  /** Somebody calls us, and hears ringing until {@link Switch.answer}. `from`: the number of his telephone. */
  offered: { readonly legId: string; readonly from: string };
  /** Somebody calls us by another way than the warm line, and hears ringing as well. */
  misdialled: { readonly legId: string };
  ringing: { readonly legId: string };
  answered: { readonly legId: string };
  /** A sound that ends by itself has ended. */
  played: { readonly legId: string };
  ended: { readonly legId: string; readonly end: LegEnd };
  /** The connection to the switch is lost. Legs go on meanwhile where the exchange lets them. */
  down: object;
  /** It is there, with these legs and bridges of ours; whatever else the caller remembers is gone. */
  up: { readonly legs: readonly string[]; readonly bridges: readonly string[] };
}

export type SwitchEvent = {
  [Type in keyof SwitchEvents]: { readonly type: Type } & SwitchEvents[Type];
}[keyof SwitchEvents];

/** A telephone in a browser registers with these (SIP over WebSocket, RFC 7118; digest, RFC 3261, section 22). */
export interface LineKeys {
  readonly user: string;
  readonly password: string;
}

/** Lines for telephones in browsers: SIP over WebSocket, media by WebRTC between browser and exchange. */
export interface BrowserLines {
  /**
   * Makes a line that can be called and can call nobody. One that is there already gets the new password.
   *
   * @throws {SwitchError}
   */
  open(line: string, password: string): Promise<LineKeys>;
  /** Removes a line; calls on it go on. A line that is gone already is no error. */
  close(line: string): Promise<void>;
  /** Where the exchange speaks SIP over WebSocket: `ws://host:port/ws`. */
  readonly signalling: string;
}

export interface Switch {
  /** A sound that is not among them is silence, and has ended as soon as it was ordered; a third in a bridge is refused. */
  readonly abilities: ReadonlySet<Ability>;
  /** Absent where the exchange can have no telephones in browsers. */
  readonly browserLines?: BrowserLines;
  /**
   * Rings a telephone. Exactly one `ended` event follows for each leg, sooner or later.
   *
   * @throws {SwitchError}
   */
  originate(order: Origination): Promise<void>;
  /**
   * Answers a leg that was offered; `answered` follows.
   *
   * @throws {SwitchError}
   */
  answer(legId: string): Promise<void>;
  /**
   * Puts answered legs into a bridge, so that all in it hear each other and nothing else; makes the bridge when it is new.
   * A leg that is in it already stays.
   *
   * @throws {SwitchError}
   */
  join(bridgeId: string, legIds: readonly string[]): Promise<void>;
  /**
   * Takes an answered leg out of its bridge, if it is in one: it hears the sound, and nobody hears it.
   *
   * @throws {SwitchError}
   */
  play(legId: string, sound: Sound): Promise<void>;
  /**
   * Presses keys of a telephone towards a leg: `0`-`9`, `*`, `#` (RFC 4733).
   *
   * @throws {SwitchError}
   */
  sendDigits(legId: string, digits: string): Promise<void>;
  /** Ends a leg, in whatever state. A leg that is gone already is no error. */
  release(legId: string): Promise<void>;
  /** Ends a bridge; its legs stay. A bridge that is gone already is no error. */
  dissolve(bridgeId: string): Promise<void>;
}
