import { text } from "node:stream/consumers";
import { hashPassword } from "../desk/password.ts";
import { StartError } from "./lifetime.ts";

const SHORTEST = 10;

/**
 * Prints the hash of the password on standard input, for `agents[].passwordHash`.
 *
 * @throws {StartError} when it is too short
 */
export async function hashFromInput(): Promise<void> {
  if (process.stdin.isTTY) process.stderr.write("Password, then Enter and Ctrl-D: ");
  const password = (await text(process.stdin)).replace(/\r?\n$/, "");
  if (password.length < SHORTEST) throw new StartError(`use at least ${SHORTEST} characters`);
  process.stdout.write(`${await hashPassword(password)}\n`);
}
