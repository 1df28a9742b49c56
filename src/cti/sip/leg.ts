/** One telephone, and our conversation with it about a call: INVITE, offers and answers, BYE. */
import { createHash, randomBytes, randomInt } from "node:crypto";
import type { LegEnd } from "../../model/call.ts";
import type { Clock, Timer } from "../../model/clock.ts";
import { endReason } from "../end-reason.ts";
import { SwitchError } from "../switch.ts";
import {
  ackOf2xx,
  type Dialog,
  dialogAsCalled,
  dialogAsCaller,
  inside,
  learn,
  SDP,
  sessionLife,
  tagOf,
} from "./dialog.ts";
import {
  addressOf,
  cseqOf,
  header,
  isRequest,
  parseMessage,
  parseUri,
  type SipRequest,
  type SipResponse,
  writeMessage,
} from "./message.ts";
import { type Answered, nextHop, type Requests } from "./requests.ts";
import { responseTo } from "./responses.ts";
import { AUDIO_ONLY, type Audio, parseSdp, sameAudio, silent, writeSdp } from "./sdp.ts";
import type { ServerTransaction } from "./server-transactions.ts";
import type { Transactions } from "./transactions.ts";

/** What is written down of a leg, so that another process can go on with it. */
export interface SavedLeg {
  readonly legId: string;
  readonly bridgeId?: string | undefined;
  readonly dialog?: Dialog;
  /** An INVITE on its way, as it was sent, and until when it may ring. */
  readonly invite?: string;
  readonly ringUntilMs?: number;
}

export interface LegListener {
  ringing(): void;
  answered(): void;
  ended(end: LegEnd): void;
  /** Something is to be written down. */
  changed(): void;
  /** Nobody has answered: perhaps the trunk is gone. */
  unanswered(): void;
  /**
   * The telephone offers other sound than before (hold, another codec); gives what to answer, or nothing when that cannot be now.
   */
  offered(audio: Audio): Promise<Audio | undefined>;
}

export interface LegPorts {
  readonly clock: Clock;
  readonly requests: Requests;
  readonly transactions: Transactions;
  /** The value of our Contact. */
  contact(): string;
}

/** What a telephone has said of its sound, and must still be answered if it was an offer. */
export interface Said {
  readonly audio: Audio;
  ack(answer?: Audio): void;
}

/** Methods that we take inside a dialog. */
const ALLOW = { name: "allow", value: "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO" };
const TIMER = { name: "supported", value: "timer" };
/** So long an answered telephone may wait for us to know what it is to hear. */
const PATIENCE_MS = 250;
const MOST_GLARES = 4;
/** What we offer a caller who offers nothing. */
const PLAIN: Audio = silent({
  lines: [
    "m=audio 9 RTP/AVP 8 0",
    "c=IN IP4 0.0.0.0",
    "a=rtpmap:8 PCMA/8000",
    "a=rtpmap:0 PCMU/8000",
  ],
  direction: "inactive",
});

export type Leg = ReturnType<typeof createLeg>;

