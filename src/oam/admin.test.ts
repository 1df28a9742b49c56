import t from "tap";
import { listenForOperators } from "./admin.ts";

const source = {
  isReady: true,
  metrics: async () => "warmline_up 1\n",
  ready() {
    return { ready: this.isReady, detail: { edges: 2 } };
  },
};

t.test("health and metrics", async (t) => {
  await using listener = await listenForOperators({ host: "127.0.0.1", port: 0 }, source);
  const get = (path: string, method = "GET") =>
    fetch(`http://127.0.0.1:${listener.address.port}${path}`, { method });

  t.equal((await get("/livez")).status, 200);
  const metrics = await get("/metrics?x=1");
  t.equal(metrics.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  t.equal(await metrics.text(), "warmline_up 1\n");

  const ready = await get("/readyz");
  t.equal(ready.status, 200);
  t.same(await ready.json(), { ready: true, edges: 2 });
  source.isReady = false;
  t.equal((await get("/readyz")).status, 503, "while draining");
  t.equal((await get("/healthz")).status, 503);

  t.equal((await get("/")).status, 404);
  t.equal((await get("/metrics", "POST")).status, 405);
});

t.test("metrics that fail are told as such", async (t) => {
  const broken = { ...source, metrics: async () => Promise.reject(new Error("no")) };
  await using listener = await listenForOperators({ host: "127.0.0.1", port: 0 }, broken);
  t.equal((await fetch(`http://127.0.0.1:${listener.address.port}/metrics`)).status, 500);
});

t.test("a port in use rejects", async (t) => {
  await using first = await listenForOperators({ host: "127.0.0.1", port: 0 }, source);
  await t.rejects(listenForOperators({ host: "127.0.0.1", port: first.address.port }, source), {
    code: "EADDRINUSE",
  });
});
