import type { Staffing } from "../../model/agent.ts";
import { deviceOf } from "../../model/device.ts";
import type { LocalTime } from "../../model/local-time.ts";
import { pathOf, type Row } from "../row.ts";
import { hostOf, isFromAd, landingOf } from "./landing.ts";

/** What a fact, or a part of an expression, comes to. `undefined`: unknown. */
export type Value = string | number | boolean | readonly string[] | undefined;
export type Compute = (view: View) => Value;

/** One visitor at one moment: what criteria look at. */
export interface View {
  readonly row: Row;
  /** Steady time, ms. */
  readonly steadyMs: number;
  /** Wall-clock time, ms. */
  readonly nowMs: number;
  local(): LocalTime;
  /** Whether the site's opening hours include this moment. */
  open(): boolean;
  staffing(): Staffing;
  /** Contacts that can be expected of what is on its way to the agents: invitations that are out, calls that ring. */
  expected(): number;
}

/** As much of it as windows depend on. */
export type WallView = Pick<View, "row" | "nowMs">;

/**
 * What must be so for a fact to be known: `history`: the visitor lets us remember him, and has brought his cookie back; `name`: he also
 * lets us know who he is; `agent`: the browser says what it is.
 */
export type Need = "history" | "name" | "agent";

/** Something a criterion can ask for by name. */
export interface Fact {
  /** CEL compares whole numbers with any; so all numbers are said to be whole. */
  readonly type: "int" | "string" | "bool" | "list<string>";
  /** Without it, it is always known. */
  readonly needs?: Need;
  /** Grows by itself, second by second, from the time named here. */
  readonly since?: "page" | "site";
  readonly read: Compute;
}

const MS = 1_000;
const DAY_MS = 86_400_000;

const currentUrl = ({ row }: View) => row.session.trail.at(-1)?.url ?? "";
const history = ({ row }: View) => row.session.history;

/** The facts, by name. `docs/criteria.md` says the same to operators; a test compares the two. */
export const facts: Readonly<Record<string, Fact>> = {
  "page.url": { type: "string", read: currentUrl },
  "page.path": { type: "string", read: (view) => pathOf(currentUrl(view)) },
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
  pages: { type: "int", read: ({ row }) => row.session.pages },
  first_page: { type: "bool", read: ({ row }) => row.session.pages <= 1 },
  trail: {
    type: "list<string>",
    read: ({ row }) => row.session.trail.map(({ url }) => pathOf(url)),
  },
  downloads: { type: "int", read: ({ row }) => row.session.downloads?.length ?? 0 },
  "landing.url": { type: "string", read: ({ row }) => landingOf(row.session) },
  "landing.path": { type: "string", read: ({ row }) => pathOf(landingOf(row.session)) },
  from_ad: { type: "bool", read: ({ row }) => isFromAd(landingOf(row.session)) },
  referrer: { type: "string", read: ({ row }) => row.session.referrer ?? "" },
  referrer_host: { type: "string", read: ({ row }) => hostOf(row.session.referrer ?? "") },
  language: { type: "string", read: ({ row }) => row.session.language ?? "" },
  device: {
    type: "string",
    needs: "agent",
    read: ({ row }) => deviceOf(row.session.userAgent ?? ""),
  },
  bought: { type: "bool", read: ({ row }) => (row.session.milestones?.purchases.length ?? 0) > 0 },
  purchases: { type: "int", needs: "history", read: (view) => history(view)?.purchases.length },
  "ever.pages": { type: "int", needs: "history", read: (view) => history(view)?.pageCount },
  "ever.seconds": {
    type: "int",
    needs: "history",
    read: (view) => whole(history(view)?.timeSpentMs, MS),
  },
  "ever.days": {
    type: "int",
    needs: "history",
    read: (view) => {
      const { firstSeenMs } = history(view) ?? {};
      return firstSeenMs === undefined
        ? undefined
        : whole(Math.max(0, view.nowMs - firstSeenMs), DAY_MS);
    },
  },
  priority: { type: "int", read: ({ row }) => row.session.priority },
  consent: { type: "string", read: ({ row }) => row.session.consent },
  logged_in: { type: "bool", needs: "name", read: (view) => named(view, history(view)?.login) },
  identified: {
    type: "bool",
    needs: "name",
    read: (view) => {
      const { name, number } = view.row.session;
      const { login, mail } = history(view) ?? {};
      return named(view, name ?? number ?? login ?? mail);
    },
  },
  open: { type: "bool", read: (view) => view.open() },
  hour: { type: "int", read: (view) => view.local().hour },
  weekday: { type: "int", read: (view) => view.local().weekday },
  "agents.free": { type: "int", read: (view) => view.staffing().free },
  "agents.on_duty": { type: "int", read: (view) => view.staffing().onDuty },
  "agents.expected": { type: "int", read: (view) => view.expected() },
};

/** Whether something is known that only an identified visitor lets us know: of who may have one and does not let us, nobody can say. */
function named({ row }: View, known: string | undefined): boolean | undefined {
  if (known !== undefined) return true;
  return row.allows === "identified" && row.session.history ? false : undefined;
}

function whole(ms: number | undefined, unit: number): number | undefined {
  return ms === undefined ? undefined : Math.floor(ms / unit);
}
