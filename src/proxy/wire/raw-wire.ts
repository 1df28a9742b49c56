import type { Socket } from "node:net";
import { HEADROOM, NOBODY, type Wire, type WireOwner } from "./wire.ts";
import { keepForWriting, lentOut, type Slab, slabFor, type SlabReader } from "./slab.ts";

/**
 * TCP and Unix sockets without `net.Socket`: reads go to memory that many connections share, writes leave straight from it.
 * This needs Node's own binding, and is the only file that knows it; what that saves, `npm run bench` says ("Node's streams
 * only"). Where the binding is not as it was when this was written, `wireOf` gives a `StreamWire` instead.
 */

/** Of libuv's handle in Node's binding, what is used here. */
export interface Handle {
  onread: () => void;
  readonly fd: number;
  useUserBuffer(view: Buffer): void;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
  writev(request: WriteRequest, pieces: readonly Buffer[], allBuffers: true): number;
  shutdown(request: ShutdownRequest): number;
  close(done: () => void): void;
  reset?(done: () => void): number;
  setNoDelay?(on: boolean): void;
  setKeepAlive?(on: boolean, seconds: number): void;
}

export interface WriteRequest {
  oncomplete: (status: number) => void;
  /** Whatever the write still reads from. */
  buffer: unknown;
}

interface ShutdownRequest {
  oncomplete: () => void;
}

export interface Binding {
  readonly WriteWrap: new () => WriteRequest;
  readonly ShutdownWrap: new () => ShutdownRequest;
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

export const END_OF_FILE = -4095;

export const binding = openBinding();

function openBinding(): Binding | undefined {
  // An operator's way out, should a version of Node ever behave in another way behind the same names.
  if (process.env["WARMLINE_WIRES"] === "streams") return undefined;
  try {
    const all = (process as unknown as { binding(name: string): Binding }).binding("stream_wrap");
    return typeof all.kLastWriteWasAsync === "number" && all.streamBaseState ? all : undefined;
  } catch {
    return undefined;
  }
}

/** A connection that the binding could not write to or read from. */
export class WireError extends Error {
  readonly code = "WL_WIRE";
  /** The system's error number, negative. */
  readonly status: number;
  constructor(doing: string, status: number) {
    super(`${doing} failed (${status})`);
    this.status = status;
  }
}

/** A connected socket's descriptor; -1 where Node does not tell. */
export function descriptorOf(socket: Socket): number {
  return (socket as unknown as { _handle: Handle | null })._handle?.fd ?? -1;
}

/** The socket as a raw wire, when that can be; the socket itself is of no more use then. It must be connected and never read from. */
export function rawWire(socket: Socket): Wire | undefined {
  const { _handle: handle } = socket as unknown as { _handle: Handle | null };
  if (!binding || !handle || typeof handle.useUserBuffer !== "function") return undefined;
  const { remoteAddress = "", remotePort = 0 } = socket;
  (socket as unknown as { _handle: null })._handle = null;
  socket.removeAllListeners();
  for (const symbol of Object.getOwnPropertySymbols(handle)) {
    // Or the socket would live as long as its handle.
    if (symbol.description === "owner_symbol") Reflect.set(handle, symbol, undefined);
  }
  return new RawWire(binding, handle, remoteAddress.replace(/^::ffff:/, ""), remotePort);
}

class RawWire implements Wire, SlabReader {
  readonly secure = false;
  readonly remoteAddress: string;
  readonly remotePort: number;
  owner: WireOwner = NOBODY;
  bytesRead = 0;
  bytesWritten = 0;
  destroyed = false;
  readonly #handle: Handle;
  readonly #binding: Binding;
  readonly #slab: Slab;
  #request: WriteRequest;
  #unfinished = 0;
  #paused = true;
  #ended = false;
  #finished = false;

  constructor(from: Binding, handle: Handle, remoteAddress: string, remotePort: number) {
    this.#binding = from;
    this.#handle = handle;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.#slab = slabFor(this);
    this.#request = this.#newRequest();
    handle.setNoDelay?.(true);
    handle.onread = () => this.#onRead();
    this.readInto(this.#slab.view());
  }

  readInto(view: Buffer): void {
    this.#handle.useUserBuffer(view);
  }

  #onRead(): void {
    const count = this.#binding.streamBaseState[this.#binding.kReadBytesOrError] ?? 0;
    if (this.destroyed) return;
    if (count > 0) {
      this.bytesRead += count;
      lentOut(this.#slab);
      this.owner.data(this.#slab.bytes, HEADROOM, HEADROOM + count);
      lentOut(undefined);
    } else if (count === END_OF_FILE) {
      this.#ended = true;
      this.owner.ended();
      if (this.#finished) this.#close();
    } else if (count < 0) this.#close(new WireError("reading", count));
  }

  #newRequest(): WriteRequest {
    const request = new this.#binding.WriteWrap();
    request.oncomplete = (status) => {
      request.buffer = undefined;
      this.#unfinished--;
      if (this.destroyed) return;
      if (status < 0) this.#close(new WireError("writing", status));
      else if (this.#unfinished === 0) this.owner.drained();
    };
    return request;
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    if (this.destroyed) return false;
    if (start >= end) return this.#unfinished === 0;
    this.bytesWritten += end - start;
    const status = this.#handle.writeBuffer(this.#request, bytes.subarray(start, end));
    if (status !== 0) return this.#failed(status);
    if (!this.#goesOn()) return this.#unfinished === 0;
    this.#unfinish(bytes);
    keepForWriting(bytes);
    return false;
  }

  writeAll(pieces: readonly Buffer[]): boolean {
    if (this.destroyed) return false;
    for (const piece of pieces) this.bytesWritten += piece.length;
    const status = this.#handle.writev(this.#request, pieces, true);
    if (status !== 0) return this.#failed(status);
    if (!this.#goesOn()) return this.#unfinished === 0;
    this.#unfinish(pieces);
    for (const piece of pieces) keepForWriting(piece);
    return false;
  }

  #goesOn(): boolean {
    return this.#binding.streamBaseState[this.#binding.kLastWriteWasAsync] !== 0;
  }

  #unfinish(held: unknown): void {
    this.#unfinished++;
    this.#request.buffer = held;
    this.#request = this.#newRequest();
  }

  #failed(status: number): false {
    process.nextTick(() => this.#close(new WireError("writing", status)));
    return false;
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
  }

  end(): void {
    if (this.destroyed) return;
    const request = new this.#binding.ShutdownWrap();
    request.oncomplete = () => {
      this.#finished = true;
      if (this.#ended) this.#close();
    };
    this.#handle.shutdown(request);
  }

  destroy(reset = false): void {
    this.#close(undefined, reset);
  }

  #close(error?: Error, reset = false): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#slab.leave(this);
    const done = () => this.owner.closed(error);
    if (!reset || this.#handle.reset?.(done) !== 0) this.#handle.close(done);
  }

  keepAlive(afterMs: number): void {
    if (!this.destroyed) this.#handle.setKeepAlive?.(true, Math.max(1, Math.round(afterMs / 1000)));
  }
}
