/**
 * A telephone campaign without telephones: agents, numbers that answer or do not, weeks of working days, event by event. What
 * paces the dialling is plugged in; the traffic is the same for all that get the same seed.
 */
import type { HourCount } from "../../src/cti/dialler/budget.ts";
import type { Busy, Team } from "../../src/cti/dialler/pacer.ts";
import { Random } from "./random.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
/** Agents work for so long a day. */
const SHIFT = 8 * HOUR;
const RING = 18 * SECOND;
const PATIENCE = 2 * SECOND;
const TICK = 2 * SECOND;

export interface Scene {
  readonly seed: number;
  readonly agents: number;
  readonly days: number;
  /** About how many of the numbers answer; it moves with the hour, the day, and the list that is dialled. */
  readonly answerRate: number;
}

/** What paces the dialling. */
export interface Pacing {
  /** How many more numbers to dial now. */
  more(team: Team, nowMs: number): number;
  answered(afterMs: number, nowMs: number): void;
  unanswered(nowMs: number): void;
  dropped(nowMs: number): void;
  done(doing: Busy["doing"], tookMs: number, nowMs: number): void;
}

export interface Outcome {
  /** Agents at work, breaks not counted. */
  readonly agentHours: number;
  /** The share of that time in which they talked. */
  readonly talkShare: number;
  readonly dialled: number;
  readonly answers: number;
  readonly drops: number;
  /** In order. */
  readonly hours: readonly HourCount[];
}

interface Agent {
  state: "free" | "talking" | "wrapping" | "away";
  sinceMs: number;
  nextBreakMs: number;
}

interface Ringing {
  readonly sinceMs: number;
}

/** Plays the scene. */
export function simulate(scene: Scene, pacing: Pacing): Outcome {
  const traffic = new Random(scene.seed);
  const people = new Random(scene.seed + 1);
  const events = new Events();
  const agents: Agent[] = [];
  const ringing = new Set<Ringing>();
  const waiting: { gone: boolean }[] = [];
  const hours = new Map<number, { answers: number; drops: number }>();
  let [nowMs, closingMs, talkMs, workMs, dialled, answers, drops] = [0, 0, 0, 0, 0, 0, 0];
  const moods = moodsOf(scene);

  const hourNow = () => {
    const hour = Math.floor(nowMs / HOUR);
    let count = hours.get(hour);
    if (!count) hours.set(hour, (count = { answers: 0, drops: 0 }));
    return count;
  };
  const rate = () => {
    const hour = (nowMs % DAY) / HOUR;
    const ofHour = 1 + 0.25 * Math.sin((hour - 9) * 1.1);
    const mood = moods[Math.floor(nowMs / HOUR)] ?? 1;
    return Math.min(0.9, Math.max(0.03, scene.answerRate * ofHour * mood));
  };
  const change = (agent: Agent, state: Agent["state"]) => {
    const tookMs = nowMs - agent.sinceMs;
    if (agent.state !== "away") workMs += tookMs;
    if (agent.state === "talking") talkMs += tookMs;
    agent.state = state;
    agent.sinceMs = nowMs;
    return tookMs;
  };
  const becomeFree = (agent: Agent) => {
    if (nowMs >= closingMs) return change(agent, "away");
    if (nowMs >= agent.nextBreakMs) {
      const backMs = nowMs + people.between(300, 900) * SECOND;
      agent.nextBreakMs = backMs + people.exponential(2 * HOUR);
      events.at(backMs, () => becomeFree(agent));
      return change(agent, "away");
    }
    change(agent, "free");
    const caller = waiting.find((w) => !w.gone);
    if (caller) {
      caller.gone = true;
      talk(agent);
    }
    return dial();
  };
  const talk = (agent: Agent) => {
    change(agent, "talking");
    events.at(nowMs + people.logNormal(120 * SECOND, 0.9), () => {
      pacing.done("talking", change(agent, "wrapping"), nowMs);
      events.at(nowMs + people.logNormal(20 * SECOND, 0.6), () => {
        pacing.done("wrapping", nowMs - agent.sinceMs, nowMs);
        becomeFree(agent);
      });
      dial();
    });
  };
  const answer = (call: Ringing) => {
    if (!ringing.delete(call)) return;
    answers += 1;
    hourNow().answers += 1;
    pacing.answered(nowMs - call.sinceMs, nowMs);
    const free = agents.filter((a) => a.state === "free").sort((a, b) => a.sinceMs - b.sinceMs)[0];
    if (free) talk(free);
    else {
      const caller = { gone: false };
      waiting.push(caller);
      events.at(nowMs + PATIENCE, () => {
        waiting.splice(waiting.indexOf(caller), 1);
        if (caller.gone) return;
        caller.gone = true;
        drops += 1;
        hourNow().drops += 1;
        pacing.dropped(nowMs);
        dial();
      });
    }
    dial();
  };
  const fail = (call: Ringing) => {
    if (!ringing.delete(call)) return;
    pacing.unanswered(nowMs);
    dial();
  };
  const dial = () => {
    if (nowMs >= closingMs) return;
    const team: Team = {
      free: agents.filter((a) => a.state === "free").length,
      busy: agents.flatMap(({ state, sinceMs }) =>
        state === "talking" || state === "wrapping"
          ? [{ doing: state, ageMs: nowMs - sinceMs }]
          : [],
      ),
      ringing: [...ringing].map(({ sinceMs }) => nowMs - sinceMs),
      waiting: waiting.filter((w) => !w.gone).length,
    };
    if (team.free + team.busy.length === 0) return;
    for (let n = pacing.more(team, nowMs); n > 0; n -= 1) {
      const call: Ringing = { sinceMs: nowMs };
      ringing.add(call);
      dialled += 1;
      const answersAfter = Math.min(RING, traffic.logNormal(8 * SECOND, 0.5));
      if (traffic.next() < rate()) events.at(nowMs + answersAfter, () => answer(call));
      else events.at(nowMs + (traffic.next() < 0.25 ? 2 * SECOND : RING), () => fail(call));
    }
  };

  for (let n = 0; n < scene.agents; n += 1) {
    agents.push({ state: "away", sinceMs: 0, nextBreakMs: 0 });
  }
  for (let day = 0; day < scene.days; day += 1) {
    const openMs = day * DAY + 9 * HOUR;
    events.at(openMs, () => {
      closingMs = openMs + SHIFT;
      for (const agent of agents) {
        agent.nextBreakMs = nowMs + people.exponential(2 * HOUR);
        becomeFree(agent);
      }
    });
    for (let at = openMs; at < openMs + SHIFT; at += TICK) events.at(at, dial);
    events.at(openMs + SHIFT, () => {
      // Numbers that have not answered are let go; that drops nobody.
      ringing.clear();
      for (const agent of agents) if (agent.state === "free") change(agent, "away");
    });
    for (let event = events.next(); event; event = events.next()) {
      nowMs = event.atMs;
      event.what();
    }
  }
  return {
    agentHours: workMs / HOUR,
    talkShare: talkMs / workMs,
    dialled,
    answers,
    drops,
    hours: [...hours].map(([hour, count]) => ({ hour, ...count })),
  };
}

