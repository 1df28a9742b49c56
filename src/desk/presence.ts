/** Who is on duty: what agents say, and whether their desks are there. */
import type { Agent, AgentState, AgentStatus, Staffing } from "../model/agent.ts";
import type { Clock, Timer } from "../model/clock.ts";
import type { Directory } from "./directory.ts";
import type { AgentView } from "./protocol.ts";

/** What an agent has in hand. */
export interface Load {
  readonly state: AgentState;
  /** Whether he could take one more contact. */
  readonly free: boolean;
}

export interface Presence {
  view(agent: Agent): AgentView;
  /** Those of the firm who say they are available, and whose desks are there, or were a moment ago. */
  onDuty(firm: string): Agent[];
  /** Those on duty who have a desk open at this moment: what comes by itself must not ring for an agent who is gone. */
  atDesk(firm: string): Agent[];
  staffing(firm: string): Staffing;
  say(agent: Agent, status: "available" | "on_break"): void;
  /** A desk of the agent's was opened at the address; disposing is its loss. */
  deskOpened(agent: Agent, address: string): Disposable;
  /**
   * He logged in, or gave an order: he is there. His desk has so long to open as it has to come back; what he has taken
   * without one is not left with him for ever.
   */
  seen(agent: Agent, address: string): void;
  /** He had something in hand before a restart: `gone` is told when his desk does not come back in time. */
  expected(agent: Agent): void;
  loggedOut(agent: Agent): void;
  dispose(): void;
}

interface Here {
  /** What he said, kept while he is away: coming back changes nothing. */
  said: "available" | "on_break";
  present: boolean;
  desks: number;
  address: string;
  absence?: Timer;
}

/**
 * @param ports.load what an agent has in hand now
 * @param ports.changed told after each change of an agent's status
 * @param ports.gone told when an agent is out of service: logged out, or without a desk for `absenceMs`
 */
export function createPresence(
  options: { readonly directory: Directory; readonly absenceMs: number },
  ports: {
    readonly clock: Clock;
    load(agent: string): Load;
    telephoneReady(agent: Agent): boolean;
    changed(agent: Agent, cameOnDuty: boolean): void;
    gone(agent: Agent): void;
  },
): Presence {
  const { directory, absenceMs } = options;
  const all = new Map<string, Here>();
  const hereOf = (agent: Agent): Here => {
    let here = all.get(agent.name);
    if (!here) {
      all.set(agent.name, (here = { said: "available", present: false, desks: 0, address: "" }));
    }
    return here;
  };
  const statusOf = (agent: Agent): AgentStatus => {
    const here = all.get(agent.name);
    return here?.present ? here.said : "logged_out";
  };
  const onDuty = (firm: string) =>
    directory.agentsOf(firm).filter((agent) => statusOf(agent) === "available");
  const changing = (agent: Agent, change: (here: Here) => void) => {
    const before = statusOf(agent);
    change(hereOf(agent));
    const after = statusOf(agent);
    ports.changed(agent, before !== "available" && after === "available");
    if (before !== "logged_out" && after === "logged_out") ports.gone(agent);
  };
  const awaitDesk = (agent: Agent, here: Here) => {
    here.absence?.[Symbol.dispose]();
    here.absence = ports.clock.after(absenceMs, () =>
      changing(agent, (here) => {
        here.present = false;
      }),
    );
  };

  return {
    view: (agent) => ({
      name: agent.name,
      displayName: agent.displayName,
      firm: agent.firm,
      telephone: agent.telephone,
      telephoneReady: ports.telephoneReady(agent),
      status: statusOf(agent),
      state: ports.load(agent.name).state,
      maySetPriority: agent.maySetPriority,
      address: all.get(agent.name)?.address ?? "",
    }),
    onDuty,
    atDesk: (firm) => onDuty(firm).filter(({ name }) => (all.get(name)?.desks ?? 0) > 0),
    staffing(firm) {
      const agents = onDuty(firm);
      return {
        onDuty: agents.length,
        free: agents.filter((agent) => ports.load(agent.name).free).length,
      };
    },
    say(agent, status) {
      changing(agent, (here) => {
        here.said = status;
        if (here.present) return;
        here.present = true;
        awaitDesk(agent, here);
      });
    },
    deskOpened(agent, address) {
      changing(agent, (here) => {
        here.absence?.[Symbol.dispose]();
        here.present = true;
        here.desks += 1;
        here.address = address;
      });
      let open = true;
      return {
        [Symbol.dispose]() {
          if (!open) return;
          open = false;
          const here = hereOf(agent);
          here.desks -= 1;
          if (here.desks === 0 && here.present) awaitDesk(agent, here);
        },
      };
    },
    seen(agent, address) {
      if (hereOf(agent).desks > 0 && hereOf(agent).present) return;
      changing(agent, (here) => {
        here.present = true;
        here.address = address;
        if (here.desks === 0) awaitDesk(agent, here);
      });
    },
    expected(agent) {
      const here = hereOf(agent);
      if (here.desks > 0) return;
      here.absence?.[Symbol.dispose]();
      here.absence = ports.clock.after(absenceMs, () => {
        if (here.desks === 0) changing(agent, (now) => void (now.present = false));
        if (!here.present) ports.gone(agent);
      });
    },
    loggedOut(agent) {
      changing(agent, (here) => {
        here.absence?.[Symbol.dispose]();
        here.present = false;
        here.said = "available";
      });
    },
    dispose() {
      for (const here of all.values()) here.absence?.[Symbol.dispose]();
    },
  };
}
