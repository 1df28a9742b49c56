import type { Staffing } from "../model/agent.ts";
import type { CampaignMode } from "../model/opportunity.ts";

/** What is on its way to the agents of each firm: invitations of which some are accepted, alerts, calls. */
export interface Load {
  /** Whether the agents could take one more of the kind, as far as can be expected. */
  bears(firm: string, mode: CampaignMode, staffing: Staffing): boolean;
  /** Contacts that can be expected of what is on its way: invitations as far as they are accepted, calls that ring. */
  expected(firm: string): number;
  began(firm: string, mode: CampaignMode): void;
  ended(firm: string, mode: CampaignMode, accepted: boolean): void;
}

/** Until there is experience: one invitation in five is accepted, as certain as after so many. */
const [PRIOR_RATE, PRIOR_WEIGHT] = [0.2, 10];
/** What is older than about so many invitations is forgotten. */
const MEMORY = 200;
/** More alerts than an agent looks at before they expire. */
const ALERTS_FOR_AN_AGENT = 10;

interface OfFirm {
  readonly open: Record<CampaignMode, number>;
  /** Of invitations, decaying. */
  answered: number;
  accepted: number;
}

export function createLoad(): Load {
  const firms = new Map<string, OfFirm>();

  function of(firm: string): OfFirm {
    const known = firms.get(firm);
    if (known) return known;
    const open = { alert_first: 0, invite_first: 0, call_at_once: 0 };
    const fresh = { open, answered: PRIOR_WEIGHT, accepted: PRIOR_RATE * PRIOR_WEIGHT };
    firms.set(firm, fresh);
    return fresh;
  }

  const accepted = ({ open, answered, accepted: some }: OfFirm) =>
    (open.invite_first * some) / answered;

  return {
    expected(firm) {
      const here = of(firm);
      return here.open.call_at_once + accepted(here);
    },
    bears(firm, mode, { free, onDuty }) {
      const here = of(firm);
      const { open } = here;
      if (mode === "alert_first") return open.alert_first < onDuty * ALERTS_FOR_AN_AGENT;
      const left = free - open.call_at_once;
      if (mode === "call_at_once") return left > 0;
      // The first is always sent: whoever accepts it finds the agent who is free now.
      return left > 0 && accepted(here) < left;
    },
    began(firm, mode) {
      of(firm).open[mode] += 1;
    },
    ended(firm, mode, wasAccepted) {
      const here = of(firm);
      here.open[mode] -= 1;
      if (mode !== "invite_first") return;
      const kept = 1 - 1 / MEMORY;
      here.answered = here.answered * kept + 1;
      here.accepted = here.accepted * kept + (wasAccepted ? 1 : 0);
    },
  };
}
