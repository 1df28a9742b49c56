/** The orders of the visitors' table. Pure. */
import type { Session } from "../../model/session.ts";

/** Address, session start, last access and current page are the columns of patent Fig. 7. */
export type SessionColumn = "address" | "page" | "started" | "access" | "priority";

type Order = (a: Session, b: Session) => number;

const textually = new Intl.Collator(undefined, { numeric: true }).compare;
const latestAccess: Order = (a, b) => b.lastAccessMs - a.lastAccessMs;

const ORDERS: Readonly<Record<SessionColumn, Order>> = {
  address: (a, b) => textually(a.name ?? a.address, b.name ?? b.address),
  page: (a, b) => textually(a.trail.at(-1)?.url ?? "", b.trail.at(-1)?.url ?? ""),
  started: (a, b) => a.startedMs - b.startedMs,
  access: latestAccess,
  priority: (a, b) => b.priority - a.priority,
};

/** By the column as one wants it first: the longest visit, the latest access, the highest priority. */
export function bySessionColumn(column: SessionColumn): Order {
  return (a, b) => ORDERS[column](a, b) || latestAccess(a, b);
}
