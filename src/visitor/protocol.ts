/**
 * What passes between a visitor's browser and the engine, all of it under the site's reserved path (`P` below):
 *
 * - `GET  P loader.js`, `P card.css`: constant files.
 * - `GET  P events`: server-sent events, each `data:` one {@link VisitorEvent} as JSON.
 * - `POST P shown`: `{ invitationId }`; the card is on the screen.
 * - `POST P opened?page=…&from=…`: a page that was prerendered is shown now, and where the visitor came from. The edge counts it.
 * - `POST P answer`: the form of the invitation, as `application/x-www-form-urlencoded` with the field names of
 *   {@link AnswerForm}. With `Accept: application/json` the answer is an {@link AnswerResult}, else a page.
 * - `GET  P consent`, `POST P consent`: `{ answer, back? }` as a form; whether the visitor may be remembered, where the site lets us ask.
 * - `POST P chat`: `{ interactionId, text }` as JSON, or a form with the same fields (answered by 303 to `GET P chat`).
 * - `GET  P chat?interaction=…`: the conversation as a page that works without JavaScript.
 * - `GET  P talk?interaction=…`: the window of a call by browser, with its script `P talk.js`.
 * - `POST P talk`: `{ interactionId }`, answered with {@link TalkKeys}; each time with another password.
 * - `GET  P sip?interaction=…`: upgraded to a WebSocket, SIP to the exchange (RFC 7118).
 * - `POST P page`: `{ interactionId, path, title }`; the visitor shows the agent a page of this site.
 * - `POST P call`: `{ interactionId, choice, number }`; the answer to a call that is offered in a chat: as `P answer`. `choice` is one of
 *   the offered, or `none`.
 * - `POST P hang-up`: `{ interactionId }`; the visitor ends the call.
 * - `POST P telephone`: `{ interactionId, number }`; the visitor wants to be called instead. Answered as `P answer`.
 */
import type { ChatMessage } from "../model/interaction.ts";
import type { CallChoice, Choice } from "../model/invitation.ts";
import type { Offer } from "../model/opportunity.ts";

/** An invitation as the visitor sees it. */
export interface InvitationCard {
  readonly id: string;
  readonly offer: Offer;
  readonly heading: string;
  readonly text: string;
  readonly choices: readonly Choice[];
  readonly number?: string;
  readonly name?: string;
  /** Opening hours in words, with `callback_out_of_hours`. */
  readonly hours?: string;
}

/** A conversation or call the visitor has, as the visitor sees it. */
export interface ContactCard {
  readonly interactionId: string;
  readonly kind: "chat" | "phone" | "voip" | "video";
  /** `waiting` for an agent, `calling` the visitor's telephone, `active`, `over`. */
  readonly state: "waiting" | "calling" | "active" | "over";
  /** Text can be written, whatever they talk by. */
  readonly chat?: true;
  /** The agent offers to go on by voice. */
  readonly offer?: readonly CallChoice[];
  /** The agent's display name, when one has it. */
  readonly agent?: string;
  /** The call goes on with somebody outside, whatever becomes of the contact. */
  readonly handedOn?: true;
  /** He talks by a telephone, and can neither see the visitor nor be seen. */
  readonly voiceOnly?: true;
  readonly messages: readonly ChatMessage[];
}

/** What the browser registers with at the exchange, and how it gets through to it. */
export interface TalkKeys {
  readonly user: string;
  readonly password: string;
  readonly iceServers: readonly IceServer[];
  /** Whether pictures may be sent, by who wants to and can. */
  readonly video: boolean;
}

/** As `RTCPeerConnection` wants it (WebRTC, section 4.2.4). */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** Our question whether the visitor may be remembered. */
export interface ConsentCard {
  readonly text: string;
  readonly privacy?: string;
}

export type VisitorEvent =
  /** The first event of a stream: everything there is to show, after a reload too. */
  | {
      readonly type: "state";
      readonly invitation?: InvitationCard;
      readonly contacts: readonly ContactCard[];
      readonly ask?: ConsentCard;
    }
  | { readonly type: "invitation"; readonly invitation: InvitationCard }
  | { readonly type: "withdraw"; readonly invitationId: string }
  | { readonly type: "contact"; readonly contact: Omit<ContactCard, "messages"> }
  | { readonly type: "chat"; readonly message: ChatMessage }
  /** The agent shows another page of this site. */
  | { readonly type: "navigate"; readonly path: string };

/** Names of the fields of the invitation form. */
export interface AnswerForm {
  readonly invitation: string;
  readonly choice: Choice;
  readonly number?: string;
  readonly name?: string;
  /** `YYYY-MM-DD` and `HH:MM` in the site's time zone; with `callback`. */
  readonly date?: string;
  readonly time?: string;
  readonly topic?: string;
  /** Where to go back to: a path of this site. */
  readonly back?: string;
}

export type AnswerResult =
  | { readonly ok: true; readonly choice: Choice; readonly contact?: ContactCard }
  | {
      readonly ok: false;
      /** Which field to mend, when it is one. */
      readonly field?: keyof AnswerForm;
      /** What is wrong and how to mend it, for the visitor. */
      readonly message: string;
    };
