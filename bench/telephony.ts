import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { createAsteriskSwitch } from "../src/cti/asterisk/switch.ts";
import { createTelephony } from "../src/cti/telephony.ts";
import type { Call } from "../src/model/call.ts";
import { systemClock } from "../src/model/clock.ts";
import { openStore } from "../src/store/open.ts";
import { type Exchange, startExchange } from "../test/exchange/exchange.ts";
import { until } from "../test/until.ts";

/** Seconds; `TELEPHONY_SECONDS` shortens it, for trying out. */
const SECONDS = Number(process.env["TELEPHONY_SECONDS"] ?? 60);
const CALLS_A_SECOND = 20;
/** With 20 calls a second, 50 people talk to 50 others at any time. */
const TALK_MS = 2_500;
const TALKING = (CALLS_A_SECOND * TALK_MS) / 1_000;
/** So many legs are listened to at a time. */
const EARS = 10;
const APPLICATION = "warmline";
const TELEPHONE = "101";

/** Click to call on a real Asterisk, with SIPp as agents and visitors: how fast, how many at once, and whether all goes well. */
export async function telephony(): Promise<string> {
  await using exchange = await startExchange(APPLICATION);
  await exchange.carrier();
  await exchange.phone(TELEPHONE);
  await using stand = await callsOn(exchange);
  await stand.warmUp();
  const rush = await stand.rush(SECONDS * CALLS_A_SECOND);
  const talks = await stand.talks(TALKING);
  const row = (what: string, figure: string, wanted: string) =>
    `| ${what} | ${figure} | ${wanted} |`;
  const times = (what: string, ms: readonly number[], wanted: string) => [
    row(`${what}: median`, `${quantile(ms, 0.5).toFixed(1)} ms`, ""),
    row(`${what}: p95`, `${quantile(ms, 0.95).toFixed(1)} ms`, wanted),
    row(`${what}: worst`, `${quantile(ms, 1).toFixed(1)} ms`, ""),
  ];
  return [
    `${CALLS_A_SECOND} click-to-calls a second for ${SECONDS} s: the agent's telephone rings for 0.2 s, then the visitor's, then they talk for ${TALK_MS / 1_000} s with audio both ways. Asterisk 22, SIPp as both`,
    "sides, and the calls written to SQLite, all on the same two cores. The telephones say when an INVITE came and when they answered, by the same clock.\n",
    "| what | measured | wanted |",
    "| --- | --: | --: |",
    row("calls", rush.calls.toLocaleString("en"), ""),
    row("calls that were not joined", rush.failed, "0"),
    ...times("from the request to the INVITE", rush.toInviteMs, "under 25 ms"),
    ...times("from the visitor's answer to joined", rush.toJoinedMs, "under 50 ms"),
    row("joined calls at once, at most", String(rush.mostJoined), ""),
    row("calls joined and kept", String(talks.calls), "50"),
    row("their legs that hear the other side, and nothing else", String(talks.hear), "100"),
    row("channels and bridges left over", String((await stand.leftOver()).length), "0"),
    "",
  ].join("\n");
}

