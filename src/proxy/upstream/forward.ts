import { pipeline, type Writable } from "node:stream";
import type { Dispatcher, Pool } from "undici";
import type { Answer, Exchange } from "../exchange.ts";
import { hasBody } from "../framing.ts";
import { answerItself } from "../own-page.ts";
import type { Upstream } from "./upstream.ts";

const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS"]);
const CONNECT_CODES = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const TIMEOUT_CODES = new Set(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT"]);

/**
 * Sends the request on and the answer back, both streamed. A request without body and without effect is tried at the next
 * origin when one cannot be reached, and once more when a kept connection died before the answer began.
 *
 * @param answering makes the head ready; throws nothing
 * @param failed answers when no origin did
 */
export function forward(
  x: Exchange,
  upstream: Upstream,
  answering: (answer: Answer) => void,
  failed: (status: 502 | 504) => void = (status) => answerItself(x.response, status),
): void {
  const { request, response } = x;
  const body = hasBody(request);
  const repeatable = REPEATABLE.has(request.method ?? "") && !body;
  const [first, ...others] = upstream.order();
  let again = true;
  if (first) attempt(first);

  function attempt(pool: Pool): void {
    let abort: ((error?: Error) => void) | undefined;
    let resume: (() => void) | undefined;
    let sink: Writable | undefined;
    let done = false;
    const left = () => {
      if (!done) abort?.(new Error("the visitor left"));
    };
    const fail = (error: Error & { code?: string }) => {
      if (done) return;
      done = true;
      response.off("close", left);
      if (response.destroyed || response.closed) return;
      const code = error.code ?? "";
      const unreachable = CONNECT_CODES.has(code);
      const kind = unreachable ? "connect" : TIMEOUT_CODES.has(code) ? "timeout" : "broken";
      x.edge.metrics.upstreamError(x.site?.name ?? "", kind);
      if (sink || response.headersSent) {
        // Half an answer must not look like a whole one.
        response.destroy();
        return;
      }
      const next = unreachable ? others.shift() : undefined;
      if (repeatable && next) return attempt(next);
      if (repeatable && kind === "broken" && again) {
        again = false;
        return attempt(pool);
      }
      failed(TIMEOUT_CODES.has(code) ? 504 : 502);
    };
    response.once("close", left);
    const handler: Dispatcher.DispatchHandler = {
      onConnect(stop) {
        abort = stop;
        if (response.destroyed) stop(new Error("the visitor left"));
      },
      onError: fail,
      onHeaders(status, raw, go, reason) {
        if (status < 100) {
          abort?.(new Error("a status that is none"));
          return true;
        }
        if (status < 200) return true;
        resume = go;
        const answer = { status, reason, fields: raw.map((b) => b.toString("latin1")), body: [] };
        try {
          sink = begin(answer);
        } catch (error) {
          abort?.(error as Error);
        }
        return true;
      },
      onData(chunk) {
        if (!sink || sink.destroyed) return true;
        return sink.write(chunk);
      },
      onComplete() {
        done = true;
        response.off("close", left);
        sink?.end();
      },
    };
    function begin(answer: Answer): Writable {
      answering(answer);
      if (!answer.fields.some((name, i) => i % 2 === 0 && name.toLowerCase() === "date"))
        response.sendDate = true;
      else response.sendDate = false;
      response.writeHead(answer.status, answer.reason, [...answer.fields]);
      response.flushHeaders();
      const stages = answer.body;
      const [head] = stages;
      if (head) {
        pipeline([...stages, response], (error) => {
          if (!error) return;
          abort?.(error);
          response.destroy();
        });
      }
      const start = head ?? response;
      start.on("drain", () => resume?.());
      return start;
    }
    try {
      pool.dispatch(
        {
          path: request.url ?? "/",
          method: request.method ?? "GET",
          headers: [...x.fields],
          body: body ? request : null,
        },
        handler,
      );
    } catch (error) {
      fail(error as Error);
    }
  }
}
