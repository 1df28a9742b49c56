/** What the desk needs from outside; `main.ts` wires it. */
import type { WebSocket } from "ws";
import type { Call, Destination } from "../model/call.ts";
import type { Callback } from "../model/callback.ts";
import type { ChatMessage, Interaction } from "../model/interaction.ts";
import type { Explanation } from "../model/explanation.ts";
import type { OpportunityState } from "../model/opportunity.ts";
import type { Refused, RefusedReason } from "../model/refused.ts";
import type { Session } from "../model/session.ts";
import type { VisitorFacts, VisitorRef } from "../model/visitor.ts";
import type { IceServer } from "../visitor/protocol.ts";

/** The analysis, as the desk sees it. */
export interface Visits {
  session(sessionId: string): Session | undefined;
  /** The visit a request belongs to. */
  find(site: string, visitor: VisitorRef): Session | undefined;
  /** The latest visits of the sites, latest first, at most so many. */
  latest(sites: readonly string[], most: number): Session[];
  /** A page of the visit is open: it lasts until it is let go. */
  hold(sessionId: string): void;
  letGo(sessionId: string): void;
  /** What became of an opportunity; caps and cool-downs depend on it. */
  advance(opportunityId: string, state: OpportunityState): void;
  /** What every campaign of the site says of the visitor now, and why. */
  explain(sessionId: string): readonly Explanation[];
  /** How many contacts can be expected of the invitations that are on their way to the firm's visitors. */
  expected(firm: string): number;
  /** New facts about a visitor: in the table at once, in the cookie with the next page. */
  learn(sessionId: string, facts: VisitorFacts): void;
}

/** The way to a visitor's next page, through the edges. Fire and forget. */
export interface NextPages {
  /** Appends markup to the visitor's next pages until withdrawn or expired. */
  show(session: Session, invitationId: string, html: string, expiresMs: number): void;
  withdraw(invitationId: string): void;
  /** Answers the visitor's next page request with a redirection to `path`. */
  sendOn(session: Session, path: string, expiresMs: number): void;
}

/** Whom an agent wants to consult, or to give the call to. `agent`: the log-in name, when it is a colleague. */
export interface ThirdParty {
  readonly to: Destination;
  readonly agent?: string;
}

/** What became of an order to the telephony. `too_late`: the call is in another state by now; `cannot`: the exchange never can. */
export type TelephonyDone = "done" | "too_late" | "switch_down" | "failed" | "cannot";

/** An agent who has lifted the receiver, by his log-in name. */
export interface AgentOnLine {
  readonly agent: string;
  readonly telephone: string;
  readonly lineId: string;
}

/** Call control. States come back through {@link Desk.callChanged}. */
export interface Telephony {
  /** Whether {@link Telephony.conference} can ever be done. */
  readonly conferences: boolean;
  /** Rings the agent's telephone, then the number, and joins them. The call's id is chosen here. */
  clickToCall(order: {
    readonly callId: string;
    readonly interactionId: string;
    /** Log-in name. */
    readonly agent: string;
    readonly telephone: string;
    /** E.164. */
    readonly number: string;
    /** The line of the visitor's browser, in place of a number. */
    readonly line?: string;
    readonly site: string;
    /** The line on which the agent has lifted the receiver already. */
    readonly lineId?: string;
  }): Call;
  /** Calls a visitor for whom there is no agent yet; when he has answered the call is `waiting`. */
  dialOut(order: {
    readonly callId: string;
    readonly interactionId: string;
    /** E.164. */
    readonly number: string;
    readonly site: string;
  }): Call;
  /** Joins who waits with an agent. When that fails he still waits. */
  connect(callId: string, agent: AgentOnLine): Promise<TelephonyDone>;
  /** Tells who waits that nobody is free, and ends the call. */
  turnAway(callId: string): Promise<TelephonyDone>;
  hold(callId: string): Promise<TelephonyDone>;
  resume(callId: string): Promise<TelephonyDone>;
  consult(callId: string, third: ThirdParty): Promise<TelephonyDone>;
  conference(callId: string): Promise<TelephonyDone>;
  transfer(callId: string, third?: ThirdParty): Promise<TelephonyDone>;
  sendDigits(callId: string, digits: string): Promise<TelephonyDone>;
  release(callId: string): void;
  releaseLine(lineId: string): void;
  /** All that have not ended; after a restart those of the process before. */
  calls(): Call[];
}

