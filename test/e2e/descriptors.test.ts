/** A process that has no descriptors left: visitors who are there are served, others are turned away, and it goes on by itself. */
import { spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { cpuTime } from "../../bench/proxy/cpu.ts";
import { ENDS_WITH_US } from "../exchange/child.ts";
import { head, rawOrigin, rawVisitor } from "../proxy/data-path-stand.ts";
import { until } from "../until.ts";
import { startGateway } from "./gateway.ts";

const FILES = 200;
const CROWD = 300;
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const TURNED_AWAY = /"level":"error".*"msg":"visitors are turned away[^"]*LimitNOFILE=/g;
/** Seconds without anything to do; a loop that spins takes all of them. */
const WATCHED_S = 1;

t.test("a process that runs out of descriptors", async (t) => {
  let held: (() => void)[] | undefined = [];
  await using origin = await rawOrigin((connection) => {
    if (!connection.received.endsWith("\r\n\r\n")) return;
    connection.received = "";
    const answer = () => void connection.socket.write(OK);
    if (held) held.push(answer);
    else answer();
  });
  await using gateway = await startGateway(origin.url, {}, (args) => {
    const limited = ["sh", "-c", `ulimit -n ${FILES}; exec "$@"`, "sh"];
    const all = [...ENDS_WITH_US, ...limited, process.execPath, "src/main.ts", ...args];
    const [command = "", ...rest] = all;
    return spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] });
  });
  t.match(gateway.output(), /"connections":150,"msg":"the limit of open files lets in fewer/);
  const port = Number(new URL(gateway.site).port);
  const refused = () => gateway.metric("warmline_limited_total", 'reason="descriptors"');

  const crowd = Array.from({ length: CROWD }, () => rawVisitor(port));
  await until("the rest to be turned away", async () => {
    const open = await gateway.metric("warmline_open_connections");
    return open > 50 && open + (await refused()) === CROWD;
  });
  await until("them to know", async () => {
    return crowd.filter(({ ended }) => ended).length === (await refused());
  });
  const inside = crowd.filter(({ ended }) => ended === undefined);
  t.ok(inside.length < 150, `${inside.length} are in`);

  // They all ask at once: more than there are descriptors for connections to the origin.
  for (const { socket } of inside) socket.write(head("GET /"));
  await until("as many of them at the origin as may be", () => (held?.length ?? 0) > 20);
  const spent = cpuTime([gateway.pid("edge-1")]).totalUs;
  await sleep(WATCHED_S * 1000);
  const share = (cpuTime([gateway.pid("edge-1")]).totalUs - spent) / (WATCHED_S * 1e6);
  t.ok(share < 0.5, `while it waits it takes ${(share * 100).toFixed(1)} % of a core`);
  t.ok((held?.length ?? 0) < inside.length, `${held?.length} of them are at the origin`);
  for (const answer of held ?? []) answer();
  held = undefined;
  for (const visitor of inside) t.match(await visitor.has(/ok$/), /^HTTP\/1\.1 200 /);
  t.equal(await gateway.metric("warmline_upstream_errors_total"), 0, "the origin is not blamed");

  const before = await refused();
  const knocking: Socket[] = [];
  for (let i = 0; i < CROWD; i++) knocking.push(connect(port, "127.0.0.1"));
  for (const socket of knocking) socket.on("error", () => undefined).resume();
  await until("all of them to be turned away", () => knocking.every((one) => one.closed));
  t.equal((await refused()) - before, CROWD);
  t.equal(gateway.output().match(TURNED_AWAY)?.length, 1, "one line in the log says so");
  t.equal((await fetch(`${gateway.admin}/readyz`)).status, 200, "and it is ready all the time");

  for (const { socket } of crowd) socket.destroy();
  await until("them to be gone", async () => {
    return (await gateway.metric("warmline_open_connections")) === 0;
  });
  using again = rawVisitor(port, head("GET /"));
  t.match(await again.has(/ok$/), /^HTTP\/1\.1 200 /);
});
