import { pathOf } from "../row.ts";
import { bestLanguage } from "./best-language.ts";
import type { Compute, Fact, Need, View, WallView } from "./facts.ts";
import { landingOf, parameterOf } from "./landing.ts";
import { changeOf, countWithin, type Moment, within } from "./windows.ts";

/** What an argument is; all are constants. `window` is a length of time, as in `"7d"`, and comes as ms. */
export type Parameter = "window" | "text" | "texts";
export type Argument = number | string | readonly string[];

/** Something a criterion can ask for that wants arguments. */
export interface FactFunction {
  /** As operators are shown it. */
  readonly example: string;
  readonly type: Exclude<Fact["type"], "list<string>">;
  readonly needs?: Need;
  /** What it may be called with. */
  readonly forms: readonly (readonly Parameter[])[];
  make(...args: Argument[]): Made;
}

/** A function with its arguments. */
export interface Made {
  readonly read: Compute;
  /** With a window: in how many ms its value changes by itself; Infinity for never. */
  readonly changesInMs?: (view: WallView) => number;
}

type Moments = (view: WallView) => readonly Moment[] | undefined;

const history = ({ row }: WallView) => row.session.history;

/** How often something happened within a window; with no window, `all` of it. */
function counted(moments: Moments, all?: Compute): FactFunction["make"] {
  return (windowMs) =>
    typeof windowMs === "number"
      ? {
          read: (view) => countWithin(moments(view), view, windowMs),
          changesInMs: (view) => changeOf(moments(view), view, windowMs),
        }
      : { read: all ?? ((view) => moments(view)?.length) };
}

const NO_TIMES: readonly Moment[] = [];

/** The functions, by name. `docs/criteria.md` says the same to operators; a test compares the two. */
export const functions: Readonly<Record<string, FactFunction>> = {
  visits: {
    example: 'visits("7d")',
    type: "int",
    needs: "history",
    forms: [[], ["window"]],
    make: counted(
      (view) => history(view)?.visitsMs,
      (view) => history(view)?.visitCount,
    ),
  },
  pages: {
    example: 'pages("10m")',
    type: "int",
    forms: [["window"]],
    make: counted(({ row }) => row.session.trail),
  },
  downloads: {
    example: 'downloads("10m")',
    type: "int",
    forms: [["window"]],
    make: counted(({ row }) => row.session.downloads ?? NO_TIMES),
  },
  purchases: {
    example: 'purchases("30d")',
    type: "int",
    needs: "history",
    forms: [["window"]],
    make: (...window) => counted((view) => purchasesOf(view, window[0]))(...window),
  },
  spent: {
    example: 'spent("30d")',
    type: "int",
    needs: "history",
    forms: [[], ["window"]],
    make: (windowMs) => ({
      read: (view) => {
        const all = purchasesOf(view, windowMs);
        const counted = typeof windowMs === "number" ? within(all, view, windowMs) : all;
        return counted?.reduce((sum, { amount = 0 }) => sum + amount, 0);
      },
      ...(typeof windowMs === "number" && {
        changesInMs: (view) => changeOf(purchasesOf(view, windowMs), view, windowMs),
      }),
    }),
  },
  events: {
    example: 'events("signup", "30d")',
    type: "int",
    needs: "history",
    forms: [["text"], ["text", "window"]],
    make: (name, windowMs) => {
      const moments: Moments = (view) =>
        past(view, "events", windowMs)?.filter((event) => event.name === name);
      return windowMs === undefined ? counted(moments)() : counted(moments)(windowMs);
    },
  },
  done: {
    example: 'done("signup")',
    type: "bool",
    forms: [["text"]],
    make: (name) => ({
      read: ({ row }) =>
        row.session.milestones?.events.some((event) => event.name === name) ?? false,
    }),
  },
  visited: {
    example: 'visited("/prices")',
    type: "bool",
    forms: [["text"]],
    make: (prefix) => ({ read: (view) => began(view, prefix as string) > 0 }),
  },
  views: {
    example: 'views("/prices")',
    type: "int",
    forms: [["text"]],
    make: (prefix) => ({ read: (view) => began(view, prefix as string) }),
  },
  went: {
    example: 'went("/prices", "/cart")',
    type: "bool",
    forms: [
      ["text", "text"],
      ["text", "text", "text"],
      ["text", "text", "text", "text"],
    ],
    make: (...steps) => ({ read: (view) => went(view, steps as string[]) }),
  },
  downloaded: {
    example: 'downloaded("/files/")',
    type: "bool",
    forms: [["text"]],
    make: (prefix) => ({
      read: ({ row }) =>
        row.session.downloads?.some(({ url }) => url.startsWith(prefix as string)) ?? false,
    }),
  },
  param: {
    example: 'param("utm_source")',
    type: "string",
    forms: [["text"]],
    make: (name) => ({ read: ({ row }) => parameterOf(landingOf(row.session), name as string) }),
  },
  best_language: {
    example: 'best_language(["de", "en"])',
    type: "string",
    forms: [["texts"]],
    make: (offered) => ({
      read: ({ row }) => bestLanguage(row.session.language ?? "", offered as readonly string[]),
    }),
  },
};

/**
 * What the visitor's past knows; of a visitor who has none, what happened in this visit, if no more is asked for. Undefined when more is
 * asked for than he lets us know.
 */
function past<Kind extends "purchases" | "events">(
  view: WallView,
  kind: Kind,
  windowMs: Argument | undefined,
) {
  const { history, milestones, startedMs } = view.row.session;
  if (history) return history[kind];
  return typeof windowMs === "number" && windowMs <= view.nowMs - startedMs
    ? (milestones?.[kind] ?? [])
    : undefined;
}

function purchasesOf(view: WallView, windowMs: Argument | undefined) {
  return past(view, "purchases", windowMs);
}

/** On how many pages of the visit the path begins so. */
function began({ row }: View, prefix: string): number {
  let count = 0;
  for (const { url } of row.session.trail) if (pathOf(url).startsWith(prefix)) count += 1;
  return count;
}

/** Whether the visitor has seen pages that begin so, in this order; others may lie between. */
function went({ row }: View, steps: readonly string[]): boolean {
  let next = 0;
  for (const { url } of row.session.trail) {
    if (next < steps.length && pathOf(url).startsWith(steps[next]!)) next += 1;
  }
  return next === steps.length;
}
