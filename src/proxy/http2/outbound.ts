import type { AnswerHead } from "../http1/answer-head.ts";
import type { Wire } from "../wire/wire.ts";
import { answerBlock, blockRoom, trailerBlock } from "./field-blocks.ts";
import {
  CONTINUATION,
  DATA,
  DEFAULT_WINDOW,
  END_HEADERS,
  END_STREAM,
  FRAME_HEAD,
  HEADERS,
  MOST_PAYLOAD,
  MOST_WINDOW,
  writeFrameHead,
  writeNumber,
} from "./frames.ts";

/** What is to be sent on a stream. */
export interface OutStream {
  readonly id: number;
  /** What the visitor still takes of it. */
  window: number;
  /** Bodies that wait for a window, or for the wire. */
  readonly queue: Buffer[];
  /** Of all behind the body, once that is known: lines. */
  trailers: string | undefined;
  /** Whatever was queued is on its way. */
  drained(): void;
  /** So is the end. */
  endSent(): void;
}

/** One for all connections: what is composed there leaves before another one composes, or before the event is over. */
const ROOM = 65_536;
let out = Buffer.allocUnsafeSlow(ROOM);
let at = 0;
let composer: Outbound | undefined;
/** Of the frame that was composed last, when that was DATA: where it begins, and of which stream. */
let lastData = -1;
let lastStream: OutStream | undefined;

function compose(by: Outbound): void {
  composer = by;
}

/** Composes the frames of one connection, as far as windows and wire allow (RFC 9113, section 5.2). */
export class Outbound {
  /** What the visitor still takes of all streams. */
  window = DEFAULT_WINDOW;
  /** What he takes of a new one. */
  initialWindow = DEFAULT_WINDOW;
  /** While true, nothing leaves: more is to come. */
  corked = false;
  /** He has told us to use a smaller table than he keeps by default. */
  smallTable = false;
  readonly #wire: Wire;
  #blocked = false;
  /** Who has something queued, or is to be told that more may come; in turn. */
  readonly #waiting = new Set<OutStream>();

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Whether more of the stream's body may be written; if not, `drained` follows. */
  takesMore(stream: OutStream): boolean {
    if (!this.#blocked && stream.queue.length === 0) return true;
    this.#waiting.add(stream);
    return false;
  }

  /** A frame of control. */
  frame(type: number, flags: number, stream: number, payload: Buffer): void {
    this.#compose(FRAME_HEAD + payload.length);
    const { length } = payload;
    at = writeFrameHead(out, at, { length, type, flags, stream });
    at += payload.copy(out, at);
    this.settle();
  }

  /** A frame of control whose payload is one number. */
  number(type: number, stream: number, value: number): void {
    const payload = Buffer.allocUnsafe(4);
    writeNumber(payload, 0, value);
    this.frame(type, 0, stream, payload);
  }

  /** The head of an answer. `without`: a field that is not sent. */
  head(stream: OutStream, status: number, head: AnswerHead, ends: boolean, without = -1): void {
    const most = blockRoom(head);
    if (most <= MOST_PAYLOAD) {
      this.#compose(FRAME_HEAD + most);
      const start = at + FRAME_HEAD;
      const end = answerBlock(out, start, status, head, without, this.#tableSaid());
      const flags = END_HEADERS | (ends ? END_STREAM : 0);
      writeFrameHead(out, at, { length: end - start, type: HEADERS, flags, stream: stream.id });
      at = end;
    } else {
      const block = Buffer.allocUnsafe(most);
      const end = answerBlock(block, 0, status, head, without, this.#tableSaid());
      this.#inFrames(stream, block.subarray(0, end), ends);
    }
    if (ends) stream.endSent();
    this.settle();
  }

  #tableSaid(): boolean {
    const is = this.smallTable;
    this.smallTable = false;
    return is;
  }

  #inFrames(stream: OutStream, block: Buffer, ends: boolean): void {
    for (let from = 0; from === 0 || from < block.length; from += MOST_PAYLOAD) {
      const payload = block.subarray(from, from + MOST_PAYLOAD);
      const last = from + MOST_PAYLOAD >= block.length;
      this.#compose(FRAME_HEAD + payload.length);
      at = writeFrameHead(out, at, {
        length: payload.length,
        type: from === 0 ? HEADERS : CONTINUATION,
        flags: (last ? END_HEADERS : 0) | (ends && from === 0 ? END_STREAM : 0),
        stream: stream.id,
      });
      at += payload.copy(out, at);
    }
  }

  /** More of a body. The bytes are the caller's again at once. */
  data(stream: OutStream, bytes: Buffer, start: number, end: number): void {
    let from = start;
    if (stream.queue.length === 0 && !this.#blocked) from = this.#send(stream, bytes, start, end);
    if (from < end) {
      stream.queue.push(Buffer.from(bytes.subarray(from, end)));
      this.#waiting.add(stream);
    }
    this.settle();
  }

  /** Nothing follows the body but trailers. */
  end(stream: OutStream, trailers: string): void {
    stream.trailers = trailers;
    if (stream.queue.length === 0) this.#end(stream);
    this.settle();
  }

  #end(stream: OutStream): void {
    const { id, trailers = "" } = stream;
    if (trailers !== "") this.#inFrames(stream, trailerBlock(trailers, this.#tableSaid()), true);
    else if (lastStream === stream && composer === this) {
      out[lastData + 4] = END_STREAM;
    } else {
      this.#compose(FRAME_HEAD);
      at = writeFrameHead(out, at, { length: 0, type: DATA, flags: END_STREAM, stream: id });
    }
    stream.endSent();
  }

  /** Sends what windows allow; returns the position behind. */
  #send(stream: OutStream, bytes: Buffer, start: number, end: number): number {
    let from = start;
    while (from < end) {
      const length = Math.min(end - from, MOST_PAYLOAD, stream.window, this.window);
      if (length <= 0) break;
      this.#compose(FRAME_HEAD + length);
      [lastData, lastStream] = [at, stream];
      at = writeFrameHead(out, at, { length, type: DATA, flags: 0, stream: stream.id });
      bytes.copy(out, at, from, from + length);
      at += length;
      from += length;
      stream.window -= length;
      this.window -= length;
    }
    return from;
  }

