/** What is said with a telephone that has answered, until one side hangs up (RFC 3261, sections 12 to 15). */
import { randomInt } from "node:crypto";
import type { LegEnd } from "../../model/call.ts";
import type { Clock, Timer } from "../../model/clock.ts";
import { SwitchError } from "../switch.ts";
import { ackOf2xx, type Dialog, inside, learn, SDP, tagOf } from "./dialog.ts";
import { cseqOf, type SipRequest } from "./message.ts";
import { reasonOf } from "./reason.ts";
import { type Answered, nextHop, type Requests } from "./requests.ts";
import { responseTo } from "./responses.ts";
import { type Audio, parseSdp, sameAudio, silent, writeSdp } from "./sdp.ts";
import { createSessionLife, lifeHeaders, refreshHeaders } from "./session-life.ts";
import type { ServerTransaction } from "./server-transactions.ts";
import type { Transactions } from "./transactions.ts";

export interface TalkPorts {
  readonly clock: Clock;
  readonly requests: Requests;
  readonly transactions: Transactions;
  /** The value of our Contact. */
  contact(): string;
}

export interface TalkListener {
  ended(end: LegEnd): void;
  /** Something is to be written down. */
  changed(): void;
  /**
   * The telephone offers other sound than before (hold, another codec); gives what to answer, or nothing when that cannot be now.
   */
  offered(audio: Audio): Promise<Audio | undefined>;
}

/** What a telephone has said of its sound, and must still be answered if it was an offer. */
export interface Said {
  readonly audio: Audio;
  ack(answer?: Audio): void;
}

/** Methods that we take. */
export const ALLOW = { name: "allow", value: "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO" };
/** RFC 4028, section 7.1. */
export const TIMER = { name: "supported", value: "timer" };
/** So long an answered telephone may wait for us to know what it is to hear. */
const PATIENCE_MS = 250;
const MOST_GLARES = 8;
/** What we offer a caller who offers nothing. */
export const PLAIN: Audio = silent({
  lines: [
    "m=audio 9 RTP/AVP 8 0",
    "c=IN IP4 0.0.0.0",
    "a=rtpmap:8 PCMA/8000",
    "a=rtpmap:0 PCMU/8000",
  ],
  direction: "inactive",
});

export type Conversation = ReturnType<typeof createConversation>;

