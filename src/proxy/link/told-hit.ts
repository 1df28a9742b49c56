import type { Asker, Hit } from "../../model/hit.ts";

/** What is a hit's own; who asks is the same for many. */
export type OwnOfHit = Omit<Hit, keyof Asker>;

/** Who asks, written as JSON once for all the hits that have it in common. */
export class TellsAsker {
  readonly asker: Asker;
  #json: string | undefined;

  constructor(asker: Asker) {
    this.asker = asker;
  }

  /** The same with another key of address and User-Agent. */
  rekeyed(addressKey: (address: string, userAgent: string) => string): TellsAsker {
    const { address, userAgent = "", visitor } = this.asker;
    const again = { ...visitor, addressKey: addressKey(address, userAgent) };
    return new TellsAsker({ ...this.asker, visitor: again });
  }

  /** The beginning of the JSON of a hit: no brace closes it. */
  get begun(): string {
    return (this.#json ??= JSON.stringify(this.asker).slice(0, -1));
  }
}

/** A hit as the link carries it. */
export function jsonOf(by: TellsAsker, hit: OwnOfHit): string {
  const { atMs, kind, url, status, referrer, withdrawn, noticed } = hit;
  let json = `${by.begun},"atMs":${atMs},"kind":"${kind}","status":${status},"url":${JSON.stringify(url)}`;
  if (referrer !== undefined) json += `,"referrer":${JSON.stringify(referrer)}`;
  if (withdrawn !== undefined) json += `,"withdrawn":${JSON.stringify(withdrawn)}`;
  if (noticed !== undefined) json += `,"noticed":${JSON.stringify(noticed)}`;
  return `${json}}`;
}
