import { pipeline, type Writable } from "node:stream";
import type { Dispatcher } from "undici";
import type { Answer, Exchange } from "../exchange.ts";
import { valueOf } from "../fields.ts";
import { hasBody } from "../framing.ts";
import { answerAndClose } from "../own-page.ts";
import { watchProgress } from "../progress.ts";
import { fieldsOf, reasonOf } from "./answer-head.ts";
import { type Failure, failureOf, OriginBusy, UnfitAnswer } from "./failure.ts";
import { requestBody } from "./request-body.ts";
import type { Origin } from "./upstream.ts";

/** On one answer: four stages of injection, and what watches it. */
const MOST_LISTENERS = 24;

export interface Attempt {
  readonly origin: Origin;
  /** On a connection of its own. */
  readonly fresh: boolean;
  /** Makes the head of the answer ready, and says what the body goes through. */
  readonly answering: (answer: Answer) => void;
  /** Called once when the visitor has got nothing; not when he has left. */
  readonly failed: (failure: Failure) => void;
}

/** Sends the request to one origin and streams its answer back. Half an answer never looks like a whole one. */
export function attempt(x: Exchange, { origin, fresh, answering, failed }: Attempt): void {
  const { request, response } = x;
  const { clock, limits, log, metrics, options } = x.edge;
  if (response.destroyed) return;
  const place = origin.enter(hasBody(request));
  if (!place) {
    failed(failureOf(new OriginBusy("too many requests wait for this origin"), false));
    return;
  }
  const { socket } = request;
  const body = hasBody(request)
    ? requestBody(request, { clock, stallMs: limits.stallMs, stalled: uploadStalled })
    : undefined;
  let connection: Dispatcher.DispatchController | undefined;
  let sink: Writable | undefined;
  let over = false;
  let received = 0;
  let waiting: Disposable | undefined;
  let watching: Disposable | undefined;

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(controller) {
      // Thrown here, the connection stays as it is; an abort would cost it.
      if (over) throw new OriginBusy("nobody waits for this answer any more");
      if (connection) return;
      connection = controller;
      waiting?.[Symbol.dispose]();
      if (request.headers.expect !== undefined && request.httpVersion === "1.1" && body) {
        response.writeContinue();
      }
      body?.flow();
    },
    onResponseStart(controller, status, _, reason) {
      // 1xx are between the origin and us (RFC 9110, section 15.2 lets a proxy drop those it did not ask for).
      if (over || (status >= 100 && status < 200)) return;
      try {
        begin(status, reasonOf(status, reason), fieldsOf(controller.rawHeaders));
      } catch (error) {
        log.warn({ err: error, site: x.site?.name, status }, "an answer cannot be sent on");
        give(new UnfitAnswer("an answer that cannot be sent on", { cause: error }));
      }
    },
    onResponseData(controller, chunk) {
      if (!sink || sink.destroyed) return;
      received += chunk.length;
      if (!sink.write(chunk)) controller.pause();
    },
    onResponseEnd() {
      place[Symbol.dispose]();
      if (!end()) return;
      body?.stream.destroy();
      sink?.end();
    },
    onResponseError(_, error) {
      place[Symbol.dispose]();
      fail(error);
    },
  };
  response.once("close", left);
  try {
    (fresh ? origin.fresh : origin.kept).dispatch(
      {
        path: request.url ?? "/",
        method: request.method ?? "GET",
        headers: [...x.fields],
        body: body?.stream ?? null,
      },
      handler,
    );
  } catch (error) {
    place[Symbol.dispose]();
    fail(error as Error);
    return;
  }
  if (!over && !connection) {
    const longestMs = options.timeouts.connectMs + options.timeouts.responseMs;
    waiting = clock.after(longestMs, () => fail(new OriginBusy("no connection came free")));
  }

  function begin(status: number, reason: string, fields: string[]): void {
    if (status < 100) throw new UnfitAnswer(`status ${status}`);
    const answer: Answer = { status, reason, fields, body: [] };
    answering(answer);
    response.sendDate = valueOf(answer.fields, "date") === undefined;
    response.writeHead(answer.status, answer.reason, [...answer.fields]);
    if (request.method === "HEAD" || status === 204 || status === 304) {
      // undici would wait for the length that a 304 may announce, and never get it.
      if (end()) response.end();
      return;
    }
    x.endless = /^text\/event-stream\b/i.test(valueOf(answer.fields, "content-type") ?? "");
    const [first = response] = answer.body;
    sink = first;
    first.on("drain", () => connection?.resume());
    if (first !== response) {
      // Each stage of the pipeline listens at the end of the answer; they come with it and go with it.
      response.setMaxListeners(MOST_LISTENERS);
      pipeline([...answer.body, response], (error) => {
        if (error) give(error);
      });
    }
    process.nextTick(settleDown);
  }
  /** A short answer is over by now, head and body in one write. A longer one is sent as it comes, and watched. */
  function settleDown(): void {
    if (over) return;
    if (received === 0) response.flushHeaders();
    let alive = 0;
    const paused = () => connection?.paused === true;
    watching = watchProgress(clock, {
      progress: () => (x.endless && !paused() ? --alive : received + socket.bytesWritten),
      limitMs: () => (paused() ? limits.readerStallMs : limits.stallMs),
      stalled: () => give(new Error("the answer stands still")),
    });
  }
  function end(): boolean {
    if (over) return false;
    over = true;
    response.off("close", left);
    waiting?.[Symbol.dispose]();
    watching?.[Symbol.dispose]();
    return true;
  }
  function left(): void {
    if (!end()) return;
    body?.stream.destroy();
    connection?.abort(new Error("the visitor left"));
  }
  function fail(error: Error): void {
    if (!end()) return;
    body?.stream.destroy();
    if (response.destroyed) return;
    if (!response.headersSent) {
      failed(failureOf(error, connection !== undefined));
      return;
    }
    metrics.upstreamError(x.site?.name ?? "", "broken");
    // For HTTP/1.0 an ordinary end of the connection is the end of the answer.
    if (request.httpVersion === "1.0") socket.resetAndDestroy();
    response.destroy();
  }
  /** The origin's request is given up by us. */
  function give(error: Error): void {
    fail(error);
    connection?.abort(error);
  }
  function uploadStalled(): void {
    if (response.headersSent || !end()) {
      socket.destroy();
      return;
    }
    body?.stream.destroy();
    connection?.abort(new Error("the upload stands still"));
    answerAndClose(response, 408);
  }
}
