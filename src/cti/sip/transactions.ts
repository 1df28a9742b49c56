/** Transactions of SIP (RFC 3261, section 17, with the corrections of RFC 6026): what is lost is sent again, what comes twice is seen once. */
import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "../../model/clock.ts";
import {
  cseqOf,
  header,
  headerList,
  hostPortText,
  isRequest,
  parseMessage,
  type SipHeader,
  type SipRequest,
  type SipResponse,
  topVia,
  writeMessage,
} from "./message.ts";
import { withReceived } from "./responses.ts";
import { createServerTransactions, type ServerTransaction } from "./server-transactions.ts";
import type { Address, Wire } from "./wire.ts";

/** RFC 3261, appendix A; ms. */
export interface Timing {
  readonly t1Ms: number;
  readonly t2Ms: number;
  readonly t4Ms: number;
}

export interface ResponseListener {
  /** Provisional ones, the first final one, and every 2xx to an INVITE. */
  response(response: SipResponse): void;
  /** No final response will come. @param why it could not be sent; absent: time is up */
  failed(why?: string): void;
}

export interface ClientTransaction {
  /** The request with its Via. */
  readonly request: SipRequest;
  /** Asks for the end of an INVITE that has no final response yet: as soon as that may be asked (section 9.1). */
  cancel(): void;
}

export interface Transactions extends Disposable {
  /** Begins a transaction. The request has no Via yet. */
  request(request: SipRequest, to: Address, listener: ResponseListener): ClientTransaction;
  /** Goes on with an INVITE that another process has sent. */
  resume(request: SipRequest, to: Address, listener: ResponseListener): ClientTransaction;
  /** What has no transaction of its own: the ACK of a 2xx. */
  send(request: SipRequest, to: Address): void;
  /** What has come over the wire. */
  heard(text: string, from: Address): void;
}

interface Client {
  readonly request: SipRequest;
  readonly to: Address;
  readonly listener: ResponseListener;
  state: "calling" | "proceeding" | "completed" | "accepted";
  cancelled: boolean;
  resend?: Timer | undefined;
  limit?: Timer | undefined;
  ack?: SipRequest;
}

