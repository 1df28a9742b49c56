/** Invitations: what is offered to visitors, until they answer or it runs out. One per visit at a time. */
import { LRUCache } from "lru-cache";
import type { Agent } from "../model/agent.ts";
import type { Clock, Timer } from "../model/clock.ts";
import {
  type Choice,
  type Invitation,
  type InvitationState,
  invitationTransitions,
} from "../model/invitation.ts";
import type { Offer } from "../model/opportunity.ts";
import type { Session } from "../model/session.ts";
import type { Site } from "../model/site.ts";
import { hoursInWords } from "../model/opening-hours.ts";
import { mayMove, move } from "../model/transition.ts";
import { invitationForm } from "../visitor/no-script.ts";
import type { InvitationCard } from "../visitor/protocol.ts";
import type { DeskEvents } from "./events.ts";
import type { Feed } from "./feed.ts";
import type { NextPages, Visits } from "./ports.ts";
import type { VisitorStreams } from "./visitor-streams.ts";

interface Order {
  readonly session: Session;
  readonly site: Site;
  readonly offer: Offer;
  readonly heading: string;
  readonly text: string;
  readonly campaign?: string;
  readonly opportunityId?: string;
  readonly agent?: Agent;
}

export interface Invitations extends Disposable {
  /** Nothing when the visitor has one already. */
  send(order: Order): Invitation | undefined;
  /** The visit as it was when the invitation was sent. */
  sessionOf(invitationId: string): Session | undefined;
  /** Also those that are over, for a while. */
  recent(invitationId: string): Invitation | undefined;
  shown(invitationId: string): void;
  accepted(invitationId: string): void;
  declined(invitationId: string): void;
  /** While an answer is being stored, the invitation does not run out. */
  hold(invitationId: string): Disposable;
  /** As long as it can be answered. */
  openCard(invitationId: string): InvitationCard | undefined;
  cardFor(sessionId: string): InvitationCard | undefined;
  visibleTo(agent: string): Invitation[];
}

interface Live {
  invitation: Invitation;
  readonly session: Session;
  readonly site: Site;
  readonly campaign: string;
  timer: Timer;
  holds: number;
}

