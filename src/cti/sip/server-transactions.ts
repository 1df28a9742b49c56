import type { Clock, Timer } from "../../model/clock.ts";
import { type SipRequest, type SipResponse, topVia, writeMessage } from "./message.ts";
import { responseTo, returnAddress } from "./responses.ts";
import type { Timing } from "./transactions.ts";
import type { Address, Wire } from "./wire.ts";

/** One request of the other end, to be answered once. */
export interface ServerTransaction {
  readonly from: Address;
  /** A final one of an INVITE is repeated until its ACK has come. */
  respond(response: SipResponse): void;
  /** The ACK of our 2xx has come. */
  acknowledged(): void;
  /** The caller does not want the INVITE any more; he gets our 487 by {@link respond}. */
  onCancel(callback: () => void): void;
  /** Our 2xx was never acknowledged (section 13.3.1.4). */
  onNoAck(callback: () => void): void;
}

interface Server {
  readonly request: SipRequest;
  readonly from: Address;
  last?: string;
  final: number;
  resend?: Timer | undefined;
  limit?: Timer | undefined;
  cancelled?: () => void;
  unacknowledged?: () => void;
}

export interface ServerTransactions extends Disposable {
  known(request: SipRequest): boolean;
  /** A request that has come before, or the ACK of one. */
  again(request: SipRequest): void;
  begin(request: SipRequest, from: Address): void;
}

/** RFC 3261, section 17.2. */
export function createServerTransactions(
  ports: { readonly wire: Wire; readonly clock: Clock; readonly timing: Timing },
  listener: (request: SipRequest, transaction: ServerTransaction) => void,
): ServerTransactions {
  const { wire, clock, timing } = ports;
  const { t1Ms, t2Ms } = timing;
  const servers = new Map<string, Server>();

  /** Section 17.2.3: an ACK belongs to the INVITE with its branch. */
  function keyOf(
    request: SipRequest,
    method = request.method === "ACK" ? "INVITE" : request.method,
  ) {
    const via = topVia(request);
    return `${via?.parameters.get("branch")} ${via?.host}:${via?.port} ${method}`;
  }

  function transmit(one: Server): void {
    if (one.last === undefined) return;
    const to = wire.reliable ? one.from : returnAddress(one.request, one.from);
    wire.send(one.last, to).catch(() => undefined);
  }

  function remove(key: string, one: Server): void {
    one.resend?.[Symbol.dispose]();
    one.limit?.[Symbol.dispose]();
    servers.delete(key);
  }

  function respond(key: string, one: Server, response: SipResponse): void {
    if (one.final > 0) return;
    one.last = writeMessage(response);
    transmit(one);
    if (response.status < 200) return;
    one.final = response.status;
    const invite = one.request.method === "INVITE";
    const lifeMs = 64 * t1Ms;
    one.limit = clock.after(lifeMs, () => {
      const late = invite && one.resend !== undefined;
      remove(key, one);
      if (late) one.unacknowledged?.();
    });
    // A 2xx is repeated over TCP too: some proxy may speak UDP further on.
    if (!invite || (wire.reliable && response.status >= 300)) return;
    let pauseMs = t1Ms;
    const again = () => {
      transmit(one);
      pauseMs = Math.min(2 * pauseMs, t2Ms);
      one.resend = clock.after(pauseMs, again);
    };
    one.resend = clock.after(pauseMs, again);
  }

  function cancel(request: SipRequest, one: Server): void {
    const invite = servers.get(keyOf(request, "INVITE"));
    respond(keyOf(request), one, responseTo(request, invite ? 200 : 481, { toTag: "c" }));
    if (invite?.final === 0) invite.cancelled?.();
  }

  return {
    known: (request) => servers.has(keyOf(request)),
    again(request) {
      const one = servers.get(keyOf(request));
      if (!one) return;
      if (request.method !== "ACK") return transmit(one);
      one.resend?.[Symbol.dispose]();
      one.resend = undefined;
    },
    begin(request, from) {
      const key = keyOf(request);
      const one: Server = { request, from, final: 0 };
      const transaction: ServerTransaction = {
        from,
        respond: (response) => respond(key, one, response),
        acknowledged() {
          one.resend?.[Symbol.dispose]();
          one.resend = undefined;
        },
        onCancel: (callback) => void (one.cancelled = callback),
        onNoAck: (callback) => void (one.unacknowledged = callback),
      };
      if (request.method === "ACK") return listener(request, transaction);
      servers.set(key, one);
      if (request.method === "CANCEL") return cancel(request, one);
      if (request.method === "INVITE") respond(key, one, responseTo(request, 100));
      listener(request, transaction);
    },
    [Symbol.dispose]() {
      for (const [key, one] of servers) remove(key, one);
    },
  };
}
