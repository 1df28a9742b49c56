/** Orders of the desk to the engine, typed. */
import type { Me, OrderRefused, Orders } from "../protocol.ts";

/** An order that was not carried out; `message` is for the agent. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * Gives an order.
 *
 * @throws {Refused} when it was refused (`status` is the HTTP status), or did not arrive (`status` 0)
 */
export async function order<Path extends keyof Orders>(
  path: Path,
  body: Orders[Path]["body"],
): Promise<Orders[Path]["answer"]> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused(0, "WL_OFFLINE", "The server cannot be reached. Try again in a moment.");
  }
  const answer = (await response.json().catch(() => undefined)) as unknown;
  if (response.ok) return answer as Orders[Path]["answer"];
  const refusal = (answer as OrderRefused | undefined)?.error;
  throw new Refused(
    response.status,
    refusal?.code ?? "WL_UNEXPECTED",
    refusal?.message ?? `The server answered with an error (${response.status}).`,
  );
}

/** Whether somebody is logged in here. With the engine away nobody can tell: as before, then. */
export async function loggedIn(): Promise<boolean> {
  try {
    const { agent } = (await (await fetch("/api/me")).json()) as Me;
    return agent !== null;
  } catch {
    return true;
  }
}
