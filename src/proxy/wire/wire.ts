/**
 * One end of a connection, as the data plane sees it: bytes in, bytes out, with back-pressure. A TCP socket, a TLS session and a
 * stream of HTTP/2 are all wires; what runs over them does not know which.
 */
export interface Wire {
  /** Address of the other side, IPv4 without its mapping into IPv6; empty when it is a Unix socket or already gone. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Whether the bytes are encrypted on the network. */
  readonly secure: boolean;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly destroyed: boolean;
  /** Who is told what happens; may be exchanged at any time (a connection goes to the next user, a tunnel begins). */
  owner: WireOwner;
  /**
   * Writes `bytes[start, end)`. False when the kernel has not taken all of it yet: `drained` follows, and more may be written
   * meanwhile, but should not be. The range may be used again as soon as the call returns, when it was handed out by
   * {@link WireOwner.data}; any other buffer must stay unchanged until then.
   */
  write(bytes: Buffer, start: number, end: number): boolean;
  /** Writes several pieces in one go; the same rules. */
  writeAll(pieces: readonly Buffer[]): boolean;
  /** No more `data` until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends our side when all is written; the other side may still speak. When both have ended the wire closes by itself. */
  end(): void;
  /** Closes at once; `reset` tells the other side that what it got is not whole (TCP RST). `closed` is called later. */
  destroy(reset?: boolean): void;
  /** Probes the other side when nothing has come for so long, so that one who lost his network is noticed. */
  keepAlive(afterMs: number): void;
}

/** What a wire tells. Nothing is told from within a call of the wire's own methods. */
export interface WireOwner {
  /**
   * Bytes came: `bytes[start, end)`. They are valid only during the call and may be changed in place; in front of `start` there
   * are {@link HEADROOM} bytes that may be written to, behind `end` {@link TAILROOM}.
   */
  data(bytes: Buffer, start: number, end: number): void;
  /** The other side has ended; it may still read. */
  ended(): void;
  /** All that was written is on its way. */
  drained(): void;
  /** It is over, whoever ended it; told once, last. */
  closed(error?: Error): void;
}

/** Free bytes in front of what was read: room for what is put into a head. */
export const HEADROOM = 24_576;
/** Free bytes behind what was read: room for what is appended. */
export const TAILROOM = 8192;
/** The most that is read at once. */
export const MOST_READ = 65_536;

/** An owner for wires that nobody uses any more. */
export const NOBODY: WireOwner = {
  data: () => undefined,
  ended: () => undefined,
  drained: () => undefined,
  closed: () => undefined,
};
