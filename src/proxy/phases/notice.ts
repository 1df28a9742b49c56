import type { Noticed } from "../../model/milestone.ts";
import { type ConsentTier, withNoticed } from "../../model/visitor.ts";
import type { Answer } from "../answer.ts";
import type { Asked, Exchange } from "../exchange.ts";
import { CONTENT_ENCODING, CONTENT_TYPE } from "../http1/names.ts";
import { whyNothing } from "../noise.ts";
import { formReader } from "../notice/form.ts";

/** Whether a rule of the site has met the request. Only then is anything of it kept until the answer. */
export function watch(x: Exchange, { head }: Asked): void {
  const { site, rules, target, upload } = x;
  if (!site || !rules?.watcher || target.startsWith(site.reservedPath)) return;
  const found = rules.watcher.watch(x.method, target);
  if (!found) return;
  x.shownPath = found.shownPath;
  if (whyNothing(x, head) !== undefined) return;
  x.connection.known.languageOf(head);
  x.referrer = x.connection.known.referrerOf(head);
  x.watch = found;
  if (!found.readsForm || !upload.any || head.has(CONTENT_ENCODING)) return;
  found.form = formReader(head.value(CONTENT_TYPE) ?? "", head.length < 0);
}

/** Notes what the request came to, now that the answer says whether it worked. */
export function notice(x: Exchange, { head }: Answer): void {
  if (!x.watch || !x.site) return;
  const all = x.watch.noticed(head, x.startedMs, x.upload.done);
  const noticed = all && allowed(all, x.consent);
  if (!noticed) return;
  for (const what of kindsOf(noticed)) x.edge.metrics.noticed(x.site.name, what);
  x.noticed = noticed;
  x.cookieStays = false;
  // A cookie that was brought is brought up to date where it is written.
  if (x.history && x.visitor.cookie === "issued") x.history = withNoticed(x.history, noticed);
}

/** Milestones belong to the visit, whoever it is; a name is for those who allow it. */
function allowed(noticed: Noticed, consent: ConsentTier): Noticed | undefined {
  if (consent === "identified") return noticed;
  const { purchases, events } = noticed;
  if (!purchases && !events) return undefined;
  return { ...(purchases && { purchases }), ...(events && { events }) };
}

function kindsOf({
  purchases,
  events,
  ...identity
}: Noticed): ("purchase" | "event" | "identity")[] {
  return [
    ...(purchases ? (["purchase"] as const) : []),
    ...(events ? (["event"] as const) : []),
    ...(Object.keys(identity).length > 0 ? (["identity"] as const) : []),
  ];
}