/** Telephony as the engine has it, and what is done with it. */
async function callsOn(exchange: Exchange) {
  await using open = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "warmline-bench-"));
  open.defer(() => rmSync(folder, { recursive: true, force: true }));
  const store = open.use(await openStore(join(folder, "warmline.sqlite")));
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const last = new Map<string, Call>();
  const joinedMs = new Map<string, number>();
  const changed = (call: Call) => {
    if (call.state === "joined" && !joinedMs.has(call.number)) joinedMs.set(call.number, nowMs());
    last.set(call.id, call);
  };
  const line = open.use(
    createTelephony(
      { ringTimeoutMs: 20_000, caller: () => ({ number: "+49301", name: "Crema" }) },
      {
        clock: systemClock,
        log,
        metrics: { callStarted: quiet, callEnded: quiet, switchUp: quiet },
        calls: { changed },
        lines: { lifted: () => "refused", dropped: quiet },
        records: store,
        connect: (listener) =>
          createAsteriskSwitch(
            {
              ...exchange.ari,
              application: APPLICATION,
              agentEndpoint: "PJSIP/{telephone}",
              publicEndpoint: "PJSIP/{number}@trunk",
              refusal: exchange.refusal,
              nobodyFree: exchange.nobodyFree,
              signalling: exchange.ari.url.replace(/^http(.*)ari$/, "ws$1ws"),
              browserEndpoint: {},
              video: true,
            },
            { clock: systemClock, log },
            listener,
          ),
      },
    ),
  );
  await until("the exchange to be reached", () => line.up());
  const all = open.move();

  let calls = 0;
  const start = () => {
    const number = `+4930${1_000_000 + 1_000 * calls++}`;
    const requestedMs = nowMs();
    const order = { interactionId: number, agent: "anna", telephone: TELEPHONE, site: "shop" };
    return {
      id: line.clickToCall({ ...order, callId: `c${calls}`, number }).id,
      number,
      requestedMs,
    };
  };
  const stateOf = (id: string) => last.get(id)?.state;
  const endOf = (id: string) => `${last.get(id)?.end?.party}: ${last.get(id)?.end?.reason}`;
  const leftOver = async () => {
    const isQuiet = async () => (await exchange.leftOver()).length === 0;
    await until("the exchange to be empty", isQuiet, 5_000).catch(quiet);
    return exchange.leftOver();
  };

  /** Joins so many calls at once, and gives their ids. */
  async function joined(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let call = 0; call < count; call++) {
      ids.push(start().id);
      await sleep(1_000 / CALLS_A_SECOND);
    }
    await until("all to talk or to have failed", () =>
      ids.every((id) => stateOf(id) === "joined" || stateOf(id) === "ended"),
    );
    return ids.filter((id) => stateOf(id) === "joined");
  }

  return {
    leftOver,
    /** The first calls load code, on both sides. */
    async warmUp() {
      for (const id of await joined(CALLS_A_SECOND)) line.release(id);
      await leftOver();
    },
    /** So many calls, one after the other at an even pace, whatever becomes of those before. */
    async rush(count: number) {
      const begunMs = nowMs();
      const started: ReturnType<typeof start>[] = [];
      const releases: Promise<void>[] = [];
      let mostJoined = 0;
      for (let call = 0; call < count; call++) {
        await sleep(Math.max(0, begunMs + (call * 1_000) / CALLS_A_SECOND - nowMs()));
        const one = start();
        started.push(one);
        releases.push(
          until("a call to be joined", () => stateOf(one.id) === "joined", 25_000)
            .then(() => sleep(TALK_MS))
            .then(() => line.release(one.id), quiet),
        );
        const talking = line.calls().filter(({ state }) => state === "joined").length;
        mostJoined = Math.max(mostJoined, talking);
      }
      await Promise.all(releases);
      const invitedMs = noted(exchange.notes(TELEPHONE), "INVITE");
      const answeredMs = noted(exchange.notes("carrier"), "ANSWER");
      const gone = started.filter(({ number }) => joinedMs.has(number));
      const lost = started.filter(({ number }) => !joinedMs.has(number));
      return {
        calls: count,
        failed: [lost.length, ...new Set(lost.map(({ id }) => endOf(id)))].join(", "),
        mostJoined,
        toInviteMs: gone.map((one) => at(invitedMs, one.number) - one.requestedMs),
        toJoinedMs: gone.map(({ number }) => at(joinedMs, number) - at(answeredMs, number)),
      };
    },
    /** So many calls at once; how many of their legs hear the other side alone. */
    async talks(count: number) {
      const ids = await joined(count);
      const legs = ids.flatMap((id) => [
        { channel: `${APPLICATION}.${id}.agent`, other: "visitor" },
        { channel: `${APPLICATION}.${id}.visitor`, other: "agent" },
      ]);
      let hear = 0;
      for (let from = 0; from < legs.length; from += EARS) {
        const listening = legs.slice(from, from + EARS);
        const heard = await Promise.all(listening.map(({ channel }) => exchange.hears(channel)));
        hear += listening.filter(({ other }, i) => heard[i]?.join() === other).length;
      }
      for (const id of ids) line.release(id);
      return { calls: ids.length, hear };
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** By the visitor's number, when a telephone noted the event for the first time, ms of the wall clock. */
function noted(notes: string, event: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const line of notes.split("\n")) {
    const [, seconds, number] = /^\w+ \S+\t\S+\t(\S+) .*?(\+4930\d{5,})/.exec(line) ?? [];
    if (!line.startsWith(event) || number === undefined || times.has(number)) continue;
    times.set(number, 1_000 * Number(seconds));
  }
  return times;
}

function at(times: ReadonlyMap<string, number>, number: string): number {
  const time = times.get(number);
  if (time === undefined) throw new Error(`no telephone has noted the call to ${number}`);
  return time;
}

/** The wall clock, finer than a millisecond. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
