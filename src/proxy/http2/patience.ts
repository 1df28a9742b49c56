import type { Clock } from "../../model/clock.ts";
import { Bucket } from "../bucket.ts";
import type { Http2Limits } from "../limits.ts";
import type { Wire } from "../wire/wire.ts";
import type { Frame } from "./frame-reader.ts";
import { DATA, FRAME_HEAD, HEADERS } from "./frames.ts";

/** What a frame with content may take besides: its head, and some padding. */
const FREE_BYTES = 32;
/** WINDOW_UPDATE frames take no more than this share of what they allow. */
const UPDATES_SHARE = 1 / 64;
/** So often at most the time is looked at. */
const STEP_BYTES = 4096;

/** What a connection has left of what is borne of it (RFC 9113, section 10.5). */
export class Patience {
  readonly #clock: Clock;
  readonly #wire: Wire;
  readonly #resets: Bucket;
  readonly #overhead: Bucket;
  #pending = 0;
  /** What we have sent that updates have been allowed for. */
  #allowedFor = 0;

  constructor(limits: Http2Limits, clock: Clock, wire: Wire) {
    this.#clock = clock;
    this.#wire = wire;
    const nowMs = clock.nowMs();
    this.#resets = new Bucket(limits.resets, limits.resetsPerSecond, nowMs);
    this.#overhead = new Bucket(limits.overhead, limits.overheadPerSecond, nowMs);
  }

  /** Whether a stream that ends without an answer is still borne. */
  bearsReset(): boolean {
    return this.#resets.take(1, this.#clock.nowMs());
  }

  /** Whether the frame is: those that carry neither head nor body may be so many only. */
  bears({ type, length, content, contentEnd }: Frame): boolean {
    const carried = type === DATA || type === HEADERS ? contentEnd - content : 0;
    const free = carried > 0 ? carried + FREE_BYTES : 0;
    this.#pending += Math.max(0, FRAME_HEAD + length - free);
    if (this.#pending < STEP_BYTES) return true;
    const { bytesWritten } = this.#wire;
    const updates = (bytesWritten - this.#allowedFor) * UPDATES_SHARE;
    this.#allowedFor = bytesWritten;
    const amount = Math.max(0, this.#pending - updates);
    this.#pending = 0;
    return this.#overhead.take(amount, this.#clock.nowMs());
  }
}
