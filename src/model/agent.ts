import type { Destination } from "./call.ts";

/** What the agent says. */
export type AgentStatus = "logged_out" | "available" | "on_break";

/** What the system sees. */
export type AgentState = "idle" | "reserved" | "ringing" | "talking" | "held" | "wrapping";

/** Who works at a desk, as configured. */
export interface Agent {
  /** Log-in name, unique. */
  readonly name: string;
  readonly displayName: string;
  readonly firm: string;
  /** `browser`: his desk; with `+`: a number of the public network (E.164); else an extension of the exchange. */
  readonly telephone: string;
  /** argon2id in PHC string format (RFC 9106, section 3). */
  readonly passwordHash: string;
  /** Whether the supervisor lets the agent set visitors' priorities [0047]. */
  readonly maySetPriority: boolean;
}

/** What an agent's telephone is called when it is his desk. */
export const BROWSER_TELEPHONE = "browser";

/** Where an agent is called: at his extension, at home by the public network, or at his desk. */
export function destinationOf({ name, telephone }: Pick<Agent, "name" | "telephone">): Destination {
  if (telephone === BROWSER_TELEPHONE) return { kind: "browser", line: deskLine(name) };
  return telephone.startsWith("+")
    ? { kind: "public", number: telephone }
    : { kind: "agent", telephone };
}

/** The line of an agent's desk at the exchange. */
export function deskLine(agent: string): string {
  return `a-${agent}`;
}

/** How many agents of a site's firm could take a contact: `free` now, `onDuty` in all. */
export interface Staffing {
  readonly onDuty: number;
  readonly free: number;
}
