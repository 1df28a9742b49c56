import { type Answer, answerOf } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { AnswerFraming, AnswerHead } from "./http1/answer-head.ts";
import { ChunkReader } from "./http1/chunks.ts";
import { HeadEdit } from "./http1/head-edit.ts";
import { CONTENT_LENGTH, CONTENT_TYPE, DATE, TRANSFER_ENCODING } from "./http1/names.ts";
import type { Stage, Streams } from "./injection/stage.ts";
import { Outgoing } from "./outgoing.ts";
import { Through } from "./through.ts";

export interface RelayPorts {
  /** Makes the head ready, and says what the body goes through. */
  answering(answer: Answer): void;
  /** The visitor takes no more for now … */
  pause(): void;
  /** … or again. */
  resume(): void;
  /** A body that went through streams has been handed on whole. */
  whole(): void;
  /** What a body went through broke. */
  broken(error: Error): void;
}

/** One for all answers: an edit is made and applied in one turn. */
const edit = new HeadEdit();
const NOTHING = Buffer.alloc(0);

/** Passes one answer on, head and body, framed as it fits the visitor. Half an answer never looks like a whole one. */
export class Relay {
  readonly #x: Exchange;
  readonly #ports: RelayPorts;
  #framing: AnswerFraming = "none";
  #left = 0;
  #chunks: ChunkReader | undefined;
  /** Set unless the bytes go out as they came. */
  #outgoing: Outgoing | undefined;
  #stage: Stage | undefined;
  #through: Through | undefined;
  #brokeOff: (() => void) | undefined;
  /** The origin has sent the whole answer. */
  done = false;
  /** The origin keeps its connection. */
  persistent = false;

  constructor(x: Exchange, ports: RelayPorts) {
    this.#x = x;
    this.#ports = ports;
  }

  /** Whether the visitor gets the end later than it came. */
  get lags(): boolean {
    return this.#through !== undefined;
  }

