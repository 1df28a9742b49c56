/** A tiny round of the bench with what `npm test` installs: nginx always, the other peers where somebody has run the bench. */
import t from "tap";
import { fault } from "../../bench/proxy/ask.ts";
import { measureAll, summary } from "../../bench/proxy/data-plane.ts";
import { startNginx } from "../../bench/proxy/nginx.ts";
import { openStand, startPeers } from "../../bench/proxy/stand.ts";
import { startWarmline } from "../../bench/proxy/warmline.ts";
import { works } from "../../bench/proxy/work.ts";

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
  t.equal(head, "| CPU time of a request | Warmline | nginx, same run | ratio | wanted |");
  t.match(row, /^\| WebSocket.* \| [\d.]+ µs \| [\d.]+ µs \| [\d.]+ \| ≤ 1.3 \|$/);
});

t.test("a candidate that leaves the pages as they are is found out", async (t) => {
  await using stand = await openStand();
  await using nginx = await startNginx(stand);
  const lazy = { ...nginx, ports: { ...nginx.ports, inject: nginx.ports.plain ?? 0 } };
  const page = works.find(({ way }) => way === "inject");
  t.equal(page && (await fault(lazy, page)), "has added no script");
});
