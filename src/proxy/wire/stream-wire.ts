import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { rawWire } from "./raw-wire.ts";
import { lentOut, Slab } from "./slab.ts";
import { tlsWire } from "./tls-wire.ts";
import { HEADROOM, MOST_READ, NOBODY, type Wire, type WireOwner } from "./wire.ts";

/** A connected socket that was never read from as a wire: raw where that can be. */
export function wireOf(socket: Socket): Wire {
  if (socket instanceof TLSSocket)
    return tlsWire(socket) ?? new StreamWire(socket, peerOf(socket), true);
  return rawWire(socket) ?? new StreamWire(socket, peerOf(socket), false);
}

interface Peer {
  readonly remoteAddress: string;
  readonly remotePort: number;
}

function peerOf({ remoteAddress = "", remotePort = 0 }: Socket): Peer {
  return { remoteAddress: remoteAddress.replace(/^::ffff:/, ""), remotePort };
}

/** All stream wires read into one: each chunk is dealt with before the next. */
const slab = new Slab();

/** Any stream of Node's as a wire: TLS, and plain sockets where there is no raw wire. Chunks are copied. */
export class StreamWire implements Wire {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly secure: boolean;
  owner: WireOwner = NOBODY;
  bytesRead = 0;
  bytesWritten = 0;
  readonly #stream: Duplex;

  constructor(stream: Duplex, { remoteAddress, remotePort }: Peer, secure: boolean) {
    this.#stream = stream;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.secure = secure;
    let error: Error | undefined;
    stream.pause();
    stream.on("data", (chunk: Buffer) => this.#deal(chunk));
    stream.on("end", () => this.owner.ended());
    stream.on("drain", () => this.owner.drained());
    stream.on("error", (e) => (error = e));
    stream.on("close", () => this.owner.closed(error));
  }

  get destroyed(): boolean {
    return this.#stream.destroyed;
  }

  #deal(chunk: Buffer): void {
    const part = chunk.length > MOST_READ ? chunk.subarray(0, MOST_READ) : chunk;
    this.bytesRead += part.length;
    lentOut(slab);
    part.copy(slab.bytes, HEADROOM);
    this.owner.data(slab.bytes, HEADROOM, HEADROOM + part.length);
    lentOut(undefined);
    if (part === chunk || this.destroyed) return;
    const rest = chunk.subarray(MOST_READ);
    if (this.#stream.isPaused()) this.#stream.unshift(rest);
    else this.#deal(rest);
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    if (this.destroyed) return false;
    if (start >= end) return !this.#stream.writableNeedDrain;
    this.bytesWritten += end - start;
    return this.#stream.write(Buffer.from(bytes.subarray(start, end)));
  }

  writeAll(pieces: readonly Buffer[]): boolean {
    const whole = Buffer.concat(pieces);
    return this.write(whole, 0, whole.length);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  end(): void {
    this.#stream.end();
  }

  destroy(reset = false): void {
    // Under TLS there is no need: an end without its own says that what came is not whole (RFC 8446, section 6.1).
    if (reset && !this.secure && "resetAndDestroy" in this.#stream)
      (this.#stream as Socket).resetAndDestroy();
    else this.#stream.destroy();
  }

  keepAlive(afterMs: number): void {
    if ("setKeepAlive" in this.#stream) (this.#stream as Socket).setKeepAlive(true, afterMs);
  }
}
