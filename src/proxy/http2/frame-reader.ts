import * as h2 from "./frames.ts";

/** The connection is of no more use (RFC 9113, section 5.4.1). */
export class FrameError extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`HTTP/2 error ${code}`);
    this.code = code;
  }
}

/** A whole frame; its bytes are valid during the call. HEADERS come with all that continues them. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** Of the payload, as it says. */
  readonly length: number;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Of the payload without padding and priority. */
  readonly content: number;
  readonly contentEnd: number;
  /** The stream that this one depends on; -1 when nothing is said of it. */
  readonly dependsOn: number;
}

type Raw = Omit<Frame, "content" | "contentEnd" | "dependsOn">;

/** HEADERS that are to be continued, and what has continued them. */
interface OpenBlock {
  readonly frame: Frame;
  readonly block: Buffer[];
  length: number;
}

/** Frames that continue one block: more than an honest sender makes of what he may send. */
const MOST_CONTINUATIONS = 8;

/** Cuts what comes into frames, in any pieces. */
export class FrameReader {
  readonly #mostBlock: number;
  readonly #told: (frame: Frame) => void;
  #greeted = 0;
  #settled = false;
  /** A frame of which not all has come. */
  #held: Buffer | undefined;
  #filled = 0;
  #open: OpenBlock | undefined;

  /** @param mostBlock bytes of a compressed block */
  constructor(mostBlock: number, told: (frame: Frame) => void) {
    this.#mostBlock = mostBlock;
    this.#told = told;
  }

  /** @throws {FrameError} */
  read(bytes: Buffer, start: number, end: number): void {
    let at = this.#greet(bytes, start, end);
    if (this.#held) at = this.#complete(bytes, at, end);
    while (end - at >= h2.FRAME_HEAD) {
      const next = at + h2.FRAME_HEAD + lengthAt(bytes, at);
      if (next > end) break;
      this.#frame(bytes, at, next);
      at = next;
    }
    if (at >= end) return;
    const whole = end - at < h2.FRAME_HEAD ? 0 : lengthAt(bytes, at);
    this.#held = Buffer.allocUnsafe(h2.FRAME_HEAD + whole);
    this.#filled = bytes.copy(this.#held, 0, at, end);
  }

  /** The connection begins with words that no HTTP/1.1 server takes for a request (section 3.4). */
  #greet(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (this.#greeted < h2.PREFACE.length && at < end) {
      if (bytes[at++] !== h2.PREFACE[this.#greeted++]) throw new FrameError(h2.PROTOCOL_ERROR);
    }
    return at;
  }

  /** Goes on with the frame that is held; returns the position behind it. */
  #complete(bytes: Buffer, start: number, end: number): number {
    let held = this.#held as Buffer;
    let at = start;
    const fill = (to: number) => {
      const count = Math.min(to - this.#filled, end - at);
      bytes.copy(held, this.#filled, at, at + count);
      this.#filled += count;
      at += count;
    };
    if (this.#filled < h2.FRAME_HEAD) fill(h2.FRAME_HEAD);
    if (this.#filled < h2.FRAME_HEAD) return at;
    const whole = h2.FRAME_HEAD + lengthAt(held, 0);
    if (held.length < whole) this.#held = held = Buffer.concat([held], whole);
    fill(whole);
    if (this.#filled < whole) return at;
    this.#held = undefined;
    this.#frame(held, 0, whole);
    return at;
  }

  #frame(bytes: Buffer, head: number, end: number): void {
    const type = bytes[head + 3] as number;
    const flags = bytes[head + 4] as number;
    const stream = h2.readNumber(bytes, head + 5);
    const start = head + h2.FRAME_HEAD;
    if (!this.#settled && type !== h2.SETTINGS) throw new FrameError(h2.PROTOCOL_ERROR);
    this.#settled = true;
    if (this.#open) {
      const next = { type, flags, stream, length: end - start, bytes, start, end };
      return this.#continue(this.#open, next);
    }
    if (type === h2.CONTINUATION) throw new FrameError(h2.PROTOCOL_ERROR);
    const frame = unwrapped({ type, flags, stream, length: end - start, bytes, start, end });
    if (type !== h2.HEADERS || (flags & h2.END_HEADERS) !== 0) return this.#told(frame);
    const block = Buffer.from(bytes.subarray(frame.content, frame.contentEnd));
    this.#open = { frame, block: [block], length: block.length };
  }

  #continue(open: OpenBlock, { type, flags, stream, length, bytes, start, end }: Raw): void {
    if (type !== h2.CONTINUATION || stream !== open.frame.stream)
      throw new FrameError(h2.PROTOCOL_ERROR);
    open.block.push(Buffer.from(bytes.subarray(start, end)));
    open.length += length;
    if (open.length > this.#mostBlock || open.block.length > MOST_CONTINUATIONS)
      throw new FrameError(h2.ENHANCE_YOUR_CALM);
    if ((flags & h2.END_HEADERS) === 0) return;
    this.#open = undefined;
    const block = Buffer.concat(open.block);
    const whole = { bytes: block, start: 0, end: block.length, content: 0 };
    this.#told({ ...open.frame, ...whole, length: block.length, contentEnd: block.length });
  }
}

function lengthAt(bytes: Buffer, at: number): number {
  const length =
    ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
  if (length > h2.MOST_PAYLOAD) throw new FrameError(h2.FRAME_SIZE_ERROR);
  return length;
}

/** Takes padding and priority off (sections 6.1 and 6.2). */
function unwrapped(frame: Raw): Frame {
  const { type, flags, bytes, start, end } = frame;
  let [content, contentEnd, dependsOn] = [start, end, -1];
  if (type === h2.DATA || type === h2.HEADERS) {
    if ((flags & h2.PADDED) !== 0) {
      if (content === end) throw new FrameError(h2.FRAME_SIZE_ERROR);
      contentEnd -= bytes[content++] as number;
    }
    if (type === h2.HEADERS && (flags & h2.WITH_PRIORITY) !== 0) {
      if (contentEnd - content < 5) throw new FrameError(h2.FRAME_SIZE_ERROR);
      dependsOn = h2.readNumber(bytes, content);
      content += 5;
    }
    if (contentEnd < content) throw new FrameError(h2.PROTOCOL_ERROR);
  }
  return { ...frame, content, contentEnd, dependsOn };
}
