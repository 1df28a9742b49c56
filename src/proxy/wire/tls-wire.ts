import type { TLSSocket } from "node:tls";
import {
  type Binding,
  binding,
  END_OF_FILE,
  type Handle,
  WireError,
  type WriteRequest,
} from "./raw-wire.ts";
import { lentOut, type Slab, slabFor, type SlabReader } from "./slab.ts";
import { HEADROOM, NOBODY, type Wire, type WireOwner } from "./wire.ts";

/** So much may wait to be encrypted before the writer is asked to wait. */
const MOST_WAITING = 65_536;

/**
 * The TLS session as a wire whose bytes go past the socket's streams, when that can be; the socket looks after the session and its
 * end. It must have nothing read yet.
 */
export function tlsWire(socket: TLSSocket): Wire | undefined {
  const { _handle: handle } = socket as unknown as { _handle: Handle | null };
  if (!binding || !handle || typeof handle.useUserBuffer !== "function") return undefined;
  return socket.readableLength > 0 ? undefined : new TlsWire(binding, socket, handle);
}

/**
 * What was decrypted lands in memory that many connections share, and what is written is encrypted at once. What that saves against
 * the socket's own streams, `npm run bench` says ("Node's streams only").
 */
class TlsWire implements Wire, SlabReader {
  readonly secure = true;
  readonly remoteAddress: string;
  readonly remotePort: number;
  owner: WireOwner = NOBODY;
  bytesRead = 0;
  bytesWritten = 0;
  readonly #socket: TLSSocket;
  readonly #handle: Handle;
  readonly #binding: Binding;
  readonly #slab: Slab;
  #request: WriteRequest;
  /** A session bears one write at a time: the rest waits, and goes with the next. */
  #writing = false;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #told = true;
  /** What came with the read after which we were told to pause. */
  #held: Buffer[] = [];
  #paused = true;
  #othersEnd = false;
  #ourEnd: "none" | "asked" | "sent" = "none";

  constructor(from: Binding, socket: TLSSocket, handle: Handle) {
    this.#binding = from;
    this.#socket = socket;
    this.#handle = handle;
    this.remoteAddress = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    this.remotePort = socket.remotePort ?? 0;
    this.#slab = slabFor(this);
    this.#request = this.#newRequest();
    let error: Error | undefined;
    socket.on("error", (e: Error) => (error ??= e));
    socket.on("close", () => {
      this.#slab.leave(this);
      this.owner.closed(error);
    });
    handle.onread = () => this.#onRead();
    handle.readStop();
    this.readInto(this.#slab.view());
  }

  #newRequest(): WriteRequest {
    const request = new this.#binding.WriteWrap();
    request.oncomplete = (status) => this.#written(status);
    return request;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  readInto(view: Buffer): void {
    this.#handle.useUserBuffer(view);
  }

  #onRead(): void {
    const count = this.#binding.streamBaseState[this.#binding.kReadBytesOrError] ?? 0;
    if (this.destroyed) return;
    if (count > 0) {
      this.bytesRead += count;
      if (this.#paused || this.#held.length > 0) {
        this.#held.push(Buffer.from(this.#slab.bytes.subarray(HEADROOM, HEADROOM + count)));
      } else {
        lentOut(this.#slab);
        this.owner.data(this.#slab.bytes, HEADROOM, HEADROOM + count);
        lentOut(undefined);
      }
    } else if (count === END_OF_FILE) {
      this.#othersEnd = true;
      this.#handOn();
    } else if (count < 0) this.#socket.destroy(new WireError("reading", count));
  }

  /** Hands on what was held, as long as nobody pauses. */
  #handOn(): void {
    while (!this.#paused && !this.destroyed) {
      const chunk = this.#held.shift();
      if (!chunk) break;
      lentOut(this.#slab);
      chunk.copy(this.#slab.bytes, HEADROOM);
      this.owner.data(this.#slab.bytes, HEADROOM, HEADROOM + chunk.length);
      lentOut(undefined);
    }
    if (!this.#othersEnd || this.#held.length > 0 || this.destroyed) return;
    this.owner.ended();
    if (this.#ourEnd === "sent") this.#socket.destroy();
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    if (this.destroyed) return false;
    this.bytesWritten += end - start;
    if (start < end) {
      if (this.#writing) this.#wait(Buffer.from(bytes.subarray(start, end)));
      else this.#send(this.#handle.writeBuffer(this.#request, bytes.subarray(start, end)));
    }
    return this.#takesMore();
  }

  writeAll(pieces: readonly Buffer[]): boolean {
    if (this.destroyed) return false;
    for (const piece of pieces) this.bytesWritten += piece.length;
    if (this.#writing) for (const piece of pieces) this.#wait(Buffer.from(piece));
    else this.#send(this.#handle.writev(this.#request, pieces, true));
    return this.#takesMore();
  }

  #wait(copy: Buffer): void {
    this.#waiting.push(copy);
    this.#waitingBytes += copy.length;
  }

  #send(status: number): void {
    if (status === 0) this.#writing = true;
    else process.nextTick(() => this.#socket.destroy(new WireError("writing", status)));
  }

  #takesMore(): boolean {
    return (this.#told = this.#waitingBytes < MOST_WAITING);
  }

  #written(status: number): void {
    this.#writing = false;
    if (this.destroyed) return;
    if (status < 0) return void this.#socket.destroy(new WireError("writing", status));
    const pieces = this.#waiting;
    if (pieces.length > 0) {
      this.#waiting = [];
      this.#waitingBytes = 0;
      // Free only when this call has returned.
      this.#request = this.#newRequest();
      this.#send(this.#handle.writev(this.#request, pieces, true));
    } else if (this.#ourEnd === "asked") this.#shutdown();
    if (this.#told) return;
    this.#told = true;
    this.owner.drained();
  }

  pause(): void {
    if (this.#paused || this.destroyed) return;
    this.#paused = true;
    this.#handle.readStop();
  }

  resume(): void {
    if (!this.#paused || this.destroyed) return;
    this.#paused = false;
    this.#handle.readStart();
    if (this.#held.length > 0) process.nextTick(() => this.#handOn());
  }

  end(): void {
    if (this.destroyed || this.#ourEnd !== "none") return;
    this.#ourEnd = "asked";
    if (!this.#writing) this.#shutdown();
  }

  #shutdown(): void {
    const request = new this.#binding.ShutdownWrap();
    request.oncomplete = () => {
      this.#ourEnd = "sent";
      if (this.#othersEnd && this.#held.length === 0) this.#socket.destroy();
    };
    this.#handle.shutdown(request);
  }

  /** An end without TLS's own says that what came before is not whole (RFC 8446, section 6.1): there is no need of a reset. */
  destroy(): void {
    this.#socket.destroy();
  }

  keepAlive(afterMs: number): void {
    this.#socket.setKeepAlive(true, afterMs);
  }
}
