/** A budget that refills: so much at once, and so much a second afterwards. */
export class Bucket {
  readonly #burst: number;
  readonly #perMs: number;
  #left: number;
  #atMs: number;

  constructor(burst: number, perSecond: number, nowMs: number) {
    this.#burst = burst;
    this.#perMs = perSecond / 1000;
    this.#left = burst;
    this.#atMs = nowMs;
  }

  /** Takes an amount; false when there is not so much, and then all is gone. */
  take(amount: number, nowMs: number): boolean {
    // A clock that was set back refills nothing.
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    const left = Math.min(this.#burst, this.#left + passedMs * this.#perMs) - amount;
    this.#left = Math.max(0, left);
    return left >= 0;
  }
}
