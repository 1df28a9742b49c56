import type { Answer, Exchange } from "../exchange.ts";
import { valueOf, without, withField } from "../fields.ts";
import { appending } from "../injection/append.ts";
import { plan } from "../injection/plan.ts";
import { ourTag } from "../injection/validators.ts";

const UNTRUE = new Set(["accept-ranges", "digest", "content-md5", "repr-digest", "content-digest"]);

/** Appends the loader and what is pending to a page; the head stays true. */
export function inject(x: Exchange, answer: Answer): void {
  const { site, edge, pending } = x;
  if (!site) return;
  const etag = valueOf(answer.fields, "etag");
  if (answer.status === 304 && x.validatorCut && etag !== undefined) {
    answer.fields = withField(answer.fields, "ETag", ourTag(etag));
  }
  const planned = plan(x, answer);
  if (!planned.inject) {
    edge.metrics.injectionSkipped(site.name, planned.reason);
    return;
  }
  const bytes = Buffer.from(planned.html, "latin1");
  const length = valueOf(answer.fields, "content-length");
  let fields = without(answer.fields, (name) => UNTRUE.has(name) || name === "content-length");
  if (length !== undefined && planned.encoding === "identity") {
    fields = withField(fields, "Content-Length", String(Number(length) + bytes.length));
  }
  if (pending) {
    fields = without(fields, (name) => name === "etag" || name === "last-modified");
    fields = withField(fields, "Cache-Control", "no-store");
    x.response.once("finish", () => edge.link.shown(pending.invitationId));
  } else if (etag !== undefined) fields = withField(fields, "ETag", ourTag(etag));
  answer.fields = fields;
  answer.body = appending(bytes, planned.encoding);
  edge.metrics.injected(site.name);
}
