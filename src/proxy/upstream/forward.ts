import type { Answer, Exchange } from "../exchange.ts";
import { hasBody } from "../framing.ts";
import { answerItself } from "../own-page.ts";
import { attempt } from "./attempt.ts";
import { statusOf } from "./failure.ts";
import type { Origin, Upstream } from "./upstream.ts";

/** Asking twice changes nothing (RFC 9110, section 9.2.2), and they have no body that would be gone. */
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Sends the request on and the answer back, both streamed. What has not left us yet is tried at the next origin; a request
 * without body and without effect is repeated once, on a new connection, when a connection died before the answer began.
 *
 * @param answering makes the head ready; throws nothing
 * @param failed answers when no origin did
 */
export function forward(
  x: Exchange,
  upstream: Upstream,
  answering: (answer: Answer) => void,
  failed: (status: 502 | 503 | 504) => void = (status) => answerItself(x.response, status),
): void {
  const repeatable = REPEATABLE.has(x.request.method ?? "") && !hasBody(x.request);
  const [first, ...others] = upstream.order();
  let again = repeatable;
  if (first) ask(first, false);

  function ask(origin: Origin, fresh: boolean): void {
    attempt(x, {
      origin,
      fresh,
      answering,
      failed(failure) {
        const kind = failure.kind === "unfit" ? "broken" : failure.kind;
        x.edge.metrics.upstreamError(x.site?.name ?? "", kind);
        if (kind === "connect" && origin.rest() && x.upstream === upstream) {
          const { host } = origin.url;
          const reason = "code" in failure.error ? failure.error.code : failure.error.message;
          x.edge.log.warn(
            { site: x.site?.name, origin: host, reason },
            "an origin cannot be reached",
          );
        }
        const next = failure.unsent ? others.shift() : undefined;
        if (next) ask(next, false);
        else if (failure.kind === "broken" && again) {
          again = false;
          ask(origin, true);
        } else failed(statusOf(failure));
      },
    });
  }
}
