import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import type { Clock } from "../../model/clock.ts";
import { watchProgress } from "../progress.ts";

/** A visitor's upload on its way to one origin. */
export interface RequestBody {
  /** What the origin's connection reads; it may be destroyed without harm to the visitor's connection. */
  readonly stream: Readable;
  /** Lets the upload flow; nothing of it is read before. */
  flow(): void;
}

/**
 * The body of a request as a stream of its own. When the origin wants no more of it (it has answered already, or broken), the
 * rest is read and thrown away, so that the visitor can read his answer.
 *
 * @param stalled the visitor has sent nothing for `stallMs`, though it was wanted
 */
export function requestBody(
  request: IncomingMessage,
  watch: { readonly clock: Clock; readonly stallMs: number; readonly stalled: () => void },
): RequestBody {
  const stream = new PassThrough();
  stream.on("error", () => undefined);
  return {
    stream,
    flow() {
      const { socket } = request;
      const { clock, stallMs, stalled } = watch;
      let waits = 0;
      const watching = watchProgress(clock, {
        // While the origin does not take what is there, it is not the visitor who stands still.
        progress: () => (stream.writableNeedDrain ? ++waits : socket.bytesRead),
        limitMs: () => stallMs,
        stalled,
      });
      request.once("close", () => {
        watching[Symbol.dispose]();
        if (!request.complete) stream.destroy();
      });
      request.once("end", () => watching[Symbol.dispose]());
      stream.once("close", () => {
        if (request.readableEnded) return;
        request.unpipe(stream);
        request.resume();
      });
      request.pipe(stream);
    },
  };
}