/** @param called it was the telephone that called us */
export function createConversation(
  dialog: Dialog,
  called: boolean,
  ports: TalkPorts,
  listener: TalkListener,
) {
  const { clock, requests, transactions } = ports;
  let state: "talking" | "leaving" | "over" = "talking";
  let why: LegEnd | undefined;
  let pending: Said | undefined;
  let patience: Timer | undefined;
  let lastAck: SipRequest | undefined;
  /** An INVITE of the telephone whose 2xx has not been acknowledged yet. */
  let unacknowledged: ServerTransaction | undefined;
  /** An offer of ours, or of the telephone, is being answered. */
  let offering = false;
  const life = createSessionLife(dialog, clock, {
    refresh: () => void refresh().catch(() => undefined),
    over: () => bye("network_trouble"),
  });

  const contact = () => ({ name: "contact", value: ports.contact() });
  const gone = () => new SwitchError("WL_SWITCH_NO_SUCH_LEG", "the leg is not there");
  const refused = (status: number) =>
    new SwitchError("WL_SWITCH_REFUSED", `the telephone answered with SIP status ${status}`);

  function end(reason: LegEnd): void {
    if (state === "over") return;
    state = "over";
    patience?.[Symbol.dispose]();
    life[Symbol.dispose]();
    listener.ended(why ?? reason);
  }

  /** What the telephone is told from now on. */
  function described(audio: Audio): string {
    const { sent, session } = dialog;
    if (sent && !(sameAudio(sent, audio) && sent.direction === audio.direction)) {
      session.version += 1;
    }
    dialog.sent = audio;
    listener.changed();
    return writeSdp(audio, dialog.shape, session);
  }

  function understood(body: string): Audio | undefined {
    const description = parseSdp(body);
    if (!description) return undefined;
    dialog.heard = description.audio;
    dialog.heardOrigin = description.origin;
    dialog.shape = { streams: description.streams, at: description.at };
    return description.audio;
  }

  function sendAck(): void {
    const to = nextHop(dialog.target, dialog.routes);
    if (lastAck && to) transactions.send(lastAck, to);
  }

  function acknowledge({ request }: Answered, answer?: Audio): void {
    lastAck = ackOf2xx(dialog, request, answer && described(answer));
    sendAck();
  }

  function bye(reason: LegEnd): void {
    if (state !== "talking") return;
    state = "leaving";
    why = reason;
    pending?.ack(silent(pending.audio));
    const over = () => end("released");
    requests.send(inside(dialog, "BYE"), { success: over, failure: over });
  }

  // --- offers of ours ----------------------------------------------------------------------------

  /** @param audio what the telephone is to hear and where it is to send; absent: it is asked what it has to offer */
  function reinvite(audio: Audio | undefined, glares = 0): Promise<Said> {
    if (state !== "talking") return Promise.reject(gone());
    const body = audio && described(audio);
    const headers = [
      contact(),
      ALLOW,
      TIMER,
      ...refreshHeaders(dialog),
      ...(body === undefined ? [] : [SDP]),
    ];
    return new Promise((resolve, reject) => {
      let first = true;
      requests.send(inside(dialog, "INVITE", { headers, ...(body !== undefined && { body }) }), {
        success(answered) {
          if (!first) return repeated(answered);
          first = false;
          learn(dialog, answered.response);
          life.heard(answered.response);
          const said = understood(answered.response.body);
          const ack = (answer?: Audio) => acknowledge(answered, answer);
          if (audio) ack();
          if (said && state === "talking") return resolve({ audio: said, ack });
          if (!audio) ack(silent(said ?? PLAIN));
          reject(said ? gone() : refused(answered.response.status));
        },
        failure(response) {
          const status = response?.status ?? 408;
          if ((status === 491 || status === 500) && glares < MOST_GLARES && state === "talking") {
            // Section 14.2: 500 means that our last ACK has not arrived yet.
            if (status === 500) sendAck();
            clock.after(pauseAfter(status), () => {
              reinvite(audio, glares + 1).then(resolve, reject);
            });
          } else if (status === 481 || status === 408) {
            end("network_trouble");
            reject(gone());
          } else reject(refused(status));
        },
      });
    });
  }

  /** Section 14.1: whoever has made the Call-ID waits longer. */
  function pauseAfter(status: number): number {
    if (status === 500) return randomInt(200, 1_000);
    return called ? randomInt(0, 2_000) : randomInt(2_100, 4_000);
  }

  /** A 2xx that has come again: our ACK was lost, unless it is still to be sent. */
  function repeated({ response }: Answered): void {
    if (lastAck && cseqOf(lastAck)?.number === cseqOf(response)?.number) sendAck();
  }

  async function offer(audio: Audio | undefined): Promise<Said> {
    if (pending && !audio) {
      patience?.[Symbol.dispose]();
      return pending;
    }
    pending?.ack(silent(pending.audio));
    offering = true;
    try {
      return await reinvite(audio);
    } finally {
      offering = false;
    }
  }

  /** Says that we are still there, and finds out whether the other end is. */
  async function refresh(): Promise<void> {
    if (state !== "talking") return;
    if (!dialog.updates) return void (await offer(dialog.sent ?? PLAIN));
    const headers = [contact(), TIMER, ...refreshHeaders(dialog)];
    await new Promise<void>((resolve) => {
      requests.send(inside(dialog, "UPDATE", { headers }), {
        success({ response }) {
          learn(dialog, response);
          life.heard(response);
          resolve();
        },
        failure(response) {
          const status = response?.status ?? 408;
          if (status === 481 || status === 408) end("network_trouble");
          resolve();
        },
      });
    });
  }

  // --- the telephone's requests ------------------------------------------------------------------

  async function heardOffer(request: SipRequest, server: ServerTransaction): Promise<void> {
    const refuse = (status: number) => server.respond(responseTo(request, status));
    if (offering || pending) return refuse(491);
    const description = parseSdp(request.body);
    if (request.body !== "" && !description) return refuse(488);
    learn(dialog, request);
    life.heard(request);
    if (request.method === "INVITE") unacknowledged = server;
    const accept = (audio?: Audio) => {
      const headers = [contact(), ALLOW, TIMER, ...lifeHeaders(request), ...(audio ? [SDP] : [])];
      server.respond(
        responseTo(request, 200, { headers, ...(audio && { body: described(audio) }) }),
      );
    };
    if (request.method === "UPDATE" && !description) return accept();
    // The same again (a refresh), or a question what we have to offer: what we have said before.
    if (!description || description.origin === dialog.heardOrigin)
      return accept(dialog.sent ?? PLAIN);
    const { audio } = description;
    const before = dialog.heard;
    understood(request.body);
    dialog.holding = audio.direction === "sendonly" || audio.direction === "inactive";
    offering = true;
    const answer = await listener.offered(audio);
    offering = false;
    if (answer) return accept(answer);
    if (before) dialog.heard = before;
    dialog.heardOrigin = "";
    refuse(491);
  }

  function handle(request: SipRequest, server: ServerTransaction): void {
    const respond = (status: number) =>
      server.respond(responseTo(request, status, { headers: [ALLOW] }));
    if (request.method === "ACK") {
      unacknowledged?.acknowledged();
      // It may carry the answer to what we have offered.
      if (request.body !== "") understood(request.body);
      return;
    }
    const seq = cseqOf(request)?.number ?? 0;
    // Older than one that has come (section 12.2.2).
    if (seq <= dialog.remoteSeq) return respond(500);
    dialog.remoteSeq = seq;
    switch (request.method) {
      case "BYE":
        respond(200);
        return end(reasonOf(request, true));
      case "INVITE":
      case "UPDATE":
        if (state !== "talking") return respond(481);
        return void heardOffer(request, server);
      case "INFO":
      case "OPTIONS":
        return respond(200);
      default:
        return respond(405);
    }
  }

  return {
    dialog,
    get talking() {
      return state === "talking";
    },
    /** It has answered with an offer that waits for our word. */
    get pending() {
      return pending !== undefined;
    },
    /** The telephone has answered our INVITE, and said what it can: soon we say what it is to hear. */
    answered(answered: Answered): void {
      const audio = understood(answered.response.body);
      life.heard(answered.response);
      if (!audio) {
        acknowledge(answered, PLAIN);
        return bye("network_trouble");
      }
      const said: Said = {
        audio,
        ack(answer) {
          if (pending !== said) return;
          patience?.[Symbol.dispose]();
          pending = undefined;
          acknowledge(answered, answer);
        },
      };
      pending = said;
      patience = clock.after(PATIENCE_MS, () => said.ack(silent(audio)));
    },
    /** We answer the telephone that has called us; nothing is said if it has no sound that we know. */
    answer(request: SipRequest, server: ServerTransaction): boolean {
      const audio = understood(request.body);
      if (request.body !== "" && !audio) return false;
      unacknowledged = server;
      life.heard(request);
      server.onNoAck(() => bye("network_trouble"));
      const toTag = tagOf(dialog.local);
      const body = described(silent(audio ?? PLAIN));
      const headers = [contact(), ALLOW, TIMER, ...lifeHeaders(request), SDP];
      server.respond(responseTo(request, 200, { toTag, headers, body }));
      return true;
    },
    repeated,
    offer,
    /** It hears nothing, and is not heard. */
    async silence(): Promise<void> {
      if (pending) return pending.ack(silent(pending.audio));
      const { sent, heard } = dialog;
      if (!heard || sent?.direction === "inactive") return;
      await offer(silent(sent ?? heard));
    },
    /** Presses a key towards the telephone, by INFO (RFC 6086) as gateways take it. */
    async press(digit: string): Promise<void> {
      if (state !== "talking") throw gone();
      const headers = [{ name: "content-type", value: "application/dtmf-relay" }];
      const body = `Signal=${digit}\r\nDuration=160\r\n`;
      await new Promise<void>((resolve, reject) => {
        requests.send(inside(dialog, "INFO", { headers, body }), {
          success: () => resolve(),
          failure: (response) => reject(refused(response?.status ?? 408)),
        });
      });
    },
    bye,
    handle,
    refresh,
    watch: () => life.watch(),
    [Symbol.dispose]() {
      patience?.[Symbol.dispose]();
      life[Symbol.dispose]();
    },
  };
}
