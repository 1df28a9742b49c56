/** What the supervisor and the processes it started say to each other over Node's IPC channel. */
import { z } from "zod";
import type { Config } from "../config/schema.ts";

export type ToChild =
  | { readonly type: "metrics"; readonly id: number }
  /** The first is what it starts with. */
  | { readonly type: "use"; readonly id: number; readonly config: Config };

const fromChild = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  /** It cannot start. `lasting`: trying again will not help until somebody mends something. */
  z.object({ type: z.literal("failed"), message: z.string() }),
  /** It accepts nothing more, and ends when it has finished what it has. */
  z.object({ type: z.literal("leaving") }),
  z.object({ type: z.literal("metrics"), id: z.number(), metrics: z.array(z.unknown()) }),
  /** It goes by the configuration that it was told to use, unless there is a problem. */
  z.object({ type: z.literal("used"), id: z.number(), problem: z.string().optional() }),
]);

export type FromChild = z.output<typeof fromChild>;

/** A message of a child, or nothing when it is none of ours. */
export function parseFromChild(message: unknown): FromChild | undefined {
  return fromChild.safeParse(message).data;
}

/** The configuration that the supervisor starts this process with; undefined when the supervisor is gone. */
export function configFromSupervisor(): Promise<Config | undefined> {
  return new Promise((resolve) => {
    const gone = () => resolve(undefined);
    if (!process.connected) return gone();
    process.once("disconnect", gone);
    process.once("message", (message: ToChild) => {
      process.off("disconnect", gone);
      resolve(message.type === "use" ? message.config : undefined);
    });
  });
}

/** Tells the supervisor, when there is one. */
export function tellSupervisor(message: FromChild): void {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}