export function createLeg(legId: string, ports: LegPorts, listener: LegListener) {
  const { clock, requests, transactions } = ports;
  let dialog: Dialog | undefined;
  let state: "dialling" | "offered" | "answered" | "leaving" | "ended" = "dialling";
  let rang = false;
  /** What we did ourselves to end it. */
  let ours: LegEnd | undefined;
  let call: { cancel(): void } | undefined;
  let saved: Pick<SavedLeg, "invite" | "ringUntilMs"> = {};
  let incoming: { readonly request: SipRequest; readonly server: ServerTransaction } | undefined;
  let pending: Said | undefined;
  let lastAck: SipRequest | undefined;
  /** An INVITE of the telephone whose 2xx has not been acknowledged yet. */
  let unacknowledged: ServerTransaction | undefined;
  /** An offer of ours, or of the telephone, is being answered. */
  let offering = false;
  const timers: { ring?: Timer; patience?: Timer; session?: Timer } = {};
  const tag = randomBytes(6).toString("hex");
  const session = { id: String(randomInt(1, 2 ** 47)), version: 0 };

  const contact = () => ({ name: "contact", value: ports.contact() });
  const gone = () => new SwitchError("WL_SWITCH_NO_SUCH_LEG", `${legId} is not there`);

  function end(reason: LegEnd): void {
    if (state === "ended") return;
    state = "ended";
    for (const timer of Object.values(timers)) timer[Symbol.dispose]();
    listener.ended(ours ?? reason);
  }

  function described(one: Dialog, audio: Audio): string {
    if (one.sent && (!sameAudio(one.sent, audio) || one.sent.direction !== audio.direction)) {
      one.session.version += 1;
    }
    one.sent = audio;
    listener.changed();
    return writeSdp(audio, one.shape, one.session);
  }

  function understood(one: Dialog, body: string): Audio | undefined {
    const description = parseSdp(body);
    if (!description) return undefined;
    one.heard = description.audio;
    one.heardOrigin = description.origin;
    one.shape = { streams: description.streams, at: description.at };
    return description.audio;
  }

  /** The 2xx to an INVITE of ours, the first time that it comes. */
  function acknowledge(one: Dialog, { request }: Answered, answer?: Audio): void {
    lastAck = ackOf2xx(one, request, answer && described(one, answer));
    transactions.send(lastAck, nextHop(one.target, one.routes) ?? { host: "", port: 0 });
  }

  // --- calling ---------------------------------------------------------------------------------------------------------

  function answeredBy(answered: Answered): void {
    const { request, response } = answered;
    if (dialog) {
      if (tagOf(header(response, "to")) !== tagOf(dialog.remote)) return refuseFork(answered);
      const again = cseqOf(lastAck ?? request)?.number === cseqOf(response)?.number;
      if (lastAck && again)
        transactions.send(lastAck, nextHop(dialog.target, dialog.routes) ?? { host: "", port: 0 });
      return;
    }
    dialog = {
      ...dialogAsCaller(request, response),
      session,
      shape: AUDIO_ONLY,
      holding: false,
      updates: false,
    };
    learn(dialog, response);
    live(response);
    const audio = understood(dialog, response.body);
    const one = dialog;
    timers.ring?.[Symbol.dispose]();
    saved = {};
    if (ours !== undefined || !audio) {
      acknowledge(one, answered, silent(audio ?? PLAIN));
      ours ??= "network_trouble";
      return bye();
    }
    let open = true;
    const ack = (answer?: Audio) => {
      if (!open) return;
      open = false;
      timers.patience?.[Symbol.dispose]();
      if (pending === said) pending = undefined;
      acknowledge(one, answered, answer);
    };
    const said: Said = { audio, ack };
    pending = said;
    timers.patience = clock.after(PATIENCE_MS, () => ack(silent(audio)));
    state = "answered";
    listener.changed();
    listener.answered();
  }

  /** Two telephones have answered one call: the second is let go (section 13.2.2.4). */
  function refuseFork({ request, response }: Answered): void {
    const fork: Dialog = {
      ...dialogAsCaller(request, response),
      session: { ...session },
      shape: AUDIO_ONLY,
      holding: false,
      updates: false,
    };
    const audio = understood(fork, response.body) ?? PLAIN;
    const ack = ackOf2xx(fork, request, writeSdp(silent(audio), fork.shape, fork.session));
    transactions.send(ack, nextHop(fork.target, fork.routes) ?? { host: "", port: 0 });
    requests.send(inside(fork, "BYE"), { success: () => undefined, failure: () => undefined });
  }

  const calling = {
    sent(request: SipRequest) {
      saved = { ...saved, invite: writeMessage(request) };
      listener.changed();
    },
    provisional({ status }: SipResponse) {
      if ((status !== 180 && status !== 183) || rang || ours !== undefined || dialog) return;
      rang = true;
      listener.ringing();
    },
    success: answeredBy,
    failure(response: SipResponse | undefined) {
      if (!response) listener.unanswered();
      end(response ? reasonOf(response, rang) : "network_trouble");
    },
  };

  function ringUntil(ms: number): void {
    saved = { ...saved, ringUntilMs: ms };
    timers.ring = clock.after(ms - clock.nowMs(), () => release("no_answer"));
  }

  // --- ending ----------------------------------------------------------------------------------------------------------

  function bye(): void {
    if (!dialog || state === "ended") return;
    state = "leaving";
    pending?.ack(silent(pending.audio));
    const over = () => end("released");
    requests.send(inside(dialog, "BYE"), { success: over, failure: over });
  }

  function release(why: LegEnd): void {
    if (ours !== undefined || state === "ended") return;
    ours = why;
    if (state === "answered") return bye();
    if (state !== "offered") return call?.cancel();
    incoming?.server.respond(responseTo(incoming.request, 480, { toTag: tag }));
    end(why);
  }

  // --- offers of ours --------------------------------------------------------------------------------------------------

  /** @param audio what the telephone is to hear and where it is to send; absent: it is asked what it has to offer */
  function reinvite(audio: Audio | undefined, glares = 0): Promise<Said> {
    const one = dialog;
    if (!one || state !== "answered") return Promise.reject(gone());
    const body = audio && described(one, audio);
    const headers = [contact(), ALLOW, TIMER, ...(body === undefined ? [] : [SDP])];
    return new Promise((resolve, reject) => {
      let first = true;
      requests.send(inside(one, "INVITE", { headers, ...(body !== undefined && { body }) }), {
        success(answered) {
          if (!first) return answeredBy(answered);
          first = false;
          learn(one, answered.response);
          live(answered.response);
          const said = understood(one, answered.response.body);
          const ack = (answer?: Audio) => acknowledge(one, answered, answer);
          if (!said) {
            ack(audio ? undefined : silent(PLAIN));
            return reject(
              new SwitchError("WL_SWITCH_REFUSED", "the telephone says nothing of its sound"),
            );
          }
          if (audio) ack();
          if (state !== "answered") {
            if (!audio) ack(silent(said));
            return reject(gone());
          }
          resolve({ audio: said, ack });
        },
        failure(response) {
          const status = response?.status ?? 408;
          if (status === 491 && glares < MOST_GLARES && state === "answered") {
            // RFC 3261, section 14.1: whoever has made the Call-ID waits longer.
            const waitMs = incoming ? randomInt(0, 2_000) : randomInt(2_100, 4_000);
            clock.after(waitMs, () => void reinvite(audio, glares + 1).then(resolve, reject));
          } else if (status === 481 || status === 408) {
            end("network_trouble");
            reject(gone());
          } else
            reject(
              new SwitchError(
                "WL_SWITCH_REFUSED",
                `the telephone answered with SIP status ${status}`,
              ),
            );
        },
      });
    });
  }

  async function offer(audio: Audio | undefined): Promise<Said> {
    if (pending && !audio) {
      const said = pending;
      timers.patience?.[Symbol.dispose]();
      return said;
    }
    pending?.ack(silent(pending.audio));
    offering = true;
    try {
      return await reinvite(audio);
    } finally {
      offering = false;
    }
  }

  // --- the session's life (RFC 4028) -----------------------------------------------------------------------------------

  function live(message: SipRequest | SipResponse): void {
    const life = sessionLife(message);
    if (!dialog) return;
    if (life) {
      // The caller of this request is "uac": in a response to ours that is us.
      const ours = isRequest(message) ? life.refresher === "uas" : life.refresher !== "uas";
      dialog.refresh = { everyMs: life.everyMs, ours };
    } else delete dialog.refresh;
    watchLife();
  }

  function watchLife(): void {
    timers.session?.[Symbol.dispose]();
    const refresh = dialog?.refresh;
    if (!refresh) return;
    const { everyMs, ours: mine } = refresh;
    const afterMs = mine ? everyMs / 2 : everyMs - Math.min(32_000, everyMs / 3);
    timers.session = clock.after(afterMs, () => {
      if (mine) void refreshed().catch(() => undefined);
      else if (state === "answered") {
        ours = "network_trouble";
        bye();
      }
    });
  }

  /** Says that we are still there, and finds out whether the other end is. */
  async function refreshed(): Promise<void> {
    const one = dialog;
    if (!one || state !== "answered") return;
    const life = one.refresh && [
      {
        name: "session-expires",
        value: `${one.refresh.everyMs / 1_000};refresher=${one.refresh.ours ? "uac" : "uas"}`,
      },
    ];
    if (!one.updates) return void (await offer(one.sent ?? PLAIN));
    await new Promise<void>((resolve) => {
      requests.send(inside(one, "UPDATE", { headers: [contact(), TIMER, ...(life ?? [])] }), {
        success({ response }) {
          learn(one, response);
          live(response);
          resolve();
        },
        failure(response) {
          if (!response || response.status === 481 || response.status === 408)
            end("network_trouble");
          resolve();
        },
      });
    });
  }

  // --- the telephone's requests ----------------------------------------------------------------------------------------

  function lifeHeaders(request: SipRequest) {
    const life = sessionLife(request);
    if (!life) return [];
    const value = `${life.everyMs / 1_000};refresher=${life.refresher ?? "uac"}`;
    return [
      { name: "session-expires", value },
      ...(life.refresher === "uas" ? [] : [{ name: "require", value: "timer" }]),
    ];
  }

  async function heardOffer(
    one: Dialog,
    request: SipRequest,
    server: ServerTransaction,
  ): Promise<void> {
    const refuse = (status: number) => server.respond(responseTo(request, status));
    if (offering || pending) return refuse(491);
    const description = parseSdp(request.body);
    if (request.body !== "" && !description) return refuse(488);
    learn(one, request);
    live(request);
    if (request.method === "INVITE") unacknowledged = server;
    const accept = (audio: Audio | undefined) =>
      server.respond(
        responseTo(request, 200, {
          headers: [contact(), ALLOW, TIMER, ...lifeHeaders(request), ...(audio ? [SDP] : [])],
          ...(audio && { body: described(one, audio) }),
        }),
      );
    if (request.method === "UPDATE" && !description) return accept(undefined);
    // The same again (a refresh), or a question what we have to offer: what we have said before.
    if (!description || description.origin === one.heardOrigin) return accept(one.sent ?? PLAIN);
    const before = one.heard;
    understood(one, request.body);
    one.holding =
      description.audio.direction === "sendonly" || description.audio.direction === "inactive";
    offering = true;
    try {
      const answer = await listener.offered(description.audio);
      if (answer) accept(answer);
      else {
        if (before) one.heard = before;
        one.heardOrigin = "";
        refuse(491);
      }
    } finally {
      offering = false;
    }
  }

  function handle(request: SipRequest, server: ServerTransaction): void {
    const one = dialog;
    const respond = (status: number, headers = [ALLOW]) =>
      server.respond(responseTo(request, status, { headers }));
    if (!one || state === "ended") return request.method === "ACK" ? undefined : respond(481);
    if (request.method === "ACK") {
      unacknowledged?.acknowledged();
      // It may carry the answer to what we have offered.
      if (request.body !== "") understood(one, request.body);
      return;
    }
    const seq = cseqOf(request)?.number ?? 0;
    // Older than one that has come (section 12.2.2).
    if (seq <= one.remoteSeq) return respond(500);
    one.remoteSeq = seq;
    switch (request.method) {
      case "BYE":
        respond(200);
        return end(reasonOf(request, true));
      case "INVITE":
      case "UPDATE":
        if (state !== "answered") return respond(481);
        return void heardOffer(one, request, server);
      case "INFO":
      case "OPTIONS":
        return respond(200);
      default:
        return respond(405);
    }
  }

  return {
    legId,
    bridgeId: undefined as string | undefined,
    /** What is being done with its sound, one thing after the other. */
    tail: Promise.resolve() as Promise<unknown>,
    get answered() {
      return state === "answered";
    },
    get live() {
      return state !== "ended";
    },
    get dialog() {
      return dialog;
    },
    get audio() {
      return dialog?.heard;
    },
    get holding() {
      return dialog?.holding ?? false;
    },
    get pending() {
      return pending !== undefined;
    },
    /** Whether its telephone has been told to be silent, or is as good as told. */
    get silenced() {
      return dialog?.sent?.direction === "inactive";
    },
    /** Rings a telephone. @param from the value of From without a tag */
    dial(
      uri: string,
      from: string,
      headers: readonly { name: string; value: string }[],
      ringMs: number,
    ): void {
      let seq = 0;
      ringUntil(clock.nowMs() + ringMs);
      const unlike = createHash("sha256").update(`${legId} ${tag}`).digest("hex").slice(0, 12);
      call = requests.send(
        {
          method: "INVITE",
          uri,
          from: `${from};tag=${tag}`,
          to: `<${uri}>`,
          callId: `${legId.replaceAll(/[^\w.-]/g, "_")}.${unlike}`,
          nextSeq: () => ++seq,
          headers: [contact(), ALLOW, TIMER, ...headers],
        },
        calling,
      );
    },
    /** Somebody calls us: he hears ringing until {@link answer}. */
    accept(request: SipRequest, server: ServerTransaction): void {
      state = "offered";
      incoming = { request, server };
      unacknowledged = server;
      server.respond(responseTo(request, 180, { toTag: tag, headers: [contact()] }));
      server.onCancel(() => {
        server.respond(responseTo(request, 487, { toTag: tag }));
        end("hung_up");
      });
      server.onNoAck(() => {
        ours ??= "network_trouble";
        bye();
      });
    },
    answer(): void {
      if (state !== "offered" || !incoming) throw gone();
      const { request, server } = incoming;
      dialog = {
        ...dialogAsCalled(request, tag),
        session,
        shape: AUDIO_ONLY,
        holding: false,
        updates: false,
      };
      learn(dialog, request);
      const audio = understood(dialog, request.body);
      if (request.body !== "" && !audio) {
        server.respond(responseTo(request, 488, { toTag: tag }));
        return end("network_trouble");
      }
      state = "answered";
      live(request);
      const body = described(dialog, silent(audio ?? PLAIN));
      const headers = [contact(), ALLOW, TIMER, ...lifeHeaders(request), SDP];
      server.respond(responseTo(request, 200, { toTag: tag, headers, body }));
      queueMicrotask(() => state === "answered" && listener.answered());
    },
    offer,
    /** It hears nothing, and is not heard. */
    async silence(): Promise<void> {
      if (pending) return pending.ack(silent(pending.audio));
      const { sent, heard } = dialog ?? {};
      if (!heard || sent?.direction === "inactive") return;
      await offer(silent(sent ?? heard));
    },
    /** Presses a key towards the telephone, by INFO (RFC 6086) as gateways take it. */
    async press(digit: string): Promise<void> {
      const one = dialog;
      if (!one || state !== "answered") throw gone();
      const headers = [{ name: "content-type", value: "application/dtmf-relay" }];
      const body = `Signal=${digit}\r\nDuration=160\r\n`;
      await new Promise<void>((resolve, reject) => {
        requests.send(inside(one, "INFO", { headers, body }), {
          success: () => resolve(),
          failure: (response) =>
            reject(
              new SwitchError(
                "WL_SWITCH_REFUSED",
                `digits were refused with SIP status ${response?.status}`,
              ),
            ),
        });
      });
    },
    release,
    handle,
    refresh: refreshed,
    saved(): SavedLeg | undefined {
      if (state === "answered" && dialog) return { legId, dialog };
      return state === "dialling" && ours === undefined && saved.invite !== undefined
        ? { legId, ...saved }
        : undefined;
    },
    /** Goes on where another process was cut off. */
    restore({ dialog: before, invite = "", ringUntilMs = 0 }: SavedLeg): void {
      if (before) {
        // More may have been sent than was written down.
        before.localSeq += 100;
        dialog = before;
        state = "answered";
        return watchLife();
      }
      const request = parseMessage(invite);
      if (!request || !isRequest(request)) return end("network_trouble");
      saved = { invite };
      ringUntil(ringUntilMs);
      call = requests.resume(request, calling);
    },
    [Symbol.dispose]() {
      for (const timer of Object.values(timers)) timer[Symbol.dispose]();
    },
  };
}

/** Why a telephone was not reached, or has hung up: the status, and what the network says in Reason (RFC 3326, RFC 6432). */
function reasonOf(message: SipRequest | SipResponse, rang: boolean): LegEnd {
  const reason = /Q\.850\s*;\s*cause\s*=\s*(\d{1,3})/i.exec(header(message, "reason") ?? "")?.[1];
  const q850 = Number(reason ?? 0);
  if (isRequest(message)) return endReason({ rang, answered: true, q850 });
  // A telephone that refuses comes back as 403 from the telephone network (RFC 3398, section 7.2.4.1).
  const sipStatus = message.status === 403 && q850 === 21 ? undefined : message.status;
  return endReason({ rang, answered: false, q850, sipStatus });
}

/** The number of whom a request names as the caller, as far as it is one. */
export function callerOf(request: SipRequest): string {
  const { user = "" } = parseUri(addressOf(header(request, "from") ?? "").uri) ?? {};
  return /^\+?[0-9]{1,15}$/.test(user) ? user : "";
}
