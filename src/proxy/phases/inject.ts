import type { Answer } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { appending } from "../injection/append.ts";
import type { Policies } from "../injection/csp.ts";
import { ENFORCED, plan, REPORT_ONLY } from "../injection/plan.ts";
import { type Appended, tailStage } from "../injection/tail.ts";
import { ourTag, revalidatedTag } from "../injection/validators.ts";

/** What is no longer true of a body that we append to. */
const UNTRUE = ["accept-ranges", "digest", "content-md5", "repr-digest", "content-digest"];

/** Appends the loader and what is pending to a page; the head stays true, also where only the head is sent. */
export function inject(x: Exchange, answer: Answer): void {
  const { site, edge, pending } = x;
  const { head, edit } = answer;
  if (!site) return;
  if (head.status === 304 && x.validators !== undefined) revalidated(answer, x.validators);
  const planned = plan(x, head);
  if (!planned.inject) {
    edge.metrics.injectionSkipped(site.name, planned.reason);
    return;
  }
  const { markup, loader, coding, allowed, policies } = planned;
  setPolicies(answer, policies);
  for (const name of UNTRUE) edit.cutNamed(head, name);
  const etag = head.get("etag");
  const promised = head.length >= 0 && coding === "identity";
  if (markup !== "" || planned.nonce) {
    edit.cutNamed(head, "etag");
    edit.cutNamed(head, "last-modified");
    answer.control = markup !== "" ? "no-store" : unrepeatable(controlOf(answer));
  } else if (etag !== undefined) {
    edit.cutNamed(head, "etag");
    edit.addField("ETag", ourTag(etag));
  }
  const appended = (what: Appended) => {
    if (what.markup || what.loader) edge.metrics.injected(site.name);
    if (what.reason !== undefined) edge.metrics.injectionSkipped(site.name, what.reason);
    if (what.markup && pending) edge.link.shown(pending.invitationId);
  };
  const tail = { markup, loader, promised, allowed, appended };
  if (coding === "identity") answer.stage = tailStage(tail);
  else answer.through = appending(tail, coding);
}

/** A 304 for a copy that we appended to has our ETag. */
function revalidated({ head, edit }: Answer, validators: string): void {
  const etag = head.get("etag");
  if (etag === undefined) return;
  edit.cutNamed(head, "etag");
  edit.addField("ETag", revalidatedTag(etag, validators));
}

function setPolicies({ head, edit }: Answer, { enforced, reportOnly }: Policies): void {
  const now = { [ENFORCED]: [...enforced], [REPORT_ONLY]: [...reportOnly] };
  for (const [name, policies] of Object.entries(now)) {
    const before = head.all(name);
    if (before.every((policy, i) => policy === policies[i])) continue;
    edit.cutNamed(head, name);
    for (const policy of policies) edit.addField(name, policy);
  }
}

const controlOf = ({ control, head }: Answer) => control ?? head.get("cache-control") ?? "";

/** With a nonce in it, an answer must be fetched anew each time (RFC 9111, section 5.2.2.4). */
function unrepeatable(control: string): string {
  if (/\bno-(cache|store)\b/i.test(control)) return control;
  return control === "" ? "no-cache" : `${control}, no-cache`;
}
