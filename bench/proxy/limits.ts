import type { Candidate, Stand } from "./candidate.ts";
import { type Hold, memoryOfConnections } from "./connections.ts";
import { startNginx } from "./nginx.ts";
import { inRounds, type Plan } from "./rounds.ts";
import { openStand } from "./stand.ts";
import { startWarmline } from "./warmline.ts";
import { type Work, works } from "./work.ts";

const PLAN: Plan = { rounds: 5, seconds: 1 };

/** What a connection holds of memory, and what each of the things costs that a plain proxy does not do. */
export async function ownLimits(): Promise<string> {
  await using stand = await openStand();
  return [
    "Memory: by how much the proportional set size of a new worker grows with so many connections, after a few of the kind, over their number; what the kernel holds is not in it.",
    `Features: CPU time of a request with parts of Warmline off, medians of ${PLAN.rounds} interleaved rounds of ${PLAN.seconds} s.`,
    "",
    ...(await connectionRows(stand)),
    "",
    ...(await featureRows(stand)),
    "",
  ].join("\n");
}

const HELD: readonly ({ readonly what: string } & Hold)[] = [
  { what: "idle", way: "plain", doing: "idle", count: 2_000 },
  { what: "idle, over TLS 1.3", way: "tls", doing: "idle", count: 2_000 },
  { what: "idle, over HTTP/2", way: "h2", doing: "idle", count: 2_000 },
  { what: "WebSocket at rest", way: "websocket", doing: "idle", count: 2_000 },
  // An origin gets 256 at a time from one edge; what is beyond them waits.
  { what: "waiting for the origin", way: "plain", doing: "active", count: 200 },
  { what: "stalled in a 1 MB download", way: "plain", doing: "stalled", count: 200 },
];

async function connectionRows(stand: Stand): Promise<string[]> {
  const rows = [
    "| memory of a connection | Warmline | nginx, same run | ratio |",
    "| --- | --: | --: | --: |",
  ];
  const [small, large] = [work("/data.json"), work("/film")];
  for (const { what, ...hold } of HELD) {
    /** Of a process that has held nothing else: what others left behind would be used again. */
    const kib = async (start: () => Promise<Candidate>) => {
      await using candidate = await start();
      return await memoryOfConnections(candidate, hold, [small, large]);
    };
    const ours = await kib(() => startWarmline("Warmline", stand));
    const theirs = await kib(() => startNginx(stand));
    rows.push(
      `| ${what} (${hold.count}) | ${ours.toFixed(1)} KiB | ${theirs.toFixed(1)} KiB | ${(ours / theirs).toFixed(1)} |`,
    );
  }
  return rows;
}

async function featureRows(stand: Stand): Promise<string[]> {
  const site = { name: "shop", firm: "crema", country: "DE", engagement: "off" };
  const without = {
    log: { edge: { accessLog: false } },
    visitors: { sites: [{ ...site, hosts: ["127.0.0.1"], origins: [stand.origin] }] },
  };
  await using everything = await startWarmline("everything on", stand);
  await using unlogged = await startWarmline("access log off", stand, without.log);
  await using unseen = await startWarmline("tracking and injection off", stand, without.visitors);
  await using neither = await startWarmline("both off", stand, {
    ...without.log,
    ...without.visitors,
  });
  await using streams = await startWarmline(
    "everything on, Node's streams only",
    stand,
    {},
    {
      WARMLINE_WIRES: "streams",
    },
  );
  const candidates = [everything, unlogged, unseen, neither, streams];
  const shown: readonly Work[] = [
    work("/list.pdf"),
    work("/data.json"),
    // As a plain way: without injection it is passed on.
    { ...work("/page"), way: "plain", title: "30 KB page" },
    { ...work("/page"), way: "plain", title: "30 KB page, as data", wants: "data" },
    { ...work("/list.pdf"), way: "tls", title: "1 KB over TLS 1.3" },
    { ...work("/page"), way: "tls", title: "30 KB page over TLS 1.3" },
  ];
  const columns: Awaited<ReturnType<typeof inRounds>>[] = [];
  for (const one of shown) columns.push(await inRounds(candidates, one, PLAN, stand));
  return [
    `| CPU time of a request | ${shown.map(({ title }) => title).join(" | ")} |`,
    `| --- |${" --: |".repeat(shown.length)}`,
    ...candidates.map((candidate) => {
      const cells = columns.map((figures) => `${figures.get(candidate)?.cpuUs.toFixed(1)} µs`);
      return `| ${candidate.name} | ${cells.join(" | ")} |`;
    }),
  ];
}

function work(path: Work["path"]): Work {
  const found = works.find((one) => one.path === path);
  if (!found) throw new Error(`there is no work with ${path}`);
  return found;
}
