/**
 * How well so many agents serve so many contacts, and how many are needed (A. K. Erlang 1917; Gans, Koole and Mandelbaum,
 * "Telephone Call Centers", 2003, section 4). Erlang C takes it that everybody waits; Erlang A that some give up (Garnett,
 * Mandelbaum and Reiman 2002).
 */
export interface Traffic {
  /** Contacts that come in a second. */
  readonly perSecond: number;
  /** Of one contact, wrapping up included. */
  readonly handleSeconds: number;
  /** How long somebody waits on average before he gives up; absent: for ever (Erlang C). */
  readonly patienceSeconds?: number;
}

/** "80 % in 20 seconds": `level` 0.8, `withinSeconds` 20. */
export interface ServiceGoal {
  readonly level: number;
  readonly withinSeconds: number;
}

export interface Service {
  /** Share of the contacts that must wait. */
  readonly waits: number;
  /** Share that gives up. */
  readonly abandons: number;
  /** Mean wait of all, also of those who do not wait and of those who give up; Infinity when the queue grows for ever. */
  readonly meanWaitSeconds: number;
  /** Share of all contacts that are answered within the time of the goal. */
  readonly level: number;
  /** Share of their time that agents are busy. */
  readonly occupancy: number;
}

/** Of the probability that is left out of a sum. */
const NEGLIGIBLE = 1e-15;
/** What the search gives up at: no site has more agents. */
const MOST_AGENTS = 1_000_000;

/** Share of contacts that find all agents busy, if nobody waits (Erlang B). @param load in erlang @param agents whole, 0 or more */
export function erlangB(load: number, agents: number): number {
  let blocked = 1;
  for (let n = 1; n <= agents; n += 1) blocked = (load * blocked) / (n + load * blocked);
  return blocked;
}

/** Share of contacts that must wait, if nobody gives up (Erlang C). 1 when there are not more agents than load. */
export function erlangC(load: number, agents: number): number {
  return waiting(load, agents, erlangB(load, agents));
}

/** How so many agents serve the traffic. @param agents whole, 1 or more */
export function serviceOf(traffic: Traffic, agents: number, withinSeconds: number): Service {
  const load = traffic.perSecond * traffic.handleSeconds;
  return served(traffic, agents, withinSeconds, erlangB(load, agents));
}

/** The fewest agents with whom the goal is met; 0 when nobody comes. */
export function agentsFor(traffic: Traffic, { level, withinSeconds }: ServiceGoal): number {
  const load = traffic.perSecond * traffic.handleSeconds;
  if (load === 0) return 0;
  let blocked = 1;
  for (let agents = 1; agents < MOST_AGENTS; agents += 1) {
    blocked = (load * blocked) / (agents + load * blocked);
    if (served(traffic, agents, withinSeconds, blocked).level >= level) return agents;
  }
  return MOST_AGENTS;
}

function served(traffic: Traffic, agents: number, withinSeconds: number, blocked: number): Service {
  return traffic.patienceSeconds === undefined || traffic.patienceSeconds === Infinity
    ? patient(traffic, agents, withinSeconds, blocked)
    : impatient(
        { ...traffic, patienceSeconds: traffic.patienceSeconds },
        agents,
        withinSeconds,
        blocked,
      );
}

function waiting(load: number, agents: number, blocked: number): number {
  return agents <= load ? 1 : blocked / (1 - (load / agents) * (1 - blocked));
}

function patient(
  { perSecond, handleSeconds }: Traffic,
  agents: number,
  withinSeconds: number,
  blocked: number,
): Service {
  const load = perSecond * handleSeconds;
  if (agents <= load) {
    return { waits: 1, abandons: 0, meanWaitSeconds: Infinity, level: 0, occupancy: 1 };
  }
  const waits = waiting(load, agents, blocked);
  return {
    waits,
    abandons: 0,
    meanWaitSeconds: (waits * handleSeconds) / (agents - load),
    level: 1 - waits * Math.exp((-(agents - load) * withinSeconds) / handleSeconds),
    occupancy: load / agents,
  };
}

/**
 * Erlang A. States are added one by one, and all sums are kept as means over the states so far, so that nothing can grow or
 * vanish, however large the traffic.
 *
 * Who finds q others waiting has to see q + 1 departures, at rates (c + j)θ for j = q … 0, with c = agents · μ/θ. The time V
 * they take has e^(-θV) ~ Beta(c, q + 1), and he stays so long with probability e^(-θV); so he is answered within T with
 * probability c/(c + q + 1) · P(Beta(c + 1, q + 1) > e^(-θT)), which for a whole q is a sum of q + 1 terms.
 */
function impatient(
  { perSecond, handleSeconds, patienceSeconds }: Required<Traffic>,
  agents: number,
  withinSeconds: number,
  blocked: number,
): Service {
  const load = perSecond * handleSeconds;
  const c = (agents * patienceSeconds) / handleSeconds;
  const early = -Math.expm1(-withinSeconds / patienceSeconds);
  let term = (-(c + 1) * withinSeconds) / patienceSeconds;
  let tooLate = Math.exp(term);
  /** Of the state that was added last, among those so far. */
  let share = blocked;
  let waits = share;
  let queue = 0;
  let level = 1 - share + share * (c / (c + 1)) * (1 - tooLate);
  for (let q = 1; ; q += 1) {
    const ratio = (perSecond * patienceSeconds) / (c + q);
    share = (ratio * share) / (1 + ratio * share);
    term += Math.log(((c + q) / q) * early);
    tooLate = Math.min(1, tooLate + Math.exp(term));
    waits += share * (1 - waits);
    queue += share * (q - queue);
    level += share * ((c / (c + q + 1)) * (1 - tooLate) - level);
    if (ratio < 1 && share * q < NEGLIGIBLE) break;
  }
  const meanWaitSeconds = queue / perSecond;
  const abandons = meanWaitSeconds / patienceSeconds;
  return { waits, abandons, meanWaitSeconds, level, occupancy: (load * (1 - abandons)) / agents };
}
