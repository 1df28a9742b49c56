/** Keeps us known to the trunk (RFC 3261, section 10), and knows whether it is there. */
import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "../../model/clock.ts";
import type { Log } from "../../model/log.ts";
import { addressOf, header, headerList, parseUri, type SipResponse } from "./message.ts";
import type { Requests } from "./requests.ts";

export interface Registration extends AsyncDisposable {
  readonly up: boolean;
  /** Looks again at once: something suggests that the trunk is gone, or has forgotten us. */
  check(): void;
}

export interface RegistrationOptions {
  /** Without: the trunk knows our address, and is only asked now and then whether it is there (OPTIONS). */
  readonly register: boolean;
  readonly user: string;
  readonly domain: string;
  /** How long a registration is to last, ms; the trunk may shorten it. */
  readonly expiresMs: number;
}

const ASK_EVERY_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const LAST_WORD_MS = 1_000;
const NOTHING: SipResponse = { status: 0, reason: "", headers: [], body: "" };

/** Any answer to OPTIONS shows that somebody is there, unless he says that he is not. */
function isThere(response: SipResponse | undefined): boolean {
  return response !== undefined && response.status !== 503 && response.status !== 408;
}

/** @param listener.contact our address for the trunk's requests, as a Contact's value */
export function createRegistration(
  options: RegistrationOptions,
  {
    clock,
    log,
    requests,
  }: { readonly clock: Clock; readonly log: Log; readonly requests: Requests },
  listener: { contact(): string; changed(up: boolean): void },
): Registration {
  const { register, user, domain } = options;
  const aor = `<sip:${user}@${domain}>`;
  const [callId, tag] = [randomBytes(10).toString("hex"), randomBytes(6).toString("hex")];
  let [seq, pauseMs, expiresMs] = [0, FIRST_PAUSE_MS, options.expiresMs];
  let up: boolean | undefined;
  let renewAtMs = 0;
  let asking = false;
  let again = false;
  let timer: Timer | undefined;
  let disposed = false;

  function ask(): void {
    timer?.[Symbol.dispose]();
    if (asking) return void (again = true);
    asking = true;
    // Between registrations it is only asked whether it is there; one that says nothing to that must register us anew.
    const due = register && clock.steadyMs() >= renewAtMs;
    if (due || !register) return send(due, Math.ceil(expiresMs / 1_000), done);
    send(false, 0, (response) => {
      if (isThere(response)) return done(response);
      renewAtMs = 0;
      send(true, Math.ceil(expiresMs / 1_000), done);
    });
  }

  function send(
    registering: boolean,
    seconds: number,
    then: (response: SipResponse | undefined, why?: string) => void,
  ): void {
    const fields = [
      { name: "contact", value: listener.contact() },
      { name: "expires", value: String(seconds) },
    ];
    requests.send(
      {
        method: registering ? "REGISTER" : "OPTIONS",
        uri: `sip:${domain}`,
        from: `${aor};tag=${tag}`,
        to: registering ? aor : `<sip:${domain}>`,
        callId,
        nextSeq: () => ++seq,
        headers: registering ? fields : [{ name: "accept", value: "application/sdp" }],
      },
      { success: ({ response }) => then(response), failure: then },
    );
  }

  function done(response: SipResponse | undefined, why?: string): void {
    asking = false;
    if (disposed) return;
    const status = response?.status ?? 0;
    const registered = header(response ?? NOTHING, "cseq")?.endsWith("REGISTER") ?? false;
    const well = registered ? status < 300 : isThere(response);
    if (response && registered && status === 423) {
      const least = Number(header(response, "min-expires"));
      if (least * 1_000 > expiresMs) {
        expiresMs = least * 1_000;
        return ask();
      }
    }
    if (well) {
      pauseMs = FIRST_PAUSE_MS;
      if (response && registered) renewAtMs = clock.steadyMs() + renewAfterMs(response);
      const renewMs = register ? renewAtMs - clock.steadyMs() : ASK_EVERY_MS;
      timer = clock.after(again ? 0 : Math.min(ASK_EVERY_MS, renewMs), ask);
    } else {
      timer = clock.after(pauseMs, ask);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
    again = false;
    if (well === up) return;
    up = well;
    if (well) log.info({ domain }, "the trunk is there");
    else
      log.warn({ domain, failure: explain(status, why) }, "the trunk cannot be used; trying again");
    listener.changed(well);
  }

  /** Well before it ends: the trunk's word counts, for our own contact first (section 10.2.4). */
  function renewAfterMs(response: SipResponse): number {
    const own = parseUri(addressOf(listener.contact()).uri);
    const ours = headerList(response, "contact")
      .map(addressOf)
      .find(({ uri }) => {
        const other = parseUri(uri);
        return other?.host === own?.host && other?.port === own?.port;
      });
    const seconds = Number(ours?.parameters.get("expires") ?? header(response, "expires"));
    const grantedMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : expiresMs;
    return Math.max(0.5 * grantedMs, grantedMs - ASK_EVERY_MS);
  }

  timer = clock.after(0, ask);
  return {
    get up() {
      return up ?? false;
    },
    check() {
      renewAtMs = 0;
      if (!disposed) ask();
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      timer?.[Symbol.dispose]();
      if (!register || !up) return;
      await new Promise<void>((resolve) => {
        const late = clock.after(LAST_WORD_MS, resolve);
        send(true, 0, () => {
          late[Symbol.dispose]();
          resolve();
        });
      });
    },
  };
}

function explain(status: number, why: string | undefined): string {
  if (why !== undefined) return `${why}: see switch.trunk.server, transport and ca`;
  if (status === 0) return "nobody answers: see switch.trunk.server and switch.trunk.transport";
  if (status === 401 || status === 407) {
    return "user and password are refused: see switch.trunk.user and switch.trunk.password";
  }
  if (status === 403 || status === 404)
    return "the trunk does not know this user: see switch.trunk.user";
  return `SIP status ${status}`;
}
