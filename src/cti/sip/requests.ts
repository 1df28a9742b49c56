/** Requests of ours, with the answer to a challenge (RFC 3261, section 22). */
import { answerChallenge, type Challenge, chooseChallenge, type Credentials } from "./digest.ts";
import {
  addressOf,
  type SipHeader,
  type SipRequest,
  type SipResponse,
  parseUri,
} from "./message.ts";
import type { ClientTransaction, Transactions } from "./transactions.ts";
import type { Address } from "./wire.ts";

/** What a request says apart from what is the same in all. */
export interface Order {
  readonly method: string;
  readonly uri: string;
  /** Values of From and To, tags included. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  /** The next number of CSeq: one more for each attempt. */
  nextSeq(): number;
  readonly routes?: readonly string[];
  readonly headers?: readonly SipHeader[];
  readonly body?: string;
  /** Where to, when not to the server: inside a dialog. */
  readonly target?: Address | undefined;
}

export interface Answered {
  /** The request as it was sent in the end. */
  readonly request: SipRequest;
  readonly response: SipResponse;
}

export interface OrderListener {
  /** As it goes onto the wire, each time. */
  sent?(request: SipRequest): void;
  provisional?(response: SipResponse): void;
  /** Of an INVITE each 2xx, also when it is repeated. */
  success(answered: Answered): void;
  /** A final response that is no 2xx; without one nobody has answered, or it could not be sent. */
  failure(response: SipResponse | undefined, why?: string): void;
}

export interface Requests {
  send(order: Order, listener: OrderListener): { cancel(): void };
  /** Goes on with an INVITE of a process before us. */
  resume(request: SipRequest, listener: OrderListener): { cancel(): void };
}

const MOST_ATTEMPTS = 3;

export function createRequests(
  ports: { readonly transactions: Transactions; readonly server: Address; readonly agent: string },
  credentials: Credentials,
): Requests {
  const { transactions, server } = ports;
  /** The last challenge, and how often it was answered: most servers take a nonce more than once. */
  let known: { readonly challenge: Challenge; readonly field: string; count: number } | undefined;

  function build(order: Order): SipRequest {
    const { method, uri } = order;
    const field = (name: string, value: string): SipHeader => ({ name, value });
    const headers = [
      field("max-forwards", "70"),
      field("from", order.from),
      field("to", order.to),
      field("call-id", order.callId),
      field("cseq", `${order.nextSeq()} ${method}`),
      ...(order.routes ?? []).map((route) => field("route", route)),
      field("user-agent", ports.agent),
      ...(order.headers ?? []),
    ];
    if (known) {
      known.count += 1;
      const answer = answerChallenge(known.challenge, credentials, { method, uri }, known.count);
      headers.push(field(known.field, answer));
    }
    return { method, uri, headers, body: order.body ?? "" };
  }

  /** Takes the challenge of a response; whether there is hope that another attempt fares better. */
  function challenged(response: SipResponse, used: Challenge | undefined): boolean {
    const [asked, field] =
      response.status === 401
        ? ["www-authenticate", "authorization"]
        : ["proxy-authenticate", "proxy-authorization"];
    // Each of these headers is one challenge, with commas of its own.
    const values = response.headers.filter(({ name }) => name === asked).map(({ value }) => value);
    const challenge = chooseChallenge(values);
    if (!challenge) return false;
    // The same password would be refused again: unless only the nonce was too old.
    const hope = !used || challenge.stale || used.nonce !== challenge.nonce;
    known = { challenge, field, count: 0 };
    return hope;
  }

  return {
    send(order, listener) {
      let cancelled = false;
      let current: ClientTransaction;
      let attempts = 0;
      const attempt = () => {
        attempts += 1;
        const used = known?.challenge;
        const request = build(order);
        current = transactions.request(request, order.target ?? server, {
          response(response) {
            const { status } = response;
            if (status < 200) return listener.provisional?.(response);
            if (status < 300) return listener.success({ request, response });
            const mayTry = !cancelled && attempts < MOST_ATTEMPTS;
            if ((status === 401 || status === 407) && mayTry && challenged(response, used)) {
              return attempt();
            }
            listener.failure(response);
          },
          failed: (why) => listener.failure(undefined, why),
        });
        listener.sent?.(current.request);
      };
      attempt();
      return {
        cancel() {
          cancelled = true;
          current.cancel();
        },
      };
    },
    resume: (request, listener) =>
      transactions.resume(request, server, {
        response(response) {
          if (response.status < 200) listener.provisional?.(response);
          else if (response.status < 300) listener.success({ request, response });
          else listener.failure(response);
        },
        failed: (why) => listener.failure(undefined, why),
      }),
  };
}

/** Where a request inside a dialog goes: to the first of its routes, or else to whom it names (section 12.2.1.1). */
export function nextHop(uri: string, routes: readonly string[]): Address | undefined {
  const [first] = routes;
  const next = parseUri(first === undefined ? uri : addressOf(first).uri);
  return (
    next && {
      host: next.host,
      port:
        next.port ?? (next.secure || next.parameters.get("transport") === "tls" ? 5_061 : 5_060),
    }
  );
}
