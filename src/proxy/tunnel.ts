import type { Exchange } from "./exchange.ts";
import { NOBODY, type Wire, type WireOwner } from "./wire/wire.ts";

/** The other side is probed when nothing has come for so long: who lost his network never says good-bye. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Makes the visitor's connection and the origin's one, with back-pressure. An end of one side is passed on and the other may still
 * speak, but not be silent for too long; a break of one side breaks the other.
 */
export function join(x: Exchange, origin: Wire, bytes: Buffer, start: number, end: number): void {
  const { connection } = x;
  const visitor = connection.wire;
  const tunnel = new Tunnel(visitor, origin, () => connection.left());
  connection.becomes(tunnel);
  if (end > start) visitor.write(bytes, start, end);
  const ahead = connection.takeAhead();
  if (ahead.length > 0) origin.write(ahead, 0, ahead.length);
}

/** Two wires that are one. */
export class Tunnel {
  readonly #sides: readonly [Side, Side];
  readonly #ended: () => void;
  #open = 2;
  #halfOpen = false;
  #quietMs = 0;
  #seen = 0;

  constructor(visitor: Wire, origin: Wire, ended: () => void) {
    this.#ended = ended;
    this.#sides = [new Side(visitor, origin, this), new Side(origin, visitor, this)];
    for (const { wire } of this.#sides) {
      wire.keepAlive(KEEP_ALIVE_MS);
      wire.resume();
    }
  }

  halfOpen(): void {
    this.#halfOpen = true;
  }

  closed(): void {
    if (--this.#open === 0) this.#ended();
  }

  destroy(): void {
    for (const { wire } of this.#sides) wire.destroy();
  }

  /** Time has passed: of two sides of which one has ended, the other may not be silent for longer than `limitMs`. */
  tick(stepMs: number, limitMs: number): void {
    if (!this.#halfOpen) return;
    const moved = this.#sides[0].wire.bytesRead + this.#sides[1].wire.bytesRead;
    this.#quietMs = moved === this.#seen ? this.#quietMs + stepMs : 0;
    this.#seen = moved;
    if (this.#quietMs >= limitMs) this.destroy();
  }
}

class Side implements WireOwner {
  readonly wire: Wire;
  readonly #other: Wire;
  readonly #tunnel: Tunnel;
  #hasEnded = false;

  constructor(wire: Wire, other: Wire, tunnel: Tunnel) {
    this.wire = wire;
    this.#other = other;
    this.#tunnel = tunnel;
    wire.owner = this;
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (!this.#other.write(bytes, start, end)) this.wire.pause();
  }

  drained(): void {
    this.#other.resume();
  }

  ended(): void {
    this.#hasEnded = true;
    this.#tunnel.halfOpen();
    this.#other.end();
    if (this.#other.destroyed) this.wire.destroy();
  }

  closed(): void {
    this.wire.owner = NOBODY;
    // A whole end has been passed on, and may still be on its way.
    if (!this.#hasEnded) this.#other.destroy();
    this.#tunnel.closed();
  }
}