/** Telephones in browsers. What becomes of a line comes back through {@link Desk.lineChanged}. */
export interface BrowserPhones {
  /** Nothing when the exchange has none, or no more, or cannot be reached. */
  open(line: string): Promise<{ readonly user: string; readonly password: string } | undefined>;
  /** The signalling of the line's browser. */
  connect(line: string, browser: WebSocket): void;
  /** Whether the line can be called. */
  ready(line: string): boolean;
  close(line: string): void;
  /** How browsers and exchange find each other; with keys of this hour. */
  iceServers(): readonly IceServer[];
}

/** Which numbers may be called for a site (by its name), and when. */
export interface CallRules {
  /** A typed number, understood or refused. */
  parse(typed: string, site: string): { readonly ok: true; readonly e164: string } | Refused;
  /** The numbers in a text that may be called, E.164. */
  find(text: string, site: string): string[];
  /** Whether the number may be dialled at all. */
  destination(e164: string, site: string): Refused | undefined;
  /** Of a number, ISO 3166-1 alpha-2; undefined when it is none's. */
  country(e164: string): string | undefined;
  /** Whether it is a time for calls where the number is. */
  hours(e164: string, site: string, atMs: number): Refused | undefined;
}

/**
 * What must outlive the process. A write that has resolved is on the disk (`kill -9`, power cut), unless it says otherwise.
 */
export interface Records {
  addCallback(callback: Callback): Promise<void>;
  updateCallback(callback: Callback): Promise<void>;
  /** All that are not completed, expired or cancelled. */
  openCallbacks(): Promise<Callback[]>;
  /** Inserts or replaces. */
  saveInteraction(interaction: Interaction): Promise<void>;
  /** All that are not closed. */
  openInteractions(): Promise<Interaction[]>;
  addChatMessage(message: ChatMessage): Promise<void>;
  chatMessages(interactionId: string): Promise<ChatMessage[]>;
  /** Log-ins of agents' browsers, by the SHA-256 of their token. */
  addLogin(login: Login): Promise<void>;
  login(tokenHash: string): Promise<Login | undefined>;
  removeLogin(tokenHash: string): Promise<void>;
  /** Inserts or replaces. */
  addDoNotCall(entry: DoNotCallEntry): Promise<void>;
  doNotCall(): Promise<DoNotCallEntry[]>;
}

/** A number that its owner has told a firm not to call. */
export interface DoNotCallEntry {
  readonly firm: string;
  /** E.164. */
  readonly number: string;
  /** Who was told. */
  readonly agent: string;
  readonly addedMs: number;
}

export interface Login {
  readonly tokenHash: string;
  readonly agent: string;
  readonly createdMs: number;
  readonly expiresMs: number;
}

/** The agents of a firm who take calls that come by themselves, and the numbers that are being dialled for them. */
export interface Team {
  /** With nothing in hand. */
  readonly free: number;
  readonly busy: readonly { readonly doing: "talking" | "wrapping"; readonly ageMs: number }[];
  /** Since when each number is being dialled, ms. */
  readonly ringing: readonly number[];
  /** People who have answered and have no agent yet. */
  readonly waiting: number;
}

/** How fast a firm's numbers may be dialled before there are agents for them. */
export interface Pacing {
  /** An agent must be there so long after the visitor has answered, ms. */
  readonly patienceMs: number;
  /** Whoever found no agent is left alone for so long, ms. */
  readonly restMs: number;
  /** How many more numbers may be dialled now. */
  more(team: Team): number;
  /** How many of those that are being dialled must be given up, since agents have left. */
  excess(team: Team): number;
  /** Somebody answered, so long after he was dialled, ms; or did not. */
  answered(afterMs: number): void;
  unanswered(): void;
  /** Somebody who had answered found no agent. */
  dropped(): void;
  /** An agent has ended a conversation, or the work after it. */
  done(doing: "talking" | "wrapping", tookMs: number): void;
}

export interface Pacings {
  /** By the law of a country. */
  of(firm: string, country: string): Pacing;
}

/** What becomes of automatic calls. */
export interface DialMetrics {
  /** A number was dialled: `answered`, `dropped`, why not ({@link LegEnd}), or `given_up` by the agent or by us. */
  dialAttempt(result: string): void;
}

export interface DeskMetrics extends DialMetrics {
  alert(outcome: string): void;
  alertDelivery(seconds: number): void;
  invitation(campaign: string, stage: string): void;
  offered(kind: string): void;
  answered(kind: string, waitSeconds: number): void;
  closed(kind: string, outcome: string, disposition: string): void;
  queueLength(length: number): void;
  agents(status: string, state: string, count: number): void;
  callbacks(state: string, count: number): void;
  dialBlocked(reason: RefusedReason): void;
  handled(part: "talk" | "wrap", seconds: number): void;
}
