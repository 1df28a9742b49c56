import { type Duplex, pipeline } from "node:stream";

export interface ThroughPorts {
  /** What came out at the other end; false when no more is wanted until `resume`. */
  out(chunk: Buffer): boolean;
  ended(): void;
  failed(error: Error): void;
  /** More may be put in again. */
  drained(): void;
}

/** A body's way through streams of Node's, such as decoders and encoders, with back-pressure. */
export class Through {
  readonly #first: Duplex;
  readonly #last: Duplex;

  /** @param streams one at least */
  constructor(streams: readonly [Duplex, ...Duplex[]], ports: ThroughPorts) {
    const [first] = streams;
    const last = streams.at(-1) ?? first;
    this.#first = first;
    this.#last = last;
    first.on("drain", () => ports.drained());
    last.on("data", (chunk: Buffer) => {
      if (!ports.out(chunk)) last.pause();
    });
    last.on("end", () => ports.ended());
    if (streams.length === 1) first.on("error", (error) => ports.failed(error));
    else {
      pipeline([...streams], (error) => {
        if (error) ports.failed(error);
      });
    }
  }

  /** Puts a copy of the range in; false when it is enough for now. */
  put(bytes: Buffer, start: number, end: number): boolean {
    return start >= end || this.#first.write(Buffer.from(bytes.subarray(start, end)));
  }

  end(): void {
    this.#first.end();
  }

  resume(): void {
    this.#last.resume();
  }

  destroy(): void {
    this.#first.destroy();
    this.#last.destroy();
  }
}
