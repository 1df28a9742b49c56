/**
 * The one place where what happens at the desk is counted and logged. Ids of invitations and contacts stay out of the log:
 * whoever knows one may answer it, or read the chat.
 */
import type { AgentState, AgentStatus } from "../model/agent.ts";
import type { Callback } from "../model/callback.ts";
import type { Interaction } from "../model/interaction.ts";
import type { InvitationState } from "../model/invitation.ts";
import type { Log } from "../model/log.ts";
import type { DeskMetrics } from "./ports.ts";

export interface DeskEvents {
  alertRaised(): void;
  /** `sinceFiredMs`: from the opportunity to the desk. */
  alertOffered(sinceFiredMs: number): void;
  alertEnded(outcome: "accepted" | "rejected" | "expired"): void;
  /** `campaign` is `agent` when the agent did it on his own account. */
  invitation(campaign: string, stage: InvitationState): void;
  queued(interaction: Interaction, queueLength: number): void;
  /** Somebody talks with the visitor. */
  joined(interaction: Interaction, waitMs: number, queueLength: number): void;
  talked(talkMs: number): void;
  closed(interaction: Interaction, wrapMs: number, queueLength: number): void;
  agents(views: readonly { readonly status: AgentStatus; readonly state: AgentState }[]): void;
  callbacks(callbacks: Iterable<Callback>): void;
  loggedIn(agent: string): void;
  loginRefused(): void;
}

export function createEvents(metrics: DeskMetrics, log: Log): DeskEvents {
  // A combination that no longer occurs must go back to 0.
  const agentCounts = new Map<string, number>();
  const callbackCounts = new Map<string, number>();
  return {
    alertRaised: () => metrics.alert("raised"),
    alertOffered(sinceFiredMs) {
      metrics.alert("offered");
      metrics.alertDelivery(Math.max(0, sinceFiredMs) / 1_000);
    },
    alertEnded: (outcome) => metrics.alert(outcome),
    invitation: (campaign, stage) => metrics.invitation(campaign, stage),
    queued(interaction, queueLength) {
      metrics.offered(interaction.kind);
      metrics.queueLength(queueLength);
      log.info({ site: interaction.site, kind: interaction.kind }, "A visitor asked for a contact");
    },
    joined(interaction, waitMs, queueLength) {
      metrics.answered(interaction.kind, Math.max(0, waitMs) / 1_000);
      metrics.queueLength(queueLength);
    },
    talked: (talkMs) => metrics.handled("talk", Math.max(0, talkMs) / 1_000),
    closed(interaction, wrapMs, queueLength) {
      const { kind, outcome = "none", disposition = "none" } = interaction;
      metrics.closed(kind, outcome, disposition);
      metrics.handled("wrap", Math.max(0, wrapMs) / 1_000);
      metrics.queueLength(queueLength);
      log.info({ site: interaction.site, kind, outcome, disposition }, "A contact was closed");
    },
    agents(views) {
      recount(
        agentCounts,
        views.map(({ status, state }) => `${status} ${state}`),
        (key, count) => {
          const [status = "", state = ""] = key.split(" ");
          metrics.agents(status, state, count);
        },
      );
    },
    callbacks(callbacks) {
      recount(
        callbackCounts,
        [...callbacks].map(({ state }) => state),
        (state, count) => metrics.callbacks(state, count),
      );
    },
    loggedIn: (agent) => log.info({ agent }, "An agent logged in"),
    loginRefused: () => log.warn({}, "A log-in was refused"),
  };
}

function recount(
  counts: Map<string, number>,
  keys: readonly string[],
  tell: (key: string, count: number) => void,
): void {
  for (const key of counts.keys()) counts.set(key, 0);
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const [key, count] of counts) tell(key, count);
}
