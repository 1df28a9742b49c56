import type { Staffing } from "../../model/agent.ts";
import type { LocalTime } from "../../model/local-time.ts";
import { pathOf, type Row } from "../row.ts";

/** What a fact, or a part of an expression, comes to. `undefined`: unknown. */
export type Value = string | number | boolean | readonly string[] | undefined;

/** One visitor at one moment: what criteria look at. */
export interface View {
  readonly row: Row;
  /** Steady time, ms. */
  readonly steadyMs: number;
  /** Wall-clock time, ms. */
  readonly nowMs: number;
  local(): LocalTime;
  staffing(): Staffing;
}

/** Something a criterion can ask for by name. */
export interface Fact {
  readonly type: "int" | "string" | "bool" | "list<string>";
  /** Grows by itself, second by second, from the time named here. */
  readonly since?: "page" | "site";
  readonly read: (view: View) => Value;
}

const MS = 1_000;

/** The facts, by name. `docs/criteria.md` says the same to operators; a test compares the two. */
export const facts: Readonly<Record<string, Fact>> = {
  "page.url": { type: "string", read: ({ row }) => row.session.trail.at(-1)?.url ?? "" },
  "page.path": { type: "string", read: ({ row }) => pathOf(row.session.trail.at(-1)?.url ?? "") },
  "page.seconds": {
    type: "int",
    since: "page",
    read: ({ row, steadyMs }) => Math.floor((steadyMs - row.pageMs) / MS),
  },
  "site.seconds": {
    type: "int",
    since: "site",
    read: ({ row, steadyMs }) => Math.floor((steadyMs - row.startedMs) / MS),
  },
  "agents.free": { type: "int", read: (view) => view.staffing().free },
  "agents.on_duty": { type: "int", read: (view) => view.staffing().onDuty },
  pages: { type: "int", read: ({ row }) => row.session.pages },
  trail: {
    type: "list<string>",
    read: ({ row }) => row.session.trail.map(({ url }) => pathOf(url)),
  },
  first_page: { type: "bool", read: ({ row }) => row.session.pages <= 1 },
  referrer: { type: "string", read: ({ row }) => row.session.referrer ?? "" },
  language: { type: "string", read: ({ row }) => row.session.language ?? "" },
  priority: { type: "int", read: ({ row }) => row.session.priority },
  purchases: { type: "int", read: ({ row }) => row.session.history?.purchases.length },
  hour: { type: "int", read: (view) => view.local().hour },
  weekday: { type: "int", read: (view) => view.local().weekday },
};

/** All visits there ever were, this one included. */
export function visits({ row }: View): Value {
  return row.session.history?.visitCount;
}

/** Visits that began within the window, this one included [0032-0033]. */
export function visitsWithin(windowMs: number): (view: View) => Value {
  return ({ row, nowMs }) => {
    const began = row.session.history?.visitsMs;
    if (!began) return undefined;
    let count = 0;
    for (const atMs of began) if (atMs > nowMs - windowMs) count += 1;
    return count;
  };
}

/** Whether a page of this visit has a path that begins so. */
export function visited(prefix: string): (view: View) => Value {
  return ({ row }) => row.session.trail.some(({ url }) => pathOf(url).startsWith(prefix));
}
