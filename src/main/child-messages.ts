/** What the supervisor and the processes it started say to each other over Node's IPC channel. */
import { z } from "zod";

export type ToChild = { readonly type: "metrics"; readonly id: number };

const fromChild = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  /** It cannot start. `lasting`: trying again will not help until somebody mends something. */
  z.object({ type: z.literal("failed"), message: z.string() }),
  z.object({ type: z.literal("metrics"), id: z.number(), metrics: z.array(z.unknown()) }),
]);

export type FromChild = z.output<typeof fromChild>;

/** A message of a child, or nothing when it is none of ours. */
export function parseFromChild(message: unknown): FromChild | undefined {
  return fromChild.safeParse(message).data;
}

/** Tells the supervisor, when there is one. */
export function tellSupervisor(message: FromChild): void {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}