  /** The stream is no more. */
  forget(stream: OutStream): void {
    this.#waiting.delete(stream);
  }

  /** More may be sent on a stream (0: on all of them together); false when no window may be so large. */
  widen(stream: OutStream | undefined, by: number): boolean {
    const to = stream ?? this;
    to.window += by;
    this.pump();
    return to.window <= MOST_WINDOW;
  }

  /** The wire has taken all. */
  drained(): void {
    this.#blocked = false;
    this.pump();
  }

  /** Sends what waits, a frame of each stream in turn. */
  pump(): void {
    for (let progress = true; progress && !this.#blocked;) {
      progress = false;
      for (const stream of this.#waiting) {
        if (this.#blocked) break;
        if (this.#advance(stream)) progress = true;
      }
    }
    this.settle();
  }

  #advance(stream: OutStream): boolean {
    const [piece] = stream.queue;
    if (piece) {
      const sent = this.#send(stream, piece, 0, Math.min(piece.length, MOST_PAYLOAD));
      if (sent === 0) return false;
      if (sent < piece.length) stream.queue[0] = piece.subarray(sent);
      else stream.queue.shift();
      return true;
    }
    this.#waiting.delete(stream);
    if (stream.trailers !== undefined) this.#end(stream);
    else stream.drained();
    return true;
  }

  /** Makes room for a frame. */
  #compose(length: number): void {
    if (composer !== this || at + length > ROOM) composer?.flush();
    compose(this);
    lastStream = undefined;
  }

  /** Lets what was composed leave, unless more is to come. */
  settle(): void {
    if (!this.corked) this.flush();
  }

  flush(): void {
    if (composer !== this || at === 0) return;
    const end = at;
    [at, composer, lastStream] = [0, undefined, undefined];
    if (this.#wire.destroyed || this.#wire.write(out, 0, end)) return;
    // It may be the wire's still.
    out = Buffer.allocUnsafeSlow(ROOM);
    this.#blocked = true;
  }
}
