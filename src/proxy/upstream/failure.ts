/** Why an origin gave no answer. */
export type FailureKind = "connect" | "timeout" | "broken" | "unfit" | "busy";

export interface Failure {
  readonly kind: FailureKind;
  readonly error: Error;
  /** Nothing of the request has left us: it may be sent elsewhere, whatever its method. */
  readonly unsent: boolean;
}

const CONNECT_CODES = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "EACCES",
  "EAGAIN",
  "EADDRNOTAVAIL",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const TIMEOUT_CODES = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** The origin's answer cannot be sent on: a status that is none, bytes that no header may hold. */
export class UnfitAnswer extends Error {
  readonly code = "UNFIT_ANSWER";
}

/** The request has waited for a connection for too long, or too many wait. */
export class OriginBusy extends Error {
  readonly code = "ORIGIN_BUSY";
}

/** Names the failure; `sent` when a connection had taken the request. */
export function failureOf(error: Error & { readonly code?: string }, sent: boolean): Failure {
  const code = error.code ?? "";
  const kind = CONNECT_CODES.has(code)
    ? "connect"
    : TIMEOUT_CODES.has(code)
      ? "timeout"
      : error instanceof UnfitAnswer
        ? "unfit"
        : error instanceof OriginBusy
          ? "busy"
          : "broken";
  return { kind, error, unsent: !sent };
}

/** The status that the visitor gets: 504 when the origin was too slow, 503 when it is too busy, 502 otherwise. */
export function statusOf({ kind, error }: Failure): 502 | 503 | 504 {
  if (kind === "busy") return 503;
  const late = "code" in error && error.code === "UND_ERR_CONNECT_TIMEOUT";
  return kind === "timeout" || late ? 504 : 502;
}