  /**
   * Takes the head and what came behind it, up to `end`. Returns the position behind the answer, -1 when the body's framing is
   * broken.
   */
  begin(head: AnswerHead, bytes: Buffer, end: number): number {
    const x = this.#x;
    edit.begin();
    const framing = head.framing(x.method === "HEAD");
    const content = framing === "length" ? Math.min(end, head.end + head.length) : head.end;
    const answer = answerOf(head, edit, content);
    x.status = head.status;
    this.#ports.answering(answer);
    this.#brokeOff = answer.brokeOff;
    this.#framing = framing;
    this.#left = framing === "length" ? head.length : 0;
    this.#chunks = framing === "chunked" ? new ChunkReader() : undefined;
    this.persistent = head.persistent && framing !== "close";
    x.endless = head.begins(CONTENT_TYPE, "text/event-stream");
    this.#frame(answer, framing);
    const start = edit.apply(head);
    // The connection is one of HTTP/1.1, whatever the origin's is.
    bytes[start + 7] = 49;
    if (!this.#outgoing) return this.#pass(bytes, start, head.end, end);
    this.#outgoing.head(bytes, start, head.end);
    return this.#change(bytes, head.end, end);
  }

  /** More of the body; the same as with `begin`. */
  body(bytes: Buffer, start: number, end: number): number {
    return this.#outgoing ? this.#change(bytes, start, end) : this.#pass(bytes, start, start, end);
  }

  /** The origin has ended its connection: true when that is the end of the answer. */
  ended(): boolean {
    if (this.#framing !== "close") return false;
    this.done = true;
    this.#content(NOTHING, 0, 0);
    if (!this.#through) this.#outgoing?.flush(this.#x.connection.wire, true);
    return true;
  }

  /** The visitor has taken what was written. */
  drained(): void {
    if (this.#through) this.#through.resume();
    else this.#ports.resume();
  }

  /** The body will never be whole. */
  brokeOff(): void {
    this.#brokeOff?.();
  }

  /** The answer is given up. */
  destroy(): void {
    this.#through?.destroy();
  }

  /** Decides how the body is framed for the visitor, and makes the head say so. */
  #frame({ head, edit, way, adds }: Answer, framing: AnswerFraming): void {
    const x = this.#x;
    const changed = way !== undefined;
    const length = adds !== undefined && head.length >= 0 ? head.length + adds : -1;
    const body = framing !== "none";
    const chunked = body && length < 0 && x.minor === 1;
    if (body && length < 0 && x.minor === 0) x.close = true;
    if (head.length >= 0 && length !== head.length) {
      edit.cutField(head, head.first[CONTENT_LENGTH] as number);
      if (length >= 0) edit.add(`Content-Length: ${length}\r\n`);
    }
    if (head.chunked && !chunked) edit.cutField(head, head.first[TRANSFER_ENCODING] as number);
    if (chunked && !head.chunked) edit.add("Transfer-Encoding: chunked\r\n");
    if (!head.has(DATE)) edit.add(`Date: ${x.edge.date()}\r\n`);
    if (x.close) edit.add("Connection: close\r\n");
    else if (x.minor === 0) edit.add("Connection: keep-alive\r\n");
    if (!head.reasonFits()) edit.cut(head.reasonStart, head.reasonEnd);
    if (!body || (!changed && (framing === "length" || (framing === "chunked" && chunked)))) return;
    this.#outgoing = new Outgoing(chunked);
    if (way && "take" in way) this.#stage = way;
    else this.#through = way && this.#open(way);
  }

  /** Writes `[from, end)`, of which the body begins at `start`, as it is. */
  #pass(bytes: Buffer, from: number, start: number, end: number): number {
    const stop = this.#read(bytes, start, end);
    if (stop < 0) return -1;
    if (!this.#x.connection.wire.write(bytes, from, stop) && !this.done) this.#ports.pause();
    return stop;
  }

  /** Hands the content of `[start, end)` on through what changes it. */
  #change(bytes: Buffer, start: number, end: number): number {
    let [from, to] = [0, 0];
    // One range behind: which is the last is known only when all have been read.
    const stop = this.#read(bytes, start, end, (a, b) => {
      if (to > from) this.#content(bytes, from, to, false);
      [from, to] = [a, b];
    });
    if (stop < 0) return -1;
    if (this.done || to > from) this.#content(bytes, from, to, this.done);
    const whole = this.done && !this.#through;
    const taken = this.#outgoing?.flush(this.#x.connection.wire, whole);
    if (taken === false && !this.done && !this.#through) this.#ports.pause();
    return stop;
  }

  /** Sees how much of the bytes belongs to the body, and says where its content is. */
  #read(
    bytes: Buffer,
    start: number,
    end: number,
    content?: (start: number, end: number) => void,
  ): number {
    if (this.#chunks) {
      const stop = this.#chunks.read(bytes, start, end, content);
      this.done = this.#chunks.done;
      return stop;
    }
    const stop = this.#framing === "close" ? end : Math.min(end, start + this.#left);
    if (this.#framing !== "close") {
      this.#left -= stop - start;
      this.done = this.#left === 0;
    }
    if (stop > start) content?.(start, stop);
    return stop;
  }

  #content(bytes: Buffer, start: number, end: number, last = true): void {
    if (this.#through) {
      if (!this.#through.put(bytes, start, end)) this.#ports.pause();
      if (last) this.#through.end();
      return;
    }
    const outgoing = this.#outgoing as Outgoing;
    if (!this.#stage) return outgoing.put(bytes, start, end);
    const streams = this.#stage.take(bytes, start, end, last, outgoing);
    if (!streams) return;
    this.#through = this.#open(streams);
    this.#content(bytes, start, end, last);
  }

  #open(streams: Streams): Through {
    const { wire } = this.#x.connection;
    const outgoing = this.#outgoing as Outgoing;
    return new Through(streams, {
      out(chunk) {
        outgoing.put(chunk, 0, chunk.length);
        return outgoing.flush(wire, false);
      },
      ended: () => {
        outgoing.flush(wire, true);
        this.#ports.whole();
      },
      failed: (error) => this.#ports.broken(error),
      drained: () => this.#ports.resume(),
    });
  }
}
