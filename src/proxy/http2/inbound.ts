import { DEFAULT_WINDOW, FLOW_CONTROL_ERROR, WINDOW_UPDATE } from "./frames.ts";
import { FrameError } from "./frame-reader.ts";
import type { Outbound } from "./outbound.ts";

/** Windows of uploads, all streams together. */
const WINDOWS = 4;

/** What is received on a stream. */
export interface InStream {
  readonly id: number;
  /** Bytes that the visitor may still send, and those that were taken since he was told of more. */
  mayReceive: number;
  taken: number;
  /** He sends nothing more. */
  readonly othersEnd: boolean;
}

/** The windows of uploads (RFC 9113, section 5.2): the visitor may send as much again as has been taken. */
export class Inbound {
  readonly #out: Outbound;
  /** Of one stream. */
  readonly #window: number;
  /** Of all streams together. */
  #mayReceive: number;
  #taken = 0;

  constructor(out: Outbound, window: number) {
    this.#out = out;
    this.#window = window;
    this.#mayReceive = WINDOWS * window;
  }

  /** Tells the visitor of the window of all streams. */
  open(): void {
    this.#tell(0, this.#mayReceive - DEFAULT_WINDOW);
  }

  /**
   * So much has come. @returns whether the stream's own window allowed it
   * @throws {FrameError} when that of all streams did not
   */
  came(stream: InStream | undefined, bytes: number): boolean {
    this.#mayReceive -= bytes;
    if (this.#mayReceive < 0) throw new FrameError(FLOW_CONTROL_ERROR);
    return stream === undefined || (stream.mayReceive -= bytes) >= 0;
  }

  /** So much has been taken; of no stream: of one that is no more. */
  took(stream: InStream | undefined, bytes: number): void {
    this.#taken += bytes;
    if (this.#taken >= this.#window) {
      this.#tell(0, this.#taken);
      this.#mayReceive += this.#taken;
      this.#taken = 0;
    }
    if (!stream || stream.othersEnd) return;
    stream.taken += bytes;
    if (stream.taken < this.#window / 2) return;
    this.#tell(stream.id, stream.taken);
    stream.mayReceive += stream.taken;
    stream.taken = 0;
  }

  #tell(stream: number, by: number): void {
    this.#out.number(WINDOW_UPDATE, stream, by);
  }
}
