import { randomBytes } from "node:crypto";
import type { Answer, Exchange } from "../exchange.ts";
import { type Fields, pairs, valueOf, valuesOf } from "../fields.ts";
import { whyNoNavigation } from "../navigation.ts";
import { isSecure } from "../phases/recognise.ts";
import { isWide } from "./charset.ts";
import { type Additions, fitPolicies, type Policies } from "./csp.ts";
import { ENCODINGS, type Encoding } from "./decode.ts";
import type { Tail } from "./tail.ts";

export type Plan =
  | (Pick<Tail, "markup" | "loader" | "allowed"> & {
      readonly inject: true;
      readonly coding: Encoding;
      /** A nonce of this answer only is in it: the answer must not be used twice. */
      readonly nonce: boolean;
      /** The answer's fields, with the policies that go with what is appended. */
      readonly fields: Fields;
    })
  | { readonly inject: false; readonly reason: string };

/** What is appended to a page, or why nothing is. A HEAD is planned as the GET would be. */
export function plan(x: Exchange, answer: Answer): Plan {
  const reason = whyNot(x, answer);
  if (reason !== undefined || !x.site) return { inject: false, reason: reason ?? "disabled" };
  const named = (valueOf(answer.fields, "content-encoding") ?? "").trim().toLowerCase();
  const coding = ENCODINGS.find((e) => e === (named || "identity"));
  if (!coding) return { inject: false, reason: "encoding" };

  const nonce = randomBytes(18).toString("base64");
  const scheme = isSecure(x) ? "https" : "http";
  const to = additionsOf(`${scheme}://${authorityOf(x)}${x.site.reservedPath}`);
  const fit = fitPolicies(policiesOf(answer.fields), to, nonce);
  const markup = x.pending && fit.form ? styled(x.pending.html, fit.style) : "";
  const attribute = fit.nonce ? ` nonce="${nonce}"` : "";
  const loader = fit.script
    ? `<script async${attribute} src="${to.script.pathname}"></script>`
    : "";
  if (markup === "" && loader === "") return { inject: false, reason: "csp" };
  return {
    inject: true,
    coding,
    markup,
    loader: (markup.length + loader.length) % 2 === 0 ? loader : `${loader}\n`,
    nonce: fit.nonce,
    fields: withPolicies(answer.fields, fit.policies),
    allowed(enforced) {
      if (enforced.length === 0) return { script: true, form: true };
      // What stands in the document cannot be added to.
      const own = fitPolicies({ enforced, reportOnly: [] }, to, nonce);
      const unchanged = own.policies.enforced.every((policy, i) => policy === enforced[i]);
      return { script: own.script && unchanged, form: own.form };
    },
  };
}

/** Why nothing may be appended, apart from policies and encodings. */
function whyNot({ site, request }: Exchange, { status, fields }: Answer): string | undefined {
  if (!site || site.engagement === "off") return "disabled";
  if (request.method !== "GET" && request.method !== "HEAD") return "method";
  if (status === 206 || valueOf(fields, "content-range") !== undefined) return "range";
  if (status !== 200) return "status";
  const type = valueOf(fields, "content-type") ?? "";
  if (!/^text\/html\s*(;|$)/i.test(type)) return "content_type";
  if (/^\s*attachment/i.test(valueOf(fields, "content-disposition") ?? "")) return "attachment";
  const why = whyNoNavigation(site, request);
  if (why !== undefined) return why;
  if (/(^|[\s,;])no-transform($|[\s,;])/i.test(valueOf(fields, "cache-control") ?? ""))
    return "no_transform";
  if (isWide(type)) return "charset";
  return valueOf(fields, "content-length")?.trim() === "0" ? "empty" : undefined;
}

/** Host and port as the visitor knows them; a port that cannot be is left out. */
function authorityOf({ request, host }: Exchange): string {
  const asked = request.headers.host ?? host;
  return URL.canParse(`http://${asked}`) ? asked : host;
}

/** Where our additions are, all under the reserved path. */
function additionsOf(base: string): Additions {
  return {
    script: new URL("loader.js", base),
    connect: new URL("events", base),
    style: new URL("card.css", base),
    form: new URL("answer", base),
  };
}

/** An invitation reads well without its stylesheet; a forbidden one would only be reported to the site's owner. */
function styled(html: string, style: boolean): string {
  return style ? html : html.replaceAll(/<link rel="stylesheet"[^>]*>/g, "");
}

const ENFORCED = "content-security-policy";
const REPORT_ONLY = "content-security-policy-report-only";

function policiesOf(fields: Fields): Policies {
  return { enforced: valuesOf(fields, ENFORCED), reportOnly: valuesOf(fields, REPORT_ONLY) };
}

function withPolicies(fields: Fields, { enforced, reportOnly }: Policies): string[] {
  let [e, r] = [0, 0];
  return [...pairs(fields)].flatMap(([name, value, lower]) => {
    if (lower === ENFORCED) return [name, enforced[e++] ?? value];
    if (lower === REPORT_ONLY) return [name, reportOnly[r++] ?? value];
    return [name, value];
  });
}
