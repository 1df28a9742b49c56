/** One telephone: how it is called, or has called us, until it has answered. */
import { randomBytes, randomInt } from "node:crypto";
import type { LegEnd } from "../../model/call.ts";
import type { Timer } from "../../model/clock.ts";
import { SwitchError } from "../switch.ts";
import {
  ALLOW,
  type Conversation,
  createConversation,
  type TalkListener,
  type TalkPorts,
  TIMER,
} from "./conversation.ts";
import { type Begun, type Dialog, dialogAsCalled, dialogAsCaller, learn, tagOf } from "./dialog.ts";
import {
  addressOf,
  header,
  isRequest,
  parseMessage,
  parseUri,
  type SipHeader,
  type SipRequest,
  type SipResponse,
  writeMessage,
} from "./message.ts";
import { reasonOf } from "./reason.ts";
import type { Answered, OrderListener } from "./requests.ts";
import { responseTo } from "./responses.ts";
import { AUDIO_ONLY } from "./sdp.ts";
import type { ServerTransaction } from "./server-transactions.ts";

/** What is written down of a leg, so that another process can go on with it. */
export interface SavedLeg {
  readonly legId: string;
  readonly bridgeId?: string | undefined;
  readonly dialog?: Dialog;
  /** An INVITE on its way, as it was sent, and until when it may ring. */
  readonly invite?: string;
  readonly ringUntilMs?: number;
}

export interface LegListener extends TalkListener {
  ringing(): void;
  answered(): void;
  /** Nobody has answered: perhaps the trunk is gone. */
  unanswered(): void;
}

/** More may have been sent than was written down; numbers may be left out (RFC 3261, section 12.2.1.1). */
const SEQ_GAP = 100;

export type Leg = ReturnType<typeof createLeg>;

