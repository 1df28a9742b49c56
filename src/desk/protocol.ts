/**
 * The alert feed: what the engine tells an agent's desk, over a WebSocket at `/feed`, one JSON message a frame.
 *
 * Every message has a `seq` that rises by one, and the feed has an `epoch` that changes when the engine restarts. A desk
 * that lost its connection asks for `/feed?epoch=E&after=S` and gets all messages after S; when they are no longer kept,
 * or the epoch is another, it gets a `snapshot` instead, which replaces everything the desk knows. Entities are always sent
 * whole, so applying a message twice does no harm. Orders go the other way by HTTP (see {@link Orders}).
 */
import type { AgentState, AgentStatus } from "../model/agent.ts";
import type { AlertState } from "../model/alert.ts";
import type { Call } from "../model/call.ts";
import type { Callback } from "../model/callback.ts";
import type { MessageTemplate } from "../model/campaign.ts";
import type { Disposition } from "../model/disposition.ts";
import type { Explanation } from "../model/explanation.ts";
import type { ChatMessage, Interaction } from "../model/interaction.ts";
import type { CallChoice, Invitation } from "../model/invitation.ts";
import type { Opportunity } from "../model/opportunity.ts";
import type { Session } from "../model/session.ts";
import type { Priority } from "../model/visitor.ts";

export type FeedMessage = FeedEvent & { readonly epoch: string; readonly seq: number };

export type FeedEvent =
  | { readonly type: "snapshot"; readonly desk: DeskState }
  | { readonly type: "agent"; readonly agent: AgentView }
  | { readonly type: "alert"; readonly alert: AlertView }
  /** Taken by somebody else, expired, or done with. */
  | { readonly type: "alert_gone"; readonly alertId: string }
  | { readonly type: "invitation"; readonly invitation: Invitation }
  /** With state `closed`, or held by another agent, it leaves the queue. */
  | { readonly type: "contact"; readonly contact: ContactView }
  | { readonly type: "contact_gone"; readonly interactionId: string }
  | { readonly type: "chat"; readonly message: ChatMessage }
  | { readonly type: "callback"; readonly callback: Callback }
  | { readonly type: "callback_gone"; readonly callbackId: string }
  | { readonly type: "visitor"; readonly session: Session }
  | { readonly type: "visitor_gone"; readonly sessionId: string }
  /** Another agent of the firm: whether a call can be given to him now. */
  | { readonly type: "colleague"; readonly colleague: Colleague }
  | { readonly type: "handset"; readonly handset: Handset }
  /** The telephone exchange can be reached, or not. */
  | { readonly type: "switch"; readonly up: boolean };

/** All a desk shows. */
export interface DeskState {
  readonly agent: AgentView;
  readonly alerts: readonly AlertView[];
  readonly invitations: readonly Invitation[];
  /** Waiting contacts of the firm, and the agent's own. */
  readonly contacts: readonly ContactView[];
  readonly callbacks: readonly Callback[];
  readonly visitors: readonly Session[];
  readonly templates: readonly MessageTemplate[];
  readonly dispositions: readonly Disposition[];
  readonly switchUp: boolean;
  /** Whether the telephone exchange can make three people talk with each other. */
  readonly conferences: boolean;
  /** How visitors may talk by their browsers whom this agent invites. */
  readonly browserChoices: readonly ("voip" | "video")[];
  readonly colleagues: readonly Colleague[];
  readonly handset: Handset;
  /** The engine's clock, for durations on screens whose own clock is wrong. */
  readonly nowMs: number;
}

export interface AgentView {
  readonly name: string;
  readonly displayName: string;
  readonly firm: string;
  /** An extension, a public number, or `browser`: then the desk itself is the telephone. */
  readonly telephone: string;
  /** `false`: his telephone is his desk, and it is not connected. */
  readonly telephoneReady: boolean;
  readonly status: AgentStatus;
  readonly state: AgentState;
  readonly maySetPriority: boolean;
  /** Where the desk is: the agent's current address [0037]. */
  readonly address: string;
}

export interface Colleague {
  readonly name: string;
  readonly displayName: string;
  readonly free: boolean;
}

/** What the agent's telephone and his other programs have to say before there is a call. */
export interface Handset {
  /** He has lifted the receiver without dialling, and hears ringing until a number is chosen [0036]. */
  readonly lineId?: string;
  /** He is given calls as they come while he is available, and hears nothing until then. */
  readonly waits?: boolean;
  /** E.164; found in another program on his computer [0038]. */
  readonly number?: string;
}

/** Who is to join a call: a colleague, by log-in name, or a number as it was typed. */
export type Third = { readonly agent: string } | { readonly number: string };

/** A message to an agent that somebody is worth talking to. */
export interface AlertView {
  readonly id: string;
  readonly state: AlertState;
  readonly opportunity: Opportunity;
  readonly session: Session;
  /** Suggested message. */
  readonly suggestion: MessageTemplate;
  readonly expiresMs: number;
}

/** A page that a visitor shows to the agent he talks with. */
export interface ShownPage {
  /** Of the visitor's site. */
  readonly url: string;
  /** As the page calls itself; may be empty. */
  readonly title: string;
  readonly atMs: number;
}

/** A call that the agent has offered in a chat. */
export interface CallOffer {
  readonly choices: readonly CallChoice[];
  /** The visitor has accepted; his browser is getting ready. */
  readonly accepted?: "voip" | "video";
}