export function createInvitations(ports: {
  readonly clock: Clock;
  readonly events: DeskEvents;
  readonly feed: Feed;
  readonly nextPages: NextPages;
  readonly streams: () => VisitorStreams;
  readonly visits: Visits;
  readonly lifetimeMs: number;
  /** How visitors may talk by their browsers; `agent`: who invites, if it is one. */
  browserChoices(firm: string, agent: Agent | undefined): readonly ("voip" | "video")[];
  switchUp(): boolean;
  randomId(): string;
}): Invitations {
  const { clock, events, feed, nextPages, visits } = ports;
  const live = new Map<string, Live>();
  const bySession = new Map<string, Live>();
  const over = new LRUCache<string, Live>({ max: 10_000 });

  const moveTo = (entry: Live, to: InvitationState) => {
    const state = move("invitation", invitationTransitions, entry.invitation.state, to);
    entry.invitation = { ...entry.invitation, state };
    events.invitation(entry.campaign, state);
    const { agent } = entry.invitation;
    if (agent) feed.publish([agent], { type: "invitation", invitation: entry.invitation });
  };
  const finish = (invitationId: string, to: "accepted" | "declined" | "expired") => {
    const entry = live.get(invitationId);
    if (!entry) return;
    entry.timer[Symbol.dispose]();
    live.delete(invitationId);
    bySession.delete(entry.session.id);
    over.set(invitationId, entry);
    moveTo(entry, to);
    nextPages.withdraw(invitationId);
    ports.streams().send({ sessionId: entry.session.id }, { type: "withdraw", invitationId });
    const { opportunityId } = entry.invitation;
    if (opportunityId !== undefined) visits.advance(opportunityId, to);
  };
  const runOut = (entry: Live) => {
    if (entry.holds === 0) finish(entry.invitation.id, "expired");
  };
  const card = (invitation: Invitation): InvitationCard => {
    const site = (live.get(invitation.id) ?? over.get(invitation.id))?.site;
    const hours = site && hoursInWords(site.hours, site.timeZone);
    return {
      id: invitation.id,
      offer: invitation.offer,
      heading: invitation.heading,
      text: invitation.text,
      choices: invitation.choices,
      ...(invitation.number !== undefined && { number: invitation.number }),
      ...(invitation.name !== undefined && { name: invitation.name }),
      ...(hours && invitation.offer === "callback_out_of_hours" && { hours }),
    };
  };

  return {
    send(order) {
      const { session, site, agent } = order;
      if (bySession.has(session.id)) return undefined;
      const id = ports.randomId();
      const sentMs = clock.nowMs();
      const expiresMs = sentMs + ports.lifetimeMs;
      // The row of a refuser may be that of several people behind one address: what one typed is not shown to another.
      const known = session.consent === "none" ? undefined : session;
      const number = known?.number ?? known?.history?.number;
      const name = known?.name ?? known?.history?.name;
      const who = agent?.displayName ?? "our team";
      const invitation: Invitation = {
        id,
        sessionId: session.id,
        site: site.name,
        ...(order.opportunityId !== undefined && { opportunityId: order.opportunityId }),
        ...(agent && { agent: agent.name }),
        offer: order.offer,
        heading: order.heading.replaceAll("{{agent}}", who),
        text: order.text.replaceAll("{{agent}}", who),
        choices: choicesOf(order.offer, ports.switchUp(), ports.browserChoices(site.firm, agent)),
        ...(number !== undefined && { number }),
        ...(name !== undefined && { name }),
        sentMs,
        expiresMs,
        state: "qualified",
      };
      const entry: Live = {
        invitation,
        session,
        site,
        campaign: order.campaign ?? "agent",
        timer: clock.after(ports.lifetimeMs, () => runOut(entry)),
        holds: 0,
      };
      live.set(id, entry);
      bySession.set(session.id, entry);
      moveTo(entry, "sent");
      if (order.opportunityId !== undefined) visits.advance(order.opportunityId, "invited");
      const shown = card(invitation);
      ports.streams().send({ sessionId: session.id }, { type: "invitation", invitation: shown });
      const html = invitationForm(shown, { reservedPath: site.reservedPath });
      nextPages.show(session, id, html, expiresMs);
      return entry.invitation;
    },
    sessionOf: (id) => live.get(id)?.session,
    recent: (id) => (live.get(id) ?? over.get(id))?.invitation,
    shown(id) {
      const entry = live.get(id);
      if (entry && mayMove(invitationTransitions, entry.invitation.state, "shown")) {
        moveTo(entry, "shown");
      }
    },
    accepted: (id) => finish(id, "accepted"),
    declined: (id) => finish(id, "declined"),
    hold(id) {
      const entry = live.get(id);
      if (entry) entry.holds += 1;
      return {
        [Symbol.dispose]() {
          if (!entry) return;
          entry.holds -= 1;
          if (clock.nowMs() >= entry.invitation.expiresMs) runOut(entry);
        },
      };
    },
    openCard(id) {
      const entry = live.get(id);
      return entry && card(entry.invitation);
    },
    cardFor(sessionId) {
      const entry = bySession.get(sessionId);
      return entry && card(entry.invitation);
    },
    visibleTo: (agent) =>
      [...live.values()]
        .map(({ invitation }) => invitation)
        .filter((invitation) => invitation.agent === agent),
    [Symbol.dispose]() {
      for (const { timer } of live.values()) timer[Symbol.dispose]();
    },
  };
}

/** What can be served: nobody is asked for a number to call now, or to talk, when the exchange is away. */
function choicesOf(
  offer: Offer,
  switchUp: boolean,
  browserChoices: readonly ("voip" | "video")[],
): Choice[] {
  if (offer !== "contact") return ["callback", "none"];
  if (!switchUp) return ["chat", "callback", "none"];
  return ["chat", ...browserChoices, "phone", "callback", "none"];
}
