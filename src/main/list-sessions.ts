import type { Config } from "../config/schema.ts";
import type { SessionLine, SessionsListed } from "../oam/operator-socket.ts";
import { askSocket } from "./ask-socket.ts";
import { StartError } from "./lifetime.ts";
import { preparePaths } from "./paths.ts";
import { printedTable } from "./printed-table.ts";

const TIMEOUT_MS = 5_000;

/**
 * `warmline sessions list`: the session activity table of the running engine, the latest first, as patent Fig. 7 shows it.
 *
 * @throws {StartError} when no engine answers, or there is no such site
 */
export async function listSessions(
  config: Config,
  options: { readonly site?: string | undefined; readonly most: number; readonly json: boolean },
): Promise<void> {
  const { site, most, json } = options;
  if (site !== undefined && !config.sites.some(({ name }) => name === site)) {
    const names = config.sites.map(({ name }) => name).join(", ");
    throw new StartError(`there is no site ${site}; known: ${names}`);
  }
  const query = { most, ...(site !== undefined && { site }) };
  const listed = (await askEngine(config, "/sessions", query)) as SessionsListed;
  process.stdout.write(json ? `${JSON.stringify(listed)}\n` : tableOf(listed));
}

/**
 * Asks the engine that runs with this configuration.
 *
 * @throws {StartError} when none answers
 */
export async function askEngine(
  config: Config,
  path: "/sessions" | "/explanation",
  query: Readonly<Record<string, string | number>>,
): Promise<unknown> {
  const socketPath = preparePaths(config).operator;
  const [method, timeoutMs] = ["GET", TIMEOUT_MS] as const;
  const answer = await askSocket({ socketPath, method, path, query, timeoutMs });
  if (answer !== undefined) return answer;
  throw new StartError(
    `no engine answers at ${socketPath}; is Warmline running, with this configuration and as this user?`,
  );
}

/** The table, for people. */
export function tableOf({ total, sessions }: SessionsListed): string {
  const rows = [
    ["VISIT", "ADDRESS", "START", "LAST ACCESS", "PAGES", "STATE", "SITE", "CURRENT PAGE"],
    ...sessions.map(cells),
  ];
  return `${printedTable(rows)}${sessions.length} of ${total} sessions\n`;
}

function cells(line: SessionLine): string[] {
  const { id, address, startedMs, lastAccessMs, pages, state, site, url = "" } = line;
  return [
    id,
    address,
    time(startedMs),
    time(lastAccessMs),
    `${pages}`,
    state,
    site,
    printable(url),
  ];
}

function time(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
}

/** What a visitor wrote into the address bar must not move the cursor of a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, "?");
}
