/** What the cookies of consent managers say: which categories a visitor has agreed to. */
import type { ConsentManager } from "../../model/consent.ts";
import { decoded } from "../decoded.ts";
import { parseTcString } from "./tcf.ts";

/** Categories by the manager's own names. */
type Granted = ReadonlySet<string>;

/** The visitor has not been asked yet, or has not answered. */
export const NOT_ASKED = "not_asked";

interface Manager {
  /** Its cookie, unless it is named otherwise. */
  readonly cookie: string;
  /** What must be granted for a tier, unless the site says otherwise. */
  readonly persistent: readonly string[];
  readonly identified: readonly string[];
  /** Undefined when it is no cookie of this manager's. */
  readonly read: (value: string) => Granted | typeof NOT_ASKED | undefined;
}

const ALL_OF_COOKIEBOT: Granted = new Set(["preferences", "statistics", "marketing"]);

export const MANAGERS: Readonly<Record<ConsentManager, Manager>> = {
  // Purpose 1: to store and read something on a device; 5 and 6: profiles to personalise content.
  tcf: { cookie: "euconsent-v2", persistent: ["1"], identified: ["1", "5", "6"], read: tcf },
  // C0003: functional, C0004: targeting.
  onetrust: {
    cookie: "OptanonConsent",
    persistent: ["C0003"],
    identified: ["C0003", "C0004"],
    read: onetrust,
  },
  cookiebot: {
    cookie: "CookieConsent",
    persistent: ["preferences"],
    identified: ["preferences", "marketing"],
    read: cookiebot,
  },
  cookieyes: {
    cookie: "cookieyes-consent",
    persistent: ["functional"],
    identified: ["functional", "advertisement"],
    read: cookieyes,
  },
  // Services are the site's own: these two are ours.
  klaro: {
    cookie: "klaro",
    persistent: ["warmline"],
    identified: ["warmline", "warmline-name"],
    read: klaro,
  },
};

function tcf(value: string): Granted | undefined {
  const said = parseTcString(value);
  return said && new Set([...(said.publisher ?? said.purposes)].map(String));
}

/** `isGpcEnabled=0&…&groups=C0001%3A1%2CC0002%3A0&…`; other parts hold addresses that others may have made up. */
function onetrust(value: string): Granted | undefined {
  const groups = value.split("&").find((part) => part.startsWith("groups="));
  return groups === undefined ? undefined : pairs(decoded(groups.slice("groups=".length)), "1");
}

/** `{stamp:'…',necessary:true,preferences:false,…}`; -1 where the law asks nobody, 0 before there is an answer. */
function cookiebot(value: string): Granted | typeof NOT_ASKED | undefined {
  if (value === "-1") return ALL_OF_COOKIEBOT;
  if (value === "0") return NOT_ASKED;
  const text = decoded(value);
  return /^\{.*\}$/.test(text) ? pairs(text.slice(1, -1), "true") : undefined;
}

/** `consentid:…,consent:yes,action:yes,necessary:yes,functional:no,…`; without action there was no answer. */
function cookieyes(value: string): Granted | typeof NOT_ASKED | undefined {
  const text = decoded(value);
  if (!text.includes("consent:")) return undefined;
  const granted = pairs(text, "yes");
  return granted.has("action") ? granted : NOT_ASKED;
}

/** `{"service":true,…}`. */
function klaro(value: string): Granted | undefined {
  try {
    const said: unknown = JSON.parse(decoded(value));
    if (typeof said !== "object" || said === null) return undefined;
    return new Set(Object.entries(said).flatMap(([name, is]) => (is === true ? [name] : [])));
  } catch {
    return undefined;
  }
}

/** Of `name:value,name:value` the names with this value. */
function pairs(text: string, granted: string): Granted {
  const names = text.split(",").flatMap((pair) => {
    const [name = "", value, more] = pair.split(":");
    return value?.trim() === granted && more === undefined ? [name.trim()] : [];
  });
  return new Set(names);
}
