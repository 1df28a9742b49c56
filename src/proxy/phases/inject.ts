import type { Answer, Exchange } from "../exchange.ts";
import { type Fields, valueOf, without, withField } from "../fields.ts";
import { appending } from "../injection/append.ts";
import { plan } from "../injection/plan.ts";
import type { Appended } from "../injection/tail.ts";
import { ourTag, revalidatedTag } from "../injection/validators.ts";

/** What is no longer true of a body that we append to. */
const UNTRUE = new Set(["accept-ranges", "digest", "content-md5", "repr-digest", "content-digest"]);
const VALIDATORS = new Set(["etag", "last-modified"]);

/** Appends the loader and what is pending to a page; the head stays true, also where only the head is sent. */
export function inject(x: Exchange, answer: Answer): void {
  const { site, edge, pending } = x;
  if (!site) return;
  const etag = valueOf(answer.fields, "etag");
  if (answer.status === 304 && x.validatorCut && etag !== undefined) {
    const asked = x.request.headers["if-none-match"] ?? "";
    answer.fields = withField(answer.fields, "ETag", revalidatedTag(etag, asked));
  }
  const planned = plan(x, answer);
  if (!planned.inject) {
    edge.metrics.injectionSkipped(site.name, planned.reason);
    return;
  }
  const { markup, loader, coding, allowed } = planned;
  const length = valueOf(answer.fields, "content-length");
  let fields: Fields = without(planned.fields, (n) => UNTRUE.has(n) || n === "content-length");
  const promised = length !== undefined && coding === "identity";
  if (promised) {
    const whole = Number(length) + markup.length + loader.length;
    fields = withField(fields, "Content-Length", String(whole));
  }
  if (markup !== "") {
    fields = without(fields, (name) => VALIDATORS.has(name));
    fields = withField(fields, "Cache-Control", "no-store");
  } else if (planned.nonce) {
    fields = unrepeatable(without(fields, (name) => VALIDATORS.has(name)));
  } else if (etag !== undefined) fields = withField(fields, "ETag", ourTag(etag));
  answer.fields = fields;
  if (x.request.method === "HEAD") return;
  const appended = (what: Appended) => {
    if (what.markup || what.loader) edge.metrics.injected(site.name);
    if (what.reason !== undefined) edge.metrics.injectionSkipped(site.name, what.reason);
    if (what.markup && pending)
      x.response.once("finish", () => edge.link.shown(pending.invitationId));
  };
  answer.body = appending({ markup, loader, promised, allowed, appended }, coding);
}

/** With a nonce in it, an answer must be fetched anew each time (RFC 9111, section 5.2.2.4). */
function unrepeatable(fields: Fields): Fields {
  const control = valueOf(fields, "cache-control") ?? "";
  if (/\bno-(cache|store)\b/i.test(control)) return fields;
  return withField(fields, "Cache-Control", control === "" ? "no-cache" : `${control}, no-cache`);
}
