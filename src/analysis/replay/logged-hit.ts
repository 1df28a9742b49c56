import { CONSENT_TIERS } from "../../model/consent.ts";
import { agentOf, type Device } from "../../model/device.ts";
import type { Hit } from "../../model/hit.ts";
import type { NoticedInLog } from "../../model/milestone.ts";
import type { ConsentTier } from "../../model/visitor.ts";

/** What a line of the access log says of a hit. */
export interface LoggedHit extends Pick<Hit, "site" | "atMs" | "status" | "consent"> {
  readonly kind: Hit["kind"];
  /** Without query. */
  readonly path: string;
  /** The address, without its last part. */
  readonly address: string;
  readonly cookie: "returned" | "issued" | "none";
  /** Stands for the visitor; absent for one who refuses. */
  readonly visitor?: string;
  readonly language?: string;
  readonly referrer?: string;
  readonly device?: Device;
  /** Of the query, what the site's criteria asked for. */
  readonly query?: string;
  readonly noticed?: NoticedInLog;
}

const KINDS = new Set<unknown>(["page", "download", "transfer", "notice"]);
const COOKIES = new Set<unknown>(["returned", "issued", "none"]);
const TIERS = new Set<unknown>(CONSENT_TIERS);

const isDevice = (value: unknown): value is Device =>
  typeof value === "string" && Object.hasOwn(agentOf, value);

/** What is as an edge writes it; the rest is left out. */
function noticedIn(said: object): NoticedInLog {
  const { purchases, events, identity } = said as Readonly<Record<string, unknown>>;
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  return {
    purchases: list(purchases).map((one) => {
      const { amount, currency } = (one ?? {}) as Readonly<Record<string, unknown>>;
      return {
        ...(typeof amount === "number" && { amount }),
        ...(typeof currency === "string" && { currency }),
      };
    }),
    events: list(events).filter((name) => typeof name === "string"),
    ...(identity === true && { identity }),
  };
}

/** The hit in a line; `undefined`: the line is of something else; `"broken"`: it is not of an access log of ours. */
export function hitIn(line: string): LoggedHit | "broken" | undefined {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return "broken";
  }
  if (typeof said !== "object" || said === null) return "broken";
  const {
    msg,
    hit: kind,
    site,
    time,
    path,
    status,
    consent,
    cookie,
    client,
    ...rest
  } = said as Readonly<Record<string, unknown>>;
  if (msg !== "request" || kind === undefined) return undefined;
  const atMs = typeof time === "string" ? Date.parse(time) : Number.NaN;
  const isHit =
    KINDS.has(kind) &&
    COOKIES.has(cookie) &&
    TIERS.has(consent) &&
    typeof site === "string" &&
    typeof path === "string" &&
    typeof status === "number" &&
    !Number.isNaN(atMs);
  if (!isHit) return "broken";
  const { visitor, language, referrer, device, query, noticed } = rest;
  return {
    site,
    atMs,
    kind: kind as Hit["kind"],
    path,
    status,
    consent: consent as ConsentTier,
    cookie: cookie as LoggedHit["cookie"],
    address: typeof client === "string" ? client : "",
    ...(typeof visitor === "string" && { visitor }),
    ...(typeof language === "string" && { language }),
    ...(typeof referrer === "string" && { referrer }),
    ...(isDevice(device) && { device }),
    ...(typeof query === "string" && { query }),
    ...(typeof noticed === "object" && noticed !== null && { noticed: noticedIn(noticed) }),
  };
}
