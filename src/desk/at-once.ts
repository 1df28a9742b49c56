/** Calls that nobody asked for: a free agent's telephone and the visitor's ring at the same time (claim 2). */
import type { Agent } from "../model/agent.ts";
import type { Clock } from "../model/clock.ts";
import type { Interaction } from "../model/interaction.ts";
import type { Opportunity } from "../model/opportunity.ts";
import type { Session } from "../model/session.ts";
import type { Site } from "../model/site.ts";
import type { CallGuards } from "./call-guards.ts";
import type { Calls } from "./calls.ts";
import type { Contacts } from "./contacts.ts";
import type { DeskEvents } from "./events.ts";
import type { Presence } from "./presence.ts";
import type { Visits } from "./ports.ts";

/**
 * Makes a contact of the opportunity, and gives it to an agent who is free. When the visitor may not be called, or has left
 * no number, nothing comes of it.
 */
export async function callAtOnce(
  { id: opportunityId }: Opportunity,
  session: Session,
  site: Site,
  ports: {
    readonly calls: Calls;
    readonly clock: Clock;
    readonly contacts: Contacts;
    readonly events: DeskEvents;
    readonly guards: CallGuards;
    readonly presence: Presence;
    readonly visits: Visits;
    /** Whether the agent has the receiver in his hand, about to call somebody himself. */
    lifted(agent: string): boolean;
    /** Whether the firm has no automatic calls but these. */
    alone(firm: string): boolean;
    randomId(): string;
  },
): Promise<void> {
  const { calls, contacts, guards, presence, visits } = ports;
  const { number, name } = session;
  const { firm } = site;
  const id = ports.randomId();
  // Nobody has asked for the call, so it keeps to the calling hours.
  if (number === undefined || guards.dial({ number, site: site.name, firm }, { id, later: true })) {
    return visits.advance(opportunityId, "expired");
  }
  visits.advance(opportunityId, "alerted");
  const interaction: Interaction = {
    id,
    kind: "phone",
    state: "queued",
    site: site.name,
    firm,
    sessionId: session.id,
    opportunityId,
    address: session.address,
    url: session.trail.at(-1)?.url ?? "/",
    priority: session.priority,
    number,
    ...(name !== undefined && { name }),
    queuedMs: ports.clock.nowMs(),
  };
  const contact = await contacts.add(interaction);
  visits.advance(opportunityId, "accepted");
  ports.events.queued(interaction, contacts.waiting());
  // Else the firm's dial list gives it to whoever is free.
  if (!ports.alone(firm)) return;
  const isFree = (agent: Agent) =>
    contacts.load(agent.name).free &&
    !ports.lifted(agent.name) &&
    !calls.hindrance(agent) &&
    !calls.forbidden(interaction);
  const agent = presence.atDesk(firm).find(isFree);
  // Else he waits in the queue, as if he had asked: somebody was free a moment ago.
  if (agent && contact.interaction.state === "queued") calls.accept(agent, contact);
}
