/** What desks show of agents: their own state, whether colleagues are free, and all of it when a desk is opened. */
import type { Agent, Staffing } from "../model/agent.ts";
import type { Clock } from "../model/clock.ts";
import { dispositions } from "../model/disposition.ts";
import type { DeskParts } from "./parts.ts";
import type { AgentView, Colleague, DeskState } from "./protocol.ts";

export interface AgentsShown {
  /** The agent may be doing something else now. */
  show(agent: Agent): void;
  /** All that an agent's desk shows. */
  snapshot(name: string): DeskState;
  /** Agents of a firm on duty, and free. */
  staffing(firm: string): Staffing;
  /** Agents and sites are others now: everything is shown anew. */
  reset(): void;
}

export function createAgentsShown(
  parts: DeskParts,
  ports: {
    readonly clock: Clock;
    readonly conferences: boolean;
    look(firm: string): void;
    switchUp(): boolean;
  },
): AgentsShown {
  const { alerts, contacts, directory, events, feed, invitations, presence } = parts;
  const shownViews = new Map<string, string>();
  /** Asked for with every hit, so counted only when an agent's state has changed. */
  const staffings = new Map<string, Staffing>();
  const shownFree = new Map<string, boolean>();

  function show(agent: Agent): void {
    staffings.delete(agent.firm);
    showColleague(agent);
    ports.look(agent.firm);
    const view: AgentView = presence.view(agent);
    const json = JSON.stringify(view);
    if (shownViews.get(agent.name) === json) return;
    shownViews.set(agent.name, json);
    feed.publish([agent.name], { type: "agent", agent: view });
    events.agents(directory.agents().map((a) => presence.view(a)));
  }

  function showColleague(agent: Agent): void {
    const colleague = asColleague(agent);
    if (shownFree.get(agent.name) === colleague.free) return;
    shownFree.set(agent.name, colleague.free);
    const others = directory.agentsOf(agent.firm).filter(({ name }) => name !== agent.name);
    feed.publish(
      others.map(({ name }) => name),
      { type: "colleague", colleague },
    );
  }

  function asColleague(agent: Agent): Colleague {
    const { name, displayName } = agent;
    const available = presence.view(agent).status === "available";
    return { name, displayName, free: available && contacts.load(name).free };
  }

  function snapshot(name: string): DeskState {
    const agent = directory.agent(name);
    if (!agent) throw new Error("A desk was opened for an agent who is not configured");
    return {
      agent: presence.view(agent),
      alerts: alerts.visibleTo(agent),
      invitations: invitations.visibleTo(name),
      contacts: contacts.visibleTo(name),
      callbacks: parts.jobFile.list(agent.firm),
      visitors: parts.liveVisitors.list(agent.firm),
      templates: directory.templatesOf(agent.firm),
      dispositions,
      switchUp: ports.switchUp(),
      conferences: ports.conferences,
      browserChoices: parts.browserChoices(agent.firm, agent),
      colleagues: directory
        .agentsOf(agent.firm)
        .filter((other) => other.name !== name)
        .map(asColleague),
      handset: parts.warmLine.handset(name),
      nowMs: ports.clock.nowMs(),
    };
  }

  return {
    show,
    snapshot,
    staffing(firm) {
      const agents = staffings.get(firm) ?? presence.staffing(firm);
      staffings.set(firm, agents);
      return agents;
    },
    reset() {
      staffings.clear();
      shownViews.clear();
    },
  };
}
