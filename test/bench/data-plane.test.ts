/** A tiny round of the bench with what `npm test` installs: nginx always, the other peers where somebody has run the bench. */
import { existsSync } from "node:fs";
import t from "tap";
import { fault } from "../../bench/proxy/ask.ts";
import { measureAll, summary } from "../../bench/proxy/data-plane.ts";
import { openLoad } from "../../bench/proxy/load.ts";
import { startNginx } from "../../bench/proxy/nginx.ts";
import { openStand, startPeers } from "../../bench/proxy/stand.ts";
import { startWarmline } from "../../bench/proxy/warmline.ts";
import { headOf, works } from "../../bench/proxy/work.ts";

t.test("every candidate does its job, and a table comes out", async (t) => {
  await using stand = await openStand();
  await using warmline = await startWarmline("Warmline", stand);
  await using peers = await startPeers(stand);
  for (const candidate of [warmline, ...peers.list]) {
    for (const work of works) {
      if (candidate.ports[work.way] === undefined) continue;
      t.equal(await fault(candidate, work), undefined, `${candidate.name}: ${work.title}`);
    }
  }
  const sockets = works.filter(({ way }) => way === "websocket");
  const both = [warmline, ...peers.list.slice(0, 1)];
  const measured = await measureAll(both, sockets, { rounds: 1, seconds: 0.2 }, stand);
  const [head, , row] = summary(measured, both);
  t.equal(head, "| what | Warmline | nginx, same run | ratio | wanted |");
  t.match(row, /^\| CPU time: WebSocket.* \| [\d.]+ µs \| [\d.]+ µs \| [\d.]+ \| ≤ 1.3 \|$/);
});

t.test("open load asks at its rate, and takes the time from the arrival", async (t) => {
  await using stand = await openStand();
  await using nginx = await startNginx(stand);
  const [work] = works;
  const heads = Array.from({ length: 4 }, () => (work ? headOf(work) : ""));
  const load = await openLoad(nginx, heads, { rate: 200, seconds: 1 }, stand);
  t.equal(load.errors, 0);
  t.ok(load.requests > 140 && load.requests < 260, `${load.requests} of about 200`);
  t.ok(load.p50Ms > 0 && load.p50Ms <= load.p99Ms);
  const stuck = heads.map((head) => head.replace(work?.path ?? "", "/never"));
  const never = await openLoad(nginx, stuck, { rate: 200, seconds: 1 }, stand);
  t.ok(never.p50Ms > 300, "who is never answered has waited");
});

t.test("a candidate that leaves the pages as they are is found out", async (t) => {
  await using stand = await openStand();
  await using nginx = await startNginx(stand);
  const lazy = { ...nginx, ports: { ...nginx.ports, inject: nginx.ports.plain ?? 0 } };
  const page = works.find(({ way }) => way === "inject");
  t.equal(page && (await fault(lazy, page)), "has added no script");
});

t.test("peers leave nobody behind", async (t) => {
  await using stand = await openStand();
  const peers = await startPeers(stand);
  const pids = peers.list.flatMap((peer) => peer.pids);
  await peers[Symbol.asyncDispose]();
  t.same(
    pids.filter((pid) => existsSync(`/proc/${pid}`)),
    [],
  );
});
