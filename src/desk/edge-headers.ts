/** Who asks, as the edge says on every request it passes on; it strips these headers from whatever visitors send. */
import type { IncomingHttpHeaders } from "node:http";
import type { VisitorRef } from "../model/visitor.ts";

export interface EdgeHeaders {
  /** The site's name. */
  readonly site: string;
  readonly address: string;
  readonly visitor: VisitorRef;
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
  if (typeof visitorId !== "string" || visitorId === "" || cookie === "none") {
    return { site, address, visitor: { cookie: "none", addressKey } };
  }
  return {
    site,
    address,
    visitor: { cookie: cookie === "issued" ? "issued" : "returned", visitorId, addressKey },
  };
}
