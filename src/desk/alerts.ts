/** Alerts: messages to a firm's agents that a visitor is worth talking to (patent Fig. 3). */
import type { Agent } from "../model/agent.ts";
import { alertTransitions, type AlertState } from "../model/alert.ts";
import type { MessageTemplate } from "../model/campaign.ts";
import type { Clock, Timer } from "../model/clock.ts";
import type { Opportunity } from "../model/opportunity.ts";
import type { Session } from "../model/session.ts";
import { move } from "../model/transition.ts";
import type { DeskEvents } from "./events.ts";
import type { Feed } from "./feed.ts";
import type { Visits } from "./ports.ts";
import type { AlertView } from "./protocol.ts";
import { type Outcome, refuse } from "./refusal.ts";

export interface Alerts extends Disposable {
  raise(
    opportunity: Opportunity,
    session: Session,
    firm: string,
    suggestion: MessageTemplate,
    expiresMs: number,
  ): void;
  /** Taken: it goes from the other desks. Taking what one has taken already is no error. `sessionId`: whom it must be about. */
  accept(agent: Agent, alertId: string, sessionId?: string): Outcome<AlertView>;
  /** He does not want it. When nobody on duty does, it is over. */
  reject(agent: Agent, alertId: string): Outcome<{ ok: true }>;
  /** An invitation came of it. */
  done(alertId: string): void;
  /** The visitor has left. */
  sessionEnded(sessionId: string): void;
  cameOnDuty(agent: Agent): void;
  /** What he had taken is offered to the others again. */
  gone(agent: Agent): void;
  visibleTo(agent: Agent): AlertView[];
}

interface Live {
  view: AlertView;
  readonly firm: string;
  readonly rejectedBy: Set<string>;
  /** Whose desks show it. */
  shownTo: Set<string>;
  takenBy: string | undefined;
  readonly timer: Timer;
}

export function createAlerts(ports: {
  readonly clock: Clock;
  readonly events: DeskEvents;
  readonly feed: Feed;
  readonly visits: Visits;
  onDuty(firm: string): readonly Agent[];
  randomId(): string;
}): Alerts {
  const { clock, events, feed, visits } = ports;
  const alerts = new Map<string, Live>();
  /** A visit has one opportunity at a time, so one alert. */
  const bySession = new Map<string, Live>();

  const setState = (live: Live, to: AlertState) => {
    const state = move("alert", alertTransitions, live.view.state, to);
    live.view = { ...live.view, state };
  };
  const hide = (live: Live, agents: readonly string[]) => {
    const shown = agents.filter((name) => live.shownTo.delete(name));
    feed.publish(shown, { type: "alert_gone", alertId: live.view.id });
  };
  const remove = (live: Live) => {
    live.timer[Symbol.dispose]();
    alerts.delete(live.view.id);
    bySession.delete(live.view.session.id);
    hide(live, [...live.shownTo]);
  };
  const expire = (live: Live) => {
    remove(live);
    if (live.takenBy === undefined) events.alertEnded("expired");
    visits.advance(live.view.opportunity.id, "expired");
  };
  const offer = (live: Live, agents: readonly Agent[]) => {
    const names = agents.map(({ name }) => name).filter((name) => !live.rejectedBy.has(name));
    if (names.length === 0) return;
    if (live.view.state === "queued") {
      setState(live, "offered");
      events.alertOffered(clock.nowMs() - live.view.opportunity.firedMs);
    }
    for (const name of names) live.shownTo.add(name);
    feed.publish(names, { type: "alert", alert: live.view });
  };
  const raise: Alerts["raise"] = (opportunity, session, firm, suggestion, expiresMs) => {
    const id = ports.randomId();
    const live: Live = {
      view: { id, state: "queued", opportunity, session, suggestion, expiresMs },
      firm,
      rejectedBy: new Set(),
      shownTo: new Set(),
      takenBy: undefined,
      timer: clock.after(expiresMs - clock.nowMs(), () => expire(live)),
    };
    alerts.set(id, live);
    bySession.set(session.id, live);
    offer(live, ports.onDuty(firm));
  };
  const own = (agent: Agent, alertId: string) => {
    const live = alerts.get(alertId);
    return live?.firm === agent.firm ? live : undefined;
  };
  const over = () => refuse("not_found", "This alert is over.");

  return {
    raise(opportunity, session, firm, suggestion, expiresMs) {
      events.alertRaised();
      visits.advance(opportunity.id, "alerted");
      raise({ ...opportunity, state: "alerted" }, session, firm, suggestion, expiresMs);
    },
    accept(agent, alertId, sessionId) {
      const live = own(agent, alertId);
      if (!live) return over();
      if (sessionId !== undefined && live.view.session.id !== sessionId) {
        return refuse("bad_order", "The alert is about another visitor.");
      }
      if (live.takenBy === agent.name) return live.view;
      if (live.takenBy !== undefined) return refuse("too_late", "Another agent was faster.");
      setState(live, "accepted");
      live.takenBy = agent.name;
      events.alertEnded("accepted");
      hide(
        live,
        [...live.shownTo].filter((name) => name !== agent.name),
      );
      live.shownTo.add(agent.name);
      feed.publish([agent.name], { type: "alert", alert: live.view });
      return live.view;
    },
    reject(agent, alertId) {
      const live = own(agent, alertId);
      if (!live) return over();
      if (live.takenBy !== undefined && live.takenBy !== agent.name) {
        return refuse("too_late", "Another agent was faster.");
      }
      live.rejectedBy.add(agent.name);
      hide(live, [agent.name]);
      if (
        live.takenBy === agent.name ||
        ports.onDuty(live.firm).every(({ name }) => live.rejectedBy.has(name))
      ) {
        remove(live);
        events.alertEnded("rejected");
        visits.advance(live.view.opportunity.id, "declined");
      }
      return { ok: true };
    },
    done(alertId) {
      const live = alerts.get(alertId);
      if (live) remove(live);
    },
    sessionEnded(sessionId) {
      const live = bySession.get(sessionId);
      if (live) expire(live);
    },
    cameOnDuty(agent) {
      for (const live of alerts.values()) {
        if (live.firm === agent.firm && live.takenBy === undefined) offer(live, [agent]);
      }
    },
    gone(agent) {
      for (const live of alerts.values()) {
        if (live.takenBy !== agent.name) continue;
        remove(live);
        const { opportunity, session, suggestion, expiresMs } = live.view;
        raise(opportunity, session, live.firm, suggestion, expiresMs);
      }
    },
    visibleTo: (agent) =>
      [...alerts.values()].filter((live) => live.shownTo.has(agent.name)).map(({ view }) => view),
    [Symbol.dispose]() {
      for (const live of alerts.values()) live.timer[Symbol.dispose]();
    },
  };
}
