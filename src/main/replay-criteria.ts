import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { agentsFor, type ServiceGoal } from "../analysis/erlang.ts";
import { replay, type Replayed } from "../analysis/replay/replay.ts";
import type { Config } from "../config/schema.ts";
import { StartError } from "./lifetime.ts";
import { campaignsOf, sitesOf } from "./sites.ts";
import { printedTable } from "./printed-table.ts";

/** How it is to be forecast how many agents are needed. */
export interface Forecast {
  /** Share of the invitations that visitors accept, 0 to 1. */
  readonly accept: number;
  readonly handleSeconds: number;
  readonly patienceSeconds: number;
  readonly goal: ServiceGoal;
}

/** What a firm needs. */
interface Need {
  readonly firm: string;
  readonly when: "on average" | "in its busiest hour";
  readonly contactsPerHour: number;
  /** Agents if everybody waits (Erlang C), and if they give up (Erlang A). */
  readonly erlangC: number;
  readonly erlangA: number;
}

const HOUR_MS = 3_600_000;
/** Somebody who is invited decides within so long, ms. */
const ANSWER_MS = 20_000;
/** No criterion is to be held back because all are busy: how many are needed is what is asked. */
const AGENTS = 10_000;

/**
 * `warmline criteria replay`: what the configuration's campaigns would have done with the visitors of access logs.
 *
 * @throws {StartError} when a log cannot be read
 */
export async function replayCriteria(
  config: Config,
  options: {
    readonly logs: readonly string[];
    readonly forecast: Forecast;
    readonly json: boolean;
  },
): Promise<void> {
  const { logs, forecast, json } = options;
  const replayed = await replay(linesOf(logs), {
    sites: sitesOf(config),
    campaigns: campaignsOf(config),
    mostSessions: config.sessions.most,
    idleMs: config.sessions.idle,
    visitGapMs: config.visitors.visitGap,
    agents: AGENTS,
    accept: forecast.accept,
    answerMs: ANSWER_MS,
  });
  const needs = needsOf(config, replayed, forecast);
  process.stdout.write(json ? `${jsonOf(replayed, needs)}\n` : textOf(replayed, needs, forecast));
}

/** The lines of several logs, one after the other; those that end in .gz are unpacked, `-` is standard input. */
async function* linesOf(files: readonly string[]): AsyncGenerator<string> {
  for (const file of files) {
    const raw = file === "-" ? process.stdin : createReadStream(file);
    const input = file.endsWith(".gz") ? createGunzip() : new PassThrough();
    // What goes wrong is told by the last of them, which is read below.
    const passed = pipeline(raw, input).catch((error: Error) => void input.destroy(error));
    try {
      yield* createInterface({ input, crlfDelay: Infinity });
      await passed;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new StartError(`${file}: ${code === "ENOENT" ? "there is no such file" : message}`);
    }
  }
}

export function needsOf(config: Config, replayed: Replayed, forecast: Forecast): Need[] {
  const { accept, handleSeconds, patienceSeconds, goal } = forecast;
  const hours = hoursOf(replayed);
  return config.firms.flatMap(({ name: firm }) => {
    const sites = new Set(config.sites.filter((s) => s.firm === firm).map(({ name }) => name));
    const perHour = new Map<number, number>();
    for (const { name, site } of config.campaigns) {
      if (!sites.has(site)) continue;
      for (const [hourMs, { contacts }] of replayed.campaigns.get(name)?.hours ?? []) {
        perHour.set(hourMs, (perHour.get(hourMs) ?? 0) + contacts);
      }
    }
    const all = [...perHour.values()];
    const need = (when: Need["when"], opportunities: number): Need => {
      const contactsPerHour = opportunities * accept;
      const traffic = { perSecond: contactsPerHour / 3600, handleSeconds };
      const erlangA = agentsFor({ ...traffic, patienceSeconds }, goal);
      return { firm, when, contactsPerHour, erlangC: agentsFor(traffic, goal), erlangA };
    };
    const sum = all.reduce((a, b) => a + b, 0);
    return [need("on average", sum / hours), need("in its busiest hour", Math.max(0, ...all))];
  });
}

/** The time that the logs are about, in hours; one at least. */
function hoursOf({ fromMs, toMs }: Replayed): number {
  return Math.max(1, (toMs - fromMs) / HOUR_MS || 0);
}

function textOf(replayed: Replayed, needs: readonly Need[], forecast: Forecast): string {
  const { lines, hits, unlinked, elsewhere, broken, fromMs, toMs } = replayed;
  const notes = [
    `${lines} lines, ${hits} hits${hits > 0 ? `, ${time(fromMs)} to ${time(toMs)} UTC` : ""}`,
    ...(unlinked > 0 ? [`${unlinked} hits of visitors who refuse, left out`] : []),
    ...(elsewhere > 0 ? [`${elsewhere} hits on sites that are not configured, left out`] : []),
    ...(broken > 0 ? [`${broken} lines that are not of an access log in JSON, left out`] : []),
  ];
  const hours = hoursOf(replayed);
  const campaigns = [...replayed.campaigns].map(([name, { offers, hours: each, suppressed }]) => {
    const all = offers.contact + offers.callback_out_of_hours + offers.callback_all_busy;
    const busiest = [...each].toSorted(([, a], [, b]) => b.all - a.all)[0];
    const held = [...suppressed].map(([reason, times]) => `${reason} ${times}`).join(", ");
    const when = busiest ? `${busiest[1].all} at ${time(busiest[0])}` : "";
    return [name, `${all}`, `${offers.contact}`, (all / hours).toFixed(1), when, held];
  });
  const { accept, handleSeconds, patienceSeconds, goal } = forecast;
  return [
    ...notes,
    "",
    printedTable([
      ["CAMPAIGN", "OPPORTUNITIES", "TO TALK NOW", "AN HOUR", "BUSIEST HOUR", "HELD BACK BY"],
      ...campaigns,
    ]),
    `Agents for ${percent(goal.level)} answered in ${goal.withinSeconds} s, if ${percent(accept)} accept and each takes ${handleSeconds} s:`,
    "",
    printedTable([
      ["FIRM", "WHEN", "CONTACTS AN HOUR", "ALL WAIT", `THEY WAIT ${patienceSeconds} s`],
      ...needs.map(({ firm, when, contactsPerHour, erlangC, erlangA }) => [
        firm,
        when,
        contactsPerHour.toFixed(1),
        `${erlangC}`,
        `${erlangA}`,
      ]),
    ]),
  ].join("\n");
}

function jsonOf({ campaigns, ...rest }: Replayed, needs: readonly Need[]): string {
  const all = [...campaigns].map(([name, { offers, hours, suppressed }]) => ({
    name,
    offers,
    hours: [...hours].map(([atMs, counted]) => ({ atMs, ...counted })),
    suppressed: Object.fromEntries(suppressed),
  }));
  return JSON.stringify({ ...rest, campaigns: all, needs });
}

const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;

const time = (atMs: number) => new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
