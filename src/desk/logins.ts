/** Log-ins of agents' browsers. The token is with the browser; only its hash is stored. */
import { createHash, randomBytes } from "node:crypto";
import type { Agent } from "../model/agent.ts";
import type { Clock } from "../model/clock.ts";
import type { Directory } from "./directory.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import type { Login, Records } from "./ports.ts";

/** A shift. */
export const LOGIN_LIFETIME_MS = 12 * 3_600_000;

export interface Logins {
  /** The agent and a new token of 256 bits; nothing when name and password do not fit, after the same work. */
  logIn(name: string, password: string): Promise<{ agent: Agent; token: string } | undefined>;
  /** Whose token it is. */
  who(token: string | undefined): Promise<{ agent: Agent; login: Login } | undefined>;
  logOut(token: string): Promise<void>;
}

export function createLogins(ports: {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly records: Records;
}): Logins {
  const { clock, directory, records } = ports;
  /** Checked for unknown names, so that they cost what known ones do. */
  let decoy: Promise<string> | undefined;
  return {
    async logIn(name, password) {
      const agent = directory.agent(name);
      decoy ??= hashPassword(randomBytes(16).toString("hex"));
      const fits = await verifyPassword(password, agent?.passwordHash ?? (await decoy));
      if (!agent || !fits) return undefined;
      const token = randomBytes(32).toString("base64url");
      const createdMs = clock.nowMs();
      await records.addLogin({
        tokenHash: hash(token),
        agent: agent.name,
        createdMs,
        expiresMs: createdMs + LOGIN_LIFETIME_MS,
      });
      return { agent, token };
    },
    async who(token) {
      if (token === undefined || token.length > 100) return undefined;
      const login = await records.login(hash(token));
      const agent = login && directory.agent(login.agent);
      if (!agent || login.expiresMs <= clock.nowMs()) return undefined;
      return { agent, login };
    },
    logOut: (token) => records.removeLogin(hash(token)),
  };
}

function hash(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
