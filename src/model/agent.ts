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
  /** Extension or number of the agent's own telephone, as the switch knows it. */
  readonly telephone: string;
  /** argon2id in PHC string format (RFC 9106, section 3). */
  readonly passwordHash: string;
  /** Whether the supervisor lets the agent set visitors' priorities [0047]. */
  readonly maySetPriority: boolean;
}

/** How many agents of a site's firm could take a contact: `free` now, `onDuty` in all. */
export interface Staffing {
  readonly onDuty: number;
  readonly free: number;
}
