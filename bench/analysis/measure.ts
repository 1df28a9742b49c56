/** One measurement in a process of its own, so that memory is its alone: prints a line of JSON. */
import { setTimeout as sleep } from "node:timers/promises";
import { analysisOf, configured, forgedHitOf, hitOf, numbers } from "./load.ts";
import { longestStallMs } from "./stalls.ts";
import { createWaits } from "./waits.ts";

const SESSIONS = Number(process.argv[3] ?? 1_000_000);
/** Hits that come over the link in one message. */
const BATCH = 64;
const PAGES = 4;
const WAIT_MS = 60_000;
/** Between batches: some 20,000 hits a second, several times what a million sessions make that look at a page for a minute or two. */
const PACE_MS = 1;

async function table() {
  const random = numbers(1);
  const before = settledRss();
  const analysis = analysisOf({ sessions: SESSIONS });
  const filling = await longestStallMs(SESSIONS * PAGES, BATCH, (i) =>
    analysis.touch(hitOf(i % SESSIONS, random)),
  );
  const bytes = (settledRss() - before) / analysis.count();
  const touches: number[] = [];
  const running = await longestStallMs(300_000, BATCH, () => {
    const hit = hitOf(random(SESSIONS), random);
    const beganMs = performance.now();
    analysis.touch(hit);
    touches.push(performance.now() - beganMs);
  });
  touches.sort((a, b) => a - b);
  const at = (share: number) => touches[Math.floor(touches.length * share)]! * 1_000;
  const rows = analysis.count();
  return { rows, bytes, filling, running, medianUs: at(0.5), p99Us: at(0.99) };
}

/** A million visitors, each with a due time of his own a minute after his page; nothing but time happens. */
async function dueTimes() {
  const random = numbers(2);
  const late = new Float64Array(SESSIONS);
  const undisturbed = new Float64Array(SESSIONS);
  const waits = createWaits();
  let fired = 0;
  const looking = setInterval(() => waits.look(Date.now()), 2);
  const analysis = analysisOf({
    sessions: SESSIONS,
    criteria: [`page.seconds >= ${WAIT_MS / 1_000}`],
    found(firedMs, pageMs) {
      const dueMs = pageMs + WAIT_MS;
      waits.look(firedMs);
      late[fired] = firedMs - dueMs;
      undisturbed[fired] = firedMs - dueMs - waits.between(dueMs, firedMs);
      fired += 1;
    },
  });
  await longestStallMs(SESSIONS, BATCH, (i) => analysis.touch(hitOf(i, random)), PACE_MS);
  const giveUpMs = Date.now() + WAIT_MS + 10_000;
  while (fired < SESSIONS && Date.now() < giveUpMs) await sleep(100);
  clearInterval(looking);
  const sorted = late.subarray(0, fired).sort();
  const alone = undisturbed.subarray(0, fired).sort();
  return {
    fired,
    early: Math.max(0, -sorted[0]!),
    p99: sorted[Math.floor(fired * 0.99)],
    worst: sorted.at(-1),
    worstAlone: alone.at(-1),
  };
}

/** A million sessions are there when one more campaign comes that asks for time, and all of them are due; hits go on meanwhile. */
async function reload() {
  const random = numbers(4);
  let fired = 0;
  const criteria = ["pages > 100"];
  const analysis = analysisOf({ sessions: SESSIONS, criteria, found: () => (fired += 1) });
  await longestStallMs(SESSIONS, BATCH, (i) => analysis.touch(hitOf(i, random)));
  const beganMs = performance.now();
  analysis.use(configured([...criteria, "page.seconds >= 1"]));
  let stall = 0;
  while (fired < SESSIONS && performance.now() - beganMs < 120_000) {
    const again = () => analysis.touch(hitOf(random(SESSIONS), random));
    stall = Math.max(stall, await longestStallMs(1_000, 8, again, PACE_MS));
  }
  return { fired, tookMs: performance.now() - beganMs, stall };
}

async function flood() {
  const random = numbers(3);
  const real = 100_000;
  const forged = 10_000_000;
  const analysis = analysisOf({ sessions: SESSIONS });
  const before = settledRss();
  for (let i = 0; i < 2 * real; i += 1) analysis.touch(hitOf(i % real, random));
  let mostRows = 0;
  let mostBytes = 0;
  const beganMs = process.cpuUsage().user / 1_000;
  const stall = await longestStallMs(forged, BATCH, (i) => {
    analysis.touch(forgedHitOf(i));
    mostRows = Math.max(mostRows, analysis.count());
    mostBytes = Math.max(mostBytes, analysis.bytes());
  });
  const eachUs = ((process.cpuUsage().user / 1_000 - beganMs) / forged) * 1_000;
  let kept = 0;
  for (let i = 0; i < real; i += 1) if (analysis.find("shop", hitOf(i, random).visitor)) kept += 1;
  return {
    mostRows,
    mostBytes: mostBytes / SESSIONS,
    rss: (settledRss() - before) / SESSIONS,
    kept: kept / real,
    stall,
    eachUs,
  };
}

function settledRss(): number {
  for (let i = 0; i < 3; i += 1) globalThis.gc?.();
  return process.memoryUsage().rss;
}

const measurements = { table, dueTimes, reload, flood };
export type Measured = {
  [Name in keyof typeof measurements]: Awaited<ReturnType<(typeof measurements)[Name]>>;
};

const name = process.argv[2] as keyof typeof measurements;
process.stdout.write(`${JSON.stringify(await measurements[name]())}\n`);
process.exit(0);
