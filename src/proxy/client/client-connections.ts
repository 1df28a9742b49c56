import { clientKey } from "./client-key.ts";

/** Counts the connections of each client; as many entries as there are connections, at most. */
export class ClientConnections {
  readonly #counts = new Map<string, number>();

  /** One more; false when the client has as many as it may already. What has entered must leave. */
  enter(address: string, most: number): boolean {
    const key = clientKey(address);
    const count = this.#counts.get(key) ?? 0;
    if (count >= most) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  leave(address: string): void {
    const key = clientKey(address);
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }
}
