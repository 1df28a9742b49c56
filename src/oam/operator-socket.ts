/**
 * What the operator of the machine may see and others may not, visitors' addresses among it: a Unix socket in the run
 * directory, which only the user that Warmline runs as can open.
 */
import { chmod, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { z } from "zod";
import type { Explanation } from "../model/explanation.ts";
import type { Session } from "../model/session.ts";

/** A line of patent Fig. 7. */
export interface SessionLine {
  readonly id: string;
  readonly site: string;
  readonly address: string;
  readonly startedMs: number;
  readonly lastAccessMs: number;
  /** The current page; absent before the first. */
  readonly url?: string;
  readonly pages: number;
  readonly state: Session["state"];
  readonly consent: Session["consent"];
}

/** The answer to `GET /sessions?site=…&most=…`. */
export interface SessionsListed {
  /** All that there are, also those that are not in the list. */
  readonly total: number;
  /** The latest first. */
  readonly sessions: readonly SessionLine[];
}

/** The answer to `GET /explanation?visitor=…`. */
export interface VisitExplained {
  /** The latest visit of whoever was asked for. */
  readonly session: SessionLine;
  /** How many more there are. */
  readonly others: number;
  readonly campaigns: readonly Explanation[];
}

export interface OperatorSource {
  /** @param visitor id of a visit, or an address; an answer of undefined says that nobody is there by it */
  explain(visitor: string):
    | {
        readonly session: Session;
        readonly others: number;
        readonly campaigns: readonly Explanation[];
      }
    | undefined;
  /** @param site undefined for all; an answer of undefined says that there is no such site */
  sessions(
    site: string | undefined,
    most: number,
  ): { readonly total: number; readonly sessions: readonly Session[] } | undefined;
}

/** More would keep visitors' hits waiting. */
const MOST_LISTED = 1_000;
const OWNER_ONLY = 0o600;

const query = z.object({
  site: z.string().optional(),
  most: z.coerce.number().int().min(1).max(MOST_LISTED).default(100),
});

/** @throws what `listen` throws. What is left of an earlier life at `path` is removed. */
export async function listenForOperator(
  path: string,
  source: OperatorSource,
): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://operator");
    const answer =
      pathname === "/sessions"
        ? listed(source, Object.fromEntries(searchParams))
        : pathname === "/explanation"
          ? explained(source, searchParams.get("visitor") ?? "")
          : undefined;
    response.writeHead(answer ? 200 : 404, { "Content-Type": "application/json" });
    response.end(JSON.stringify(answer ?? {}));
  });
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, OWNER_ONLY);
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listed(source: OperatorSource, asked: object): SessionsListed | undefined {
  const { data } = query.safeParse(asked);
  const found = data && source.sessions(data.site, data.most);
  return found && { total: found.total, sessions: found.sessions.map(lineOf) };
}

function explained(source: OperatorSource, visitor: string): VisitExplained | undefined {
  const found = source.explain(visitor);
  return found && { ...found, session: lineOf(found.session) };
}

function lineOf(session: Session): SessionLine {
  const { id, site, address, startedMs, lastAccessMs, pages, state, consent } = session;
  const url = session.trail.at(-1)?.url;
  return {
    id,
    site,
    address,
    startedMs,
    lastAccessMs,
    ...(url !== undefined && { url }),
    pages,
    state,
    consent,
  };
}