export function createTransactions(
  ports: {
    readonly wire: Wire;
    readonly clock: Clock;
    readonly timing: Timing;
    readonly transport: string;
  },
  listener: {
    /** Whether a request that begins something new may come from there. */
    welcome(request: SipRequest, from: Address): boolean;
    request(request: SipRequest, transaction: ServerTransaction): void;
  },
): Transactions {
  const { wire, clock, timing } = ports;
  const clients = new Map<string, Client>();
  const servers = createServerTransactions(ports, (request, transaction) =>
    listener.request(request, transaction),
  );
  const { t1Ms, t2Ms, t4Ms } = timing;

  const keyOf = (branch: string, method: string) => `${branch} ${method}`;
  const branchOf = (message: SipRequest | SipResponse) =>
    topVia(message)?.parameters.get("branch") ?? "";

  function withVia(request: SipRequest, branch = `z9hG4bK${randomBytes(10).toString("hex")}`) {
    const via = `SIP/2.0/${ports.transport} ${hostPortText(wire.local)};branch=${branch};rport`;
    return { ...request, headers: [{ name: "via", value: via }, ...request.headers] };
  }

  function begin(request: SipRequest, to: Address, on: ResponseListener): ClientTransaction {
    const one: Client = { request, to, listener: on, state: "calling", cancelled: false };
    const key = keyOf(branchOf(request), request.method);
    clients.set(key, one);
    const invite = request.method === "INVITE";
    one.limit = clock.after(64 * t1Ms, () => fail(key, one));
    transmit(key, one);
    let pauseMs = t1Ms;
    const again = () => {
      transmit(key, one);
      // An INVITE is not repeated once it has arrived; other requests only more slowly.
      pauseMs = invite ? 2 * pauseMs : Math.min(2 * pauseMs, t2Ms);
      one.resend = clock.after(one.state === "proceeding" ? t2Ms : pauseMs, again);
    };
    if (!wire.reliable) one.resend = clock.after(pauseMs, again);
    return { request, cancel: () => cancel(key, one) };
  }

  function transmit(key: string, one: Client): void {
    wire
      .send(writeMessage(one.request), one.to)
      .catch((error: NodeJS.ErrnoException) => fail(key, one, error.code ?? error.message));
  }

  function fail(key: string, one: Client, why?: string): void {
    if (one.state === "completed" || one.state === "accepted" || !clients.has(key)) return;
    remove(key, one);
    one.listener.failed(why);
  }

  function remove(key: string, one: Client): void {
    one.resend?.[Symbol.dispose]();
    one.limit?.[Symbol.dispose]();
    clients.delete(key);
  }

  function cancel(key: string, one: Client): void {
    if (one.cancelled || !clients.has(key)) return;
    one.cancelled = true;
    if (one.state === "proceeding") sendCancel(key, one);
  }

  function sendCancel(key: string, one: Client): void {
    const keep = new Set(["from", "to", "call-id", "route"]);
    const { request } = one;
    const [via] = headerList(request, "via");
    begin(
      {
        method: "CANCEL",
        uri: request.uri,
        headers: [
          { name: "via", value: via ?? "" },
          { name: "max-forwards", value: "70" },
          ...request.headers.filter(({ name }) => keep.has(name)),
          { name: "cseq", value: `${cseqOf(request)?.number} CANCEL` },
        ],
        body: "",
      },
      one.to,
      { response: () => undefined, failed: () => undefined },
    );
    one.limit?.[Symbol.dispose]();
    one.limit = clock.after(64 * t1Ms, () => fail(key, one));
  }

  function responded(response: SipResponse): void {
    const key = keyOf(branchOf(response), cseqOf(response)?.method ?? "");
    const one = clients.get(key);
    if (!one) return;
    const invite = one.request.method === "INVITE";
    if (response.status < 200) {
      if (one.state === "calling") {
        one.state = "proceeding";
        if (invite) {
          one.resend?.[Symbol.dispose]();
          one.limit?.[Symbol.dispose]();
        }
        if (one.cancelled) sendCancel(key, one);
      }
      if (one.state === "proceeding") one.listener.response(response);
      return;
    }
    const ok = response.status < 300;
    if (one.state === "completed") {
      if (one.ack) void wire.send(writeMessage(one.ack), one.to).catch(() => undefined);
      return;
    }
    if (one.state === "accepted") {
      if (ok) one.listener.response(response);
      return;
    }
    one.resend?.[Symbol.dispose]();
    one.limit?.[Symbol.dispose]();
    one.state = invite && ok ? "accepted" : "completed";
    if (invite && !ok) {
      one.ack = ackOf(one.request, response);
      void wire.send(writeMessage(one.ack), one.to).catch(() => undefined);
    }
    const waitMs = invite ? (ok || !wire.reliable ? 64 * t1Ms : 0) : wire.reliable ? 0 : t4Ms;
    if (waitMs === 0) remove(key, one);
    else one.limit = clock.after(waitMs, () => remove(key, one));
    one.listener.response(response);
  }

  return {
    request: (request, to, on) => begin(withVia(request), to, on),
    resume(request, to, on) {
      const one: Client = { request, to, listener: on, state: "proceeding", cancelled: false };
      const key = keyOf(branchOf(request), request.method);
      clients.set(key, one);
      return { request, cancel: () => cancel(key, one) };
    },
    send(request, to) {
      // Lost or not: the 2xx comes again, and with it the next ACK.
      wire.send(writeMessage(withVia(request)), to).catch(() => undefined);
    },
    heard(text, from) {
      const message = parseMessage(text);
      if (!message) return;
      if (!isRequest(message)) return responded(message);
      const request = withReceived(message, from);
      if (servers.known(request)) return servers.again(request);
      if (listener.welcome(request, from)) servers.begin(request, from);
    },
    [Symbol.dispose]() {
      for (const [key, one] of clients) remove(key, one);
      servers[Symbol.dispose]();
    },
  };
}

/** The ACK of a final response that is no 2xx (section 17.1.1.3). */
function ackOf(request: SipRequest, response: SipResponse): SipRequest {
  const [via] = headerList(request, "via");
  const field = (name: string, value: string): SipHeader => ({ name, value });
  return {
    method: "ACK",
    uri: request.uri,
    headers: [
      field("via", via ?? ""),
      field("max-forwards", "70"),
      field("from", header(request, "from") ?? ""),
      field("to", header(response, "to") ?? ""),
      field("call-id", header(request, "call-id") ?? ""),
      field("cseq", `${cseqOf(request)?.number} ACK`),
      ...request.headers.filter(({ name }) => name === "route"),
    ],
    body: "",
  };
}
