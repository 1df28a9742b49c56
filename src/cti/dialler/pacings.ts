/** Each firm's pacing: the pacer, within the budget that the law leaves, whose counts outlive the process. */
import type { Clock } from "../../model/clock.ts";
import type { Log } from "../../model/log.ts";
import { type Jurisdiction, jurisdictionOf } from "../jurisdictions.ts";
import type { DialHour, DialLearnt, DialMetrics, DialRecords } from "../ports.ts";
import { createBudget } from "./budget.ts";
import { createLearntKeeper, type Learnt } from "./learnt.ts";
import { createPacer, type Pacer, type Team } from "./pacer.ts";

/** How fast numbers may be dialled before there are agents for them. */
export interface Pacing extends Pick<Pacer, "answered" | "unanswered" | "done"> {
  /** An agent must be there so long after the visitor has answered, ms. */
  readonly patienceMs: number;
  /** Whoever found no agent is left alone for so long, ms. */
  readonly restMs: number;
  /** How many more numbers may be dialled now. */
  more(team: Team): number;
  /** How many of those that are being dialled must be given up, since agents have left: else the limit might not hold. */
  excess(team: Team): number;
  /** Somebody answered, and no agent was there in time. */
  dropped(): void;
}

/** Disposing writes down what was learnt last. */
export interface Pacings extends AsyncDisposable {
  /** That of a firm, by the law of a country (ISO 3166-1 alpha-2). */
  of(firm: string, country: string): Pacing;
  /** From now on operators have set this for countries. What was learnt and counted is kept. */
  use(overrides: Overrides): void;
}

type Overrides = Readonly<Record<string, Partial<Jurisdiction>>>;

/** @param kept what the last process has written down */
export function createPacings(
  first: Overrides,
  kept: { readonly hours: readonly DialHour[]; readonly learnt: readonly DialLearnt[] },
  ports: {
    readonly clock: Clock;
    readonly log: Log;
    readonly metrics: DialMetrics;
    readonly records: DialRecords;
    /** Makes a firm's pacer, when not {@link createPacer}. */
    readonly pacer?: (before?: Learnt) => Pacer;
  },
): Pacings {
  let overrides = first;
  const pacers = new Map<string, Pacer>();
  const hours = Map.groupBy(
    kept.hours.toSorted((a, b) => a.hour - b.hour),
    ({ firm }) => firm,
  );
  const learnt = createLearntKeeper(kept.learnt, ports, (firm) => pacers.get(firm)?.learnt());
  const pacings = new Map<string, { readonly rule: string; readonly pacing: Pacing }>();

  const keep = (counted: DialHour) => {
    const all = hours.get(counted.firm) ?? [];
    if (all.at(-1)?.hour === counted.hour) all.pop();
    all.push(counted);
    hours.set(counted.firm, all);
    ports.records.saveDialHour(counted).catch((error: unknown) => {
      ports.log.error({ err: error, firm: counted.firm }, "dialled calls could not be counted");
    });
  };
  const pacerOf = (firm: string) => {
    const pacer = pacers.get(firm) ?? (ports.pacer ?? createPacer)(learnt.before(firm));
    pacers.set(firm, pacer);
    return pacer;
  };

  return {
    of(firm, country) {
      const jurisdiction = jurisdictionOf(country, overrides);
      const rule = JSON.stringify(jurisdiction);
      const known = pacings.get(firm);
      if (known?.rule === rule) return known.pacing;
      const counts = hours.get(firm) ?? [];
      const pacing = createPacing(firm, jurisdiction, pacerOf(firm), counts, {
        ...ports,
        keep,
        learns: () => learnt.changed(firm),
      });
      pacings.set(firm, { rule, pacing });
      return pacing;
    },
    use: (next) => void (overrides = next),
    [Symbol.asyncDispose]: () => learnt[Symbol.asyncDispose](),
  };
}

function createPacing(
  firm: string,
  { dropLimit, dropWindowMs, patienceMs, restMs }: Jurisdiction,
  pacer: Pacer,
  kept: readonly DialHour[],
  ports: {
    readonly clock: Clock;
    readonly metrics: DialMetrics;
    keep(counted: DialHour): void;
    learns(): void;
  },
): Pacing {
  const { clock, metrics } = ports;
  const budget = createBudget({ dropLimit, dropWindowMs }, kept);
  const show = () => {
    const { answers, drops } = budget.window(clock.nowMs());
    metrics.dropRatio(firm, answers > 0 ? drops / answers : 0, dropLimit);
  };
  const counted = () => {
    ports.keep({ firm, ...budget.hour(clock.nowMs()) });
    show();
  };
  show();
  return {
    patienceMs,
    restMs,
    more(team) {
      const nowMs = clock.nowMs();
      const n = pacer.more(team, { share: budget.share(nowMs), drops: budget.allowance(nowMs) });
      const agents = team.free + team.busy.length;
      // Also when nobody is called any more: what is older than the window has gone.
      show();
      metrics.pacingRatio(firm, agents > 0 ? (team.ringing.length + n) / agents : 0);
      return n;
    },
    excess(team) {
      const drops = Math.max(0, Math.floor(budget.allowance(clock.nowMs())));
      const most = Math.max(0, team.free - team.waiting + drops);
      return Math.max(0, team.ringing.length - most);
    },
    answered(afterMs) {
      pacer.answered(afterMs);
      ports.learns();
      budget.answered(clock.nowMs());
      metrics.liveAnswer(firm);
      counted();
    },
    unanswered() {
      pacer.unanswered();
      ports.learns();
    },
    dropped() {
      budget.dropped(clock.nowMs());
      metrics.dropped(firm);
      counted();
    },
    done(doing, tookMs) {
      pacer.done(doing, tookMs);
      ports.learns();
    },
  };
}