/** By what the answer rate is multiplied, hour by hour: days differ, and lists are changed from one moment to the next. */
function moodsOf({ seed, days }: Scene): number[] {
  const random = new Random(seed + 2);
  let [ofDay, ofList, nextList] = [1, 1, 0];
  return Array.from({ length: days * 24 }, (_, hour) => {
    if (hour % 24 === 0) ofDay = random.between(0.8, 1.25);
    if (hour >= nextList) {
      ofList = random.between(0.6, 1.6);
      nextList = hour + random.between(4, 40);
    }
    return ofDay * ofList;
  });
}

/** The worst share of drops in any window of the length that has at least `enough` answers. */
export function worstWindow(hours: readonly HourCount[], windowMs: number, enough: number): number {
  let [worst, answers, drops, first] = [0, 0, 0, 0];
  for (const count of hours) {
    answers += count.answers;
    drops += count.drops;
    while ((count.hour - (hours[first]?.hour ?? 0)) * HOUR >= windowMs) {
      answers -= hours[first]?.answers ?? 0;
      drops -= hours[first]?.drops ?? 0;
      first += 1;
    }
    if (answers >= enough) worst = Math.max(worst, drops / answers);
  }
  return worst;
}

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly what: () => void;
}

/** What happens next: a binary heap by time, then by the order of asking. */
class Events {
  readonly #heap: Event[] = [];
  #order = 0;

  at(atMs: number, what: () => void): void {
    const heap = this.#heap;
    const event = { atMs, order: (this.#order += 1), what };
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const above = heap[(i - 1) >> 1];
      if (!above || before(above, event)) break;
      heap[i] = above;
      i = (i - 1) >> 1;
    }
    heap[i] = event;
  }

  next(): Event | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last || first === last) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      let below = heap[child];
      if (!below) break;
      const right = heap[child + 1];
      if (right && before(right, below)) {
        child += 1;
        below = right;
      }
      if (before(last, below)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function before(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
