import type { Answer, Exchange } from "../exchange.ts";
import { valueOf, valuesOf } from "../fields.ts";
import { allowsOwnScript } from "./csp.ts";

export const ENCODINGS = ["identity", "gzip", "x-gzip", "deflate", "br", "zstd"] as const;
export type Encoding = (typeof ENCODINGS)[number];

export type Plan =
  | {
      readonly inject: true;
      readonly html: string;
      readonly encoding: Encoding;
      readonly script: boolean;
    }
  | { readonly inject: false; readonly reason: string };

/** What is appended to a page, or why nothing is. */
export function plan(x: Exchange, answer: Answer): Plan {
  const skip = (reason: string): Plan => ({ inject: false, reason });
  if (!x.site || x.site.engagement === "off") return skip("disabled");
  if (x.request.method !== "GET") return skip("method");
  if (answer.status === 206 || valueOf(answer.fields, "content-range") !== undefined)
    return skip("range");
  if (answer.status !== 200) return skip("status");
  if (!/^text\/html\s*(;|$)/i.test(valueOf(answer.fields, "content-type") ?? ""))
    return skip("content_type");
  if (!x.navigation) return skip("fragment");
  if (/\bno-transform\b/i.test(valueOf(answer.fields, "cache-control") ?? ""))
    return skip("no_transform");
  const named = (valueOf(answer.fields, "content-encoding") ?? "identity").trim().toLowerCase();
  const encoding = ENCODINGS.find((e) => e === named);
  if (!encoding) return skip("encoding");
  const script = allowsOwnScript(valuesOf(answer.fields, "content-security-policy"), x.host);
  if (!script && !x.pending) return skip("csp");
  const loader = script ? `<script async src="${x.site.reservedPath}loader.js"></script>` : "";
  return { inject: true, html: `${x.pending?.html ?? ""}${loader}`, encoding, script };
}
