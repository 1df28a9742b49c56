import type { Opportunity } from "../model/opportunity.ts";
import type { Session } from "../model/session.ts";
import { callAtOnce } from "./at-once.ts";
import type { DeskOptions, DeskPorts } from "./options.ts";
import type { DeskParts } from "./parts.ts";
import { standingWords } from "./standing-words.ts";

/** Takes an opportunity to whom it is for: an agent is told of it, the visitor is invited, or he is called at once. */
export function takeOn(
  opportunity: Opportunity,
  session: Session,
  parts: DeskParts,
  ports: Pick<DeskPorts, "clock" | "visits" | "randomId"> & Pick<DeskOptions, "alertLifetimeMs">,
): void {
  const { directory } = parts;
  const { clock, visits } = ports;
  const site = directory.site(session.site);
  if (!site) return visits.advance(opportunity.id, "expired");
  if (opportunity.mode === "call_at_once") {
    const called = callAtOnce(opportunity, session, site, {
      ...parts,
      clock,
      visits,
      alone: (firm) => directory.automatic(firm).mode === "off",
      randomId: () => ports.randomId(),
    });
    return parts.journal.note("contact", called);
  }
  const template =
    (opportunity.message !== undefined && directory.template(opportunity.message, site)) ||
    standingWords(opportunity.offer);
  if (opportunity.mode === "alert_first" && opportunity.offer === "contact") {
    const expiresMs = clock.nowMs() + ports.alertLifetimeMs;
    parts.alerts.raise(opportunity, session, site.firm, template, expiresMs);
    return;
  }
  const invitation = parts.invitations.send({
    session,
    site,
    offer: opportunity.offer,
    heading: template.heading,
    text: template.text,
    campaign: opportunity.campaign,
    opportunityId: opportunity.id,
  });
  if (!invitation) visits.advance(opportunity.id, "expired");
}
