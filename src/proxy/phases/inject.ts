import type { Answer } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import type { Appended } from "../injection/appending.ts";
import { type Page, plan } from "../injection/plan.ts";
import { revalidatedTag } from "../injection/validators.ts";

/** Adds the loader and what is pending to a page; the head stays true, also where only the head is sent. */
export function inject(x: Exchange, answer: Answer): void {
  const { site, edge, pending } = x;
  const { head, edit } = answer;
  if (!site) return;
  if (head.status === 304 && x.validators !== undefined) revalidated(answer, x.validators);
  // Neither a page nor asked for as one: nothing that was left alone.
  if (!head.isHtml && !x.navigation) return;
  const planned = plan(pageOf(x, answer));
  if (!planned.inject) {
    edge.metrics.injectionSkipped(site.name, planned.reason);
    return;
  }
  for (const name of planned.cut) edit.cutNamed(head, name);
  for (const [name, value] of planned.add) edit.addField(name, value);
  answer.control = planned.cacheControl ?? answer.control;
  answer.adds = planned.adds;
  if (x.method === "HEAD") return;
  let told = false;
  const appended = (what: Appended) => {
    if (told) return;
    told = true;
    if (what.markup || what.loader) edge.metrics.injected(site.name);
    if (what.reason !== undefined) edge.metrics.injectionSkipped(site.name, what.reason);
    if (what.markup && pending) edge.link.shown(pending.invitationId);
  };
  answer.brokeOff = () => appended({ markup: false, loader: false, reason: "broken" });
  const way = planned.begin(head.bytes, head.end, answer.contentEnd, appended);
  answer.way = way;
  answer.adds = "take" in way ? way.adds : undefined;
}

function pageOf(x: Exchange, { head, control }: Answer): Page {
  const { site, method, whyNoNavigation, authority, secure, pending } = x;
  return {
    site,
    method,
    whyNoNavigation,
    authority,
    secure,
    invitation: pending?.html,
    status: head.status,
    length: head.length < 0 ? undefined : head.length,
    delimited: head.framing(false) !== "close",
    field: (name) => (name === "cache-control" && control) || head.get(name),
    fieldAll: (name) => head.all(name),
  };
}

/** A 304 for a copy that we added to has our ETag. */
function revalidated({ head, edit }: Answer, validators: string): void {
  const etag = head.get("etag");
  if (etag === undefined) return;
  edit.cutNamed(head, "etag");
  edit.addField("ETag", revalidatedTag(etag, validators));
}
