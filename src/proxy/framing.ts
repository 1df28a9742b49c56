import type { IncomingMessage } from "node:http";
import { valuesOf } from "./fields.ts";

const MOST_FIELDS = 200;

/**
 * Why a request is not forwarded: whatever two servers could read differently is refused (RFC 9112, section 11.2). What
 * Node's parser refuses itself (Content-Length beside Transfer-Encoding, bare line feeds) does not get here.
 */
export function framingFault(request: IncomingMessage): string | undefined {
  const { rawHeaders: fields } = request;
  if (fields.length > MOST_FIELDS * 2) return "too many header fields";
  if (valuesOf(fields, "host").length > 1) return "more than one Host";
  if (!request.headers.host) return "no Host";
  const lengths = valuesOf(fields, "content-length");
  if (lengths.length > 1) return "more than one Content-Length";
  if (lengths.some((length) => !/^\d{1,15}$/.test(length)))
    return "a Content-Length that is no number";
  const codings = valuesOf(fields, "transfer-encoding");
  if (codings.length > 1 || codings.some((c) => c.trim().toLowerCase() !== "chunked")) {
    return "a Transfer-Encoding other than chunked";
  }
  if (codings.length > 0 && (lengths.length > 0 || request.httpVersion === "1.0")) {
    return "an ambiguous length";
  }
  return undefined;
}

/** Whether the request announces a body. */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers["content-length"];
  return (
    request.headers["transfer-encoding"] !== undefined ||
    (length !== undefined && Number(length) > 0)
  );
}