/** A contact with what an agent wants to see of it. */
export interface ContactView {
  readonly interaction: Interaction;
  readonly call?: Call;
  readonly shown?: ShownPage;
  /** The agent was given it: he did not ask for it. */
  readonly automatic?: boolean;
  readonly offer?: CallOffer;
  /** With a chat. */
  readonly messages: readonly ChatMessage[];
  /** The visit, as long as it lasts: the page the visitor sees now. */
  readonly session?: Session;
}

/** What the desk registers with at the exchange (digest, RFC 3261), and how it gets through to it (WebRTC's `RTCIceServer`). */
export interface TelephoneKeys {
  readonly user: string;
  readonly password: string;
  readonly iceServers: readonly {
    readonly urls: readonly string[];
    readonly username?: string;
    readonly credential?: string;
  }[];
}

/** The answer to an order that has nothing to tell. */
export interface Done {
  readonly ok: true;
}

/** The body of an order that needs no words: `{}`. */
export type Nothing = Readonly<Record<string, unknown>>;

/** Orders of the desk: `POST` path, JSON body; 200 with `{"ok":true}` or what is said here, else {@link OrderRefused}. */
export interface Orders {
  /** Sets the cookie of the log-in. */
  "/api/login": { body: { name: string; password: string }; answer: AgentView };
  "/api/logout": { body: Nothing; answer: Done };
  /** Keys for the telephone in the desk, which registers at `/telephone`. */
  "/api/telephone": { body: Nothing; answer: TelephoneKeys };
  "/api/status": { body: { status: "available" | "on_break" }; answer: Done };
  "/api/alerts/accept": { body: { alertId: string }; answer: Done };
  "/api/alerts/reject": { body: { alertId: string }; answer: Done };
  /** Invites a visitor, on an alert or on the agent's own account. Several choices may be left out. */
  "/api/invite": {
    body: { sessionId: string; alertId?: string; heading: string; text: string };
    answer: { invitationId: string };
  };
  /** Shows the visitor another page of the site; with no page open now, it will be the next one. */
  "/api/visitors/page": {
    body: { sessionId: string; path: string };
    answer: { at: "once" | "next" };
  };
  /** What each campaign says of the visitor now, condition by condition, and what came of it or why nothing did. */
  "/api/visitors/explain": {
    body: { sessionId: string };
    answer: { campaigns: readonly Explanation[] };
  };
  "/api/visitors/priority": {
    body: { sessionId: string; priority: Priority };
    answer: Done;
  };
  /** Takes a waiting contact. With `phone`, the agent's telephone rings next, then the visitor's. */
  "/api/contacts/accept": { body: { interactionId: string }; answer: Done };
  "/api/contacts/chat": {
    body: { interactionId: string; text: string };
    answer: Done;
  };
  /** Offers a call to the visitor of a chat; `false` takes the offer back. What becomes of it: `offer` of the contact. */
  "/api/contacts/offer-call": { body: { interactionId: string; open: boolean }; answer: Done };
  /** Hangs up, or ends the chat; then comes the disposition. */
  "/api/contacts/release": { body: { interactionId: string }; answer: Done };
  /** Tries the number of a contact once more. */
  "/api/contacts/redial": { body: { interactionId: string }; answer: Done };
  "/api/contacts/close": {
    body: { interactionId: string; disposition: string; note?: string };
    answer: Done;
  };
  /** Takes a callback from the job file: it becomes a contact, and the telephones ring. */
  "/api/callbacks/accept": { body: { callbackId: string }; answer: { interactionId: string } };
  "/api/callbacks/cancel": { body: { callbackId: string }; answer: Done };
  /** The visitor waits; he hears music, if the exchange can play any. */
  "/api/calls/hold": { body: { interactionId: string }; answer: Done };
  /** Back to the visitor; a third is let go. */
  "/api/calls/resume": { body: { interactionId: string }; answer: Done };
  /** The visitor is put on hold, and the third is called. */
  "/api/calls/consult": { body: { interactionId: string; third: Third }; answer: Done };
  /** All three talk. */
  "/api/calls/conference": { body: { interactionId: string }; answer: Done };
  /** Gives the call to who is consulted, or to whoever is named; the agent is out of it. */
  "/api/calls/transfer": { body: { interactionId: string; third?: Third }; answer: Done };
  /** Presses keys towards the visitor: `0`-`9`, `*`, `#`. */
  "/api/calls/digits": { body: { interactionId: string; digits: string }; answer: Done };
  /** With the receiver lifted: calls who waits, or the number of the agent's own contact again. */
  "/api/line/contact": { body: { interactionId: string }; answer: Done };
  "/api/line/callback": { body: { callbackId: string }; answer: Done };
  /** A number that was found in another program; it comes back in {@link Handset}. */
  "/api/number": { body: { number: string }; answer: { number: string } };
  /** The numbers that may be called in texts another program shows, E.164; nothing comes of it otherwise. */
  "/api/number/find": {
    body: { texts: readonly string[] };
    answer: { numbers: readonly string[] };
  };
  /** Calls it, on the lifted line or by ringing the agent's telephone. */
  "/api/number/call": { body: Nothing; answer: { interactionId: string } };
}

/** `GET /api/me`: who is logged in with this browser; never a refusal. */
export interface Me {
  readonly agent: AgentView | null;
}

/** Status 400 (bad order), 401 (log in first), 403 (not yours), 404, 409 (too late: somebody else, or over), 429. */
export interface OrderRefused {
  readonly error: { readonly code: string; readonly message: string };
}
