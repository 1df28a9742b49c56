import { textHash } from "../text-hash.ts";

/** How often a client may ask: so often at once, and so many times a second afterwards. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Places that one client may have; a power of two. */
const WAYS = 4;
const CLIENTS = 16_384;

/**
 * Token buckets of clients, in a table that never grows. When there are more clients than it has places, those are forgotten that have asked
 * least: a flood from ever new addresses lets nobody off who has asked much.
 */
export class RateTable {
  readonly #rate: Rate;
  readonly #seed: number;
  readonly #sets: number;
  readonly #whose: Uint32Array;
  readonly #tokens: Float64Array;
  readonly #atMs: Float64Array;

  /**
   * @param seed unknown to clients, who could meet in one place otherwise
   * @param clients how many it has places for; a power of two
   */
  constructor(rate: Rate, seed: number, clients = CLIENTS) {
    this.#rate = rate;
    this.#seed = seed;
    this.#sets = clients / WAYS;
    this.#whose = new Uint32Array(clients);
    this.#tokens = new Float64Array(clients);
    this.#atMs = new Float64Array(clients);
  }

  /**
   * A client asks.
   *
   * @param steadyMs time that only passes
   * @returns 0 when it may, else in how many ms
   */
  take(client: string, steadyMs: number): number {
    const { perSecond, burst } = this.#rate;
    const first = (textHash(client, this.#seed) % this.#sets) * WAYS;
    const whose = textHash(client, ~this.#seed) || 1;
    let place = first;
    let most = -1;
    for (let i = first; i < first + WAYS; i++) {
      const left = this.#left(i, steadyMs);
      if (this.#whose[i] === whose) {
        place = i;
        most = left;
        break;
      }
      if (left > most) [place, most] = [i, left];
    }
    const left = this.#whose[place] === whose ? most : burst;
    const may = left >= 1;
    this.#whose[place] = whose;
    this.#tokens[place] = may ? left - 1 : left;
    this.#atMs[place] = steadyMs;
    return may ? 0 : ((1 - left) / perSecond) * 1000;
  }

  /** Of an empty place: all. */
  #left(place: number, steadyMs: number): number {
    const { perSecond, burst } = this.#rate;
    if (this.#whose[place] === 0) return burst;
    const passedMs = steadyMs - (this.#atMs[place] as number);
    return Math.min(burst, (this.#tokens[place] as number) + (passedMs * perSecond) / 1000);
  }
}