export function createLeg(legId: string, ports: TalkPorts, listener: LegListener) {
  const { clock, requests } = ports;
  let talk: Conversation | undefined;
  let incoming: { readonly request: SipRequest; readonly server: ServerTransaction } | undefined;
  let call: { cancel(): void } | undefined;
  let invite: string | undefined;
  let ringUntilMs = 0;
  let rang = false;
  /** Somebody has taken the INVITE. */
  let taken = false;
  let over = false;
  /** What we did ourselves to end it. */
  let ours: LegEnd | undefined;
  let ring: Timer | undefined;
  const tag = randomBytes(6).toString("hex");

  function end(reason: LegEnd): void {
    if (over) return;
    over = true;
    ring?.[Symbol.dispose]();
    listener.ended(ours ?? reason);
  }

  const conversation = (begun: Begun, called: boolean) =>
    createConversation(withSession(begun), called, ports, { ...listener, ended: end });

  const calling: OrderListener = {
    sent(request) {
      invite = writeMessage(request);
      listener.changed();
    },
    provisional({ status }: SipResponse) {
      taken = true;
      if ((status !== 180 && status !== 183) || rang || ours !== undefined || talk) return;
      rang = true;
      listener.ringing();
    },
    success(answered) {
      const { request, response } = answered;
      if (!talk) return answeredBy(answered);
      if (tagOf(header(response, "to")) === tagOf(talk.dialog.remote))
        return talk.repeated(answered);
      // Two telephones have answered one call: the second is let go (section 13.2.2.4).
      const fork = createConversation(
        withSession(dialogAsCaller(request, response)),
        false,
        ports,
        {
          ended: () => undefined,
          changed: () => undefined,
          offered: () => Promise.resolve(undefined),
        },
      );
      fork.answered(answered);
      fork.bye("released");
    },
    failure(response) {
      if (!response) listener.unanswered();
      // It was not the called party who did not answer.
      if (!taken && ours === "no_answer") ours = undefined;
      end(response ? reasonOf(response, rang) : "network_trouble");
    },
  };

  function answeredBy(answered: Answered): void {
    ring?.[Symbol.dispose]();
    talk = conversation(dialogAsCaller(answered.request, answered.response), false);
    learn(talk.dialog, answered.response);
    talk.answered(answered);
    // The answer has crossed our CANCEL (section 15.1.1).
    if (ours !== undefined) return talk.bye(ours);
    listener.changed();
    if (talk.talking) listener.answered();
  }

  function ringUntil(ms: number): void {
    ringUntilMs = ms;
    ring = clock.after(ms - clock.nowMs(), () => release("no_answer"));
  }

  function release(why: LegEnd): void {
    if (ours !== undefined || over) return;
    ours = why;
    listener.changed();
    if (talk) return talk.bye(why);
    if (!incoming) return call?.cancel();
    incoming.server.respond(responseTo(incoming.request, 480, { toTag: tag }));
    end(why);
  }

  function present(): Conversation {
    if (talk?.talking) return talk;
    throw new SwitchError("WL_SWITCH_NO_SUCH_LEG", `${legId} is not there`);
  }

  return {
    legId,
    bridgeId: undefined as string | undefined,
    /** What is being done with its sound, one thing after the other. */
    tail: Promise.resolve() as Promise<unknown>,
    get answered() {
      return talk?.talking ?? false;
    },
    get over() {
      return over;
    },
    get dialog() {
      return talk?.dialog;
    },
    get pending() {
      return talk?.pending ?? false;
    },
    /** The party itself has put us on hold. */
    get holding() {
      return talk?.dialog.holding ?? false;
    },
    /** Rings a telephone. @param from the value of From without a tag */
    dial(uri: string, from: string, headers: readonly SipHeader[], ringMs: number): void {
      let seq = 0;
      ringUntil(clock.nowMs() + ringMs);
      call = requests.send(
        {
          method: "INVITE",
          uri,
          from: `${from};tag=${tag}`,
          to: `<${uri}>`,
          callId: `${legId.replaceAll(/[^\w.-]/g, "_")}.${randomBytes(6).toString("hex")}`,
          nextSeq: () => ++seq,
          headers: [{ name: "contact", value: ports.contact() }, ALLOW, TIMER, ...headers],
        },
        calling,
      );
    },
    /** Somebody calls us: he hears ringing until {@link answer}. */
    accept(request: SipRequest, server: ServerTransaction): void {
      incoming = { request, server };
      const headers = [{ name: "contact", value: ports.contact() }];
      server.respond(responseTo(request, 180, { toTag: tag, headers }));
      server.onCancel(() => {
        server.respond(responseTo(request, 487, { toTag: tag }));
        end("hung_up");
      });
    },
    answer(): void {
      if (talk || over || !incoming) {
        throw new SwitchError("WL_SWITCH_NO_SUCH_LEG", `${legId} is not there`);
      }
      const { request, server } = incoming;
      const begun = conversation(dialogAsCalled(request, tag), true);
      learn(begun.dialog, request);
      if (!begun.answer(request, server)) {
        server.respond(responseTo(request, 488, { toTag: tag }));
        return end("network_trouble");
      }
      talk = begun;
      queueMicrotask(() => begun.talking && listener.answered());
    },
    offer: async (audio: Parameters<Conversation["offer"]>[0]) => present().offer(audio),
    silence: async () => present().silence(),
    press: async (digit: string) => present().press(digit),
    release,
    handle: (request: SipRequest, server: ServerTransaction) => talk?.handle(request, server),
    refresh: async () => talk?.refresh(),
    saved(): SavedLeg | undefined {
      if (over || ours !== undefined) return undefined;
      if (talk) return { legId, dialog: talk.dialog };
      return invite === undefined ? undefined : { legId, invite, ringUntilMs };
    },
    /** Goes on where another process was cut off. */
    restore({ dialog, invite: text = "", ringUntilMs: untilMs = 0 }: SavedLeg): void {
      if (dialog) {
        dialog.localSeq += SEQ_GAP;
        talk = createConversation(dialog, legId.startsWith("in."), ports, {
          ...listener,
          ended: end,
        });
        return talk.watch();
      }
      const request = parseMessage(text);
      if (!request || !isRequest(request)) return end("network_trouble");
      invite = text;
      ringUntil(untilMs);
      call = requests.resume(request, calling);
    },
    [Symbol.dispose]() {
      ring?.[Symbol.dispose]();
      talk?.[Symbol.dispose]();
    },
  };
}

function withSession(begun: Begun): Dialog {
  const session = { id: String(randomInt(1, 2 ** 47)), version: 0 };
  return { ...begun, session, shape: AUDIO_ONLY, holding: false, updates: false };
}

/** The number of whom a request names as the caller, as far as it is one. */
export function callerOf(request: SipRequest): string {
  const { user = "" } = parseUri(addressOf(header(request, "from") ?? "").uri) ?? {};
  return /^\+?[0-9]{1,15}$/.test(user) ? user : "";
}
