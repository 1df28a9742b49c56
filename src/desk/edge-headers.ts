/** Who asks, as the edge says on every request it passes on; it strips these headers from whatever visitors send. */
import type { IncomingHttpHeaders } from "node:http";
import { CONSENT_TIERS, type ConsentSaid } from "../model/consent.ts";
import type { Site } from "../model/site.ts";
import type { VisitorRef } from "../model/visitor.ts";

export interface EdgeHeaders {
  /** The site's name. */
  readonly site: string;
  readonly address: string;
  readonly visitor: VisitorRef;
  /** What the visitor has said to our question; of sites that ask. */
  readonly said?: ConsentSaid;
}

/** Who asks, of a site that we know. */
export interface Asker extends EdgeHeaders {
  readonly known: Site;
}

/** What the edge says, or nothing when the request did not come through an edge. */
export function readEdgeHeaders(headers: IncomingHttpHeaders): EdgeHeaders | undefined {
  const site = headers["x-warmline-site"];
  const address = headers["x-warmline-address"];
  const cookie = headers["x-warmline-cookie"];
  const visitorId = headers["x-warmline-visitor"];
  const addressKey = headers["x-warmline-address-key"];
  if (typeof site !== "string" || typeof address !== "string") return undefined;
  if (typeof addressKey !== "string" || addressKey === "") return undefined;
  const said = saidBy(headers["x-warmline-consent"]);
  const from = { site, address, ...(said && { said }) };
  if (typeof visitorId !== "string" || visitorId === "" || cookie === "none") {
    return { ...from, visitor: { cookie: "none", addressKey } };
  }
  return {
    ...from,
    visitor: { cookie: cookie === "issued" ? "issued" : "returned", visitorId, addressKey },
  };
}

const SAID: ReadonlySet<unknown> = new Set<ConsentSaid>(["refused", "undecided", ...CONSENT_TIERS]);

function saidBy(value: unknown): ConsentSaid | undefined {
  return SAID.has(value) ? (value as ConsentSaid) : undefined;
}
