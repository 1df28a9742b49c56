import { randomBytes } from "node:crypto";
import type { Exchange } from "../exchange.ts";
import type { AnswerHead } from "../http1/answer-head.ts";
import { hostOf } from "../target.ts";
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
      /** The answer's policies, with what goes with what is appended. */
      readonly policies: Policies;
    })
  | { readonly inject: false; readonly reason: string };

/** What is appended to a page, or why nothing is. A HEAD is planned as the GET would be. */
export function plan(x: Exchange, head: AnswerHead): Plan {
  const reason = whyNot(x, head);
  if (reason !== undefined || !x.site) return { inject: false, reason: reason ?? "disabled" };
  const named = (head.get("content-encoding") ?? "").trim().toLowerCase();
  const coding = ENCODINGS.find((e) => e === (named || "identity"));
  if (!coding) return { inject: false, reason: "encoding" };

  const nonce = randomBytes(18).toString("base64");
  const scheme = x.secure ? "https" : "http";
  const to = additionsOf(`${scheme}://${authorityOf(x)}${x.site.reservedPath}`);
  const fit = fitPolicies(policiesOf(head), to, nonce);
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
    policies: fit.policies,
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
function whyNot({ site, method, whyNoNavigation }: Exchange, head: AnswerHead): string | undefined {
  const { status } = head;
  if (!site || site.engagement === "off") return "disabled";
  if (!head.isHtml) return "content_type";
  if (method !== "GET" && method !== "HEAD") return "method";
  if (status === 206 || head.get("content-range") !== undefined) return "range";
  if (status !== 200) return "status";
  const type = head.get("content-type") ?? "";
  if (/^\s*attachment/i.test(head.get("content-disposition") ?? "")) return "attachment";
  if (whyNoNavigation !== undefined) return whyNoNavigation;
  if (/(^|[\s,;])no-transform($|[\s,;])/i.test(head.get("cache-control") ?? ""))
    return "no_transform";
  if (isWide(type)) return "charset";
  return head.length === 0 ? "empty" : undefined;
}

/** Host and port as the visitor knows them; a port that cannot be is left out. */
function authorityOf({ authority }: Exchange): string {
  return URL.canParse(`http://${authority}`) ? authority : hostOf(authority);
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

export const ENFORCED = "content-security-policy";
export const REPORT_ONLY = "content-security-policy-report-only";

function policiesOf(head: AnswerHead): Policies {
  return { enforced: head.all(ENFORCED), reportOnly: head.all(REPORT_ONLY) };
}
