import { type SipHeader, type SipRequest, type SipResponse, topVia } from "./message.ts";
import type { Address } from "./wire.ts";

const REASONS: Readonly<Record<number, string>> = {
  100: "Trying",
  180: "Ringing",
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  415: "Unsupported Media Type",
  420: "Bad Extension",
  480: "Temporarily Unavailable",
  481: "Call/Transaction Does Not Exist",
  487: "Request Terminated",
  488: "Not Acceptable Here",
  491: "Request Pending",
  500: "Server Internal Error",
  503: "Service Unavailable",
};

/** A response to a request (RFC 3261, section 8.2.6). `toTag`: ours, when the request has none yet. */
export function responseTo(
  request: SipRequest,
  status: number,
  more: {
    readonly toTag?: string | undefined;
    readonly headers?: readonly SipHeader[];
    readonly body?: string;
  } = {},
): SipResponse {
  const copied = new Set(["via", "from", "to", "call-id", "cseq", "record-route"]);
  const headers = request.headers
    .filter(({ name }) => copied.has(name))
    .map((one) => {
      const tagged = one.name !== "to" || /;\s*tag=/i.test(one.value) || more.toTag === undefined;
      return tagged ? one : { name: "to", value: `${one.value};tag=${more.toTag}` };
    });
  return {
    status,
    reason: REASONS[status] ?? "",
    headers: [...headers, ...(more.headers ?? [])],
    body: more.body ?? "",
  };
}

/** The request with where it came from in its Via (RFC 3261, section 18.2.1; RFC 3581, section 4). */
export function withReceived(request: SipRequest, from: Address): SipRequest {
  let first = true;
  const headers = request.headers.map((one) => {
    if (one.name !== "via" || !first) return one;
    first = false;
    const [top = "", ...others] = one.value.split(",");
    const filled = top.replace(/;\s*rport(?=\s*(;|$))/i, `;rport=${from.port}`);
    return { name: "via", value: [`${filled};received=${from.host}`, ...others].join(",") };
  });
  return { ...request, headers };
}

/** Where the response goes to that is not sent over a connection: RFC 3261, section 18.2.2; RFC 3581, section 4. */
export function returnAddress(request: SipRequest, from: Address): Address {
  const via = topVia(request);
  return { host: from.host, port: via?.parameters.has("rport") ? from.port : (via?.port ?? 5_060) };
}
