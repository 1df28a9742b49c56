/** Row E7: the engine may die at any moment, no page fails, and when it is back the analysis goes on. */
import t from "tap";
import { request } from "undici";
import { until } from "../until.ts";
import { startGateway } from "./gateway.ts";
import { startLoad } from "./load.ts";
import { startNginx } from "./nginx.ts";

t.test(
  "kill -9 of the engine while pages load: no failed page, then hits flow again",
  async (t) => {
    await using origin = await startNginx();
    await using gateway = await startGateway(origin.url);
    const load = startLoad(gateway.site);
    await until("hits", async () => (await gateway.metric("warmline_activity_table_entries")) > 0);

    const first = gateway.pid("engine");
    const before = load.pages;
    process.kill(first, "SIGKILL");
    await until("pages without an engine", () => load.pages > before + 50);
    const second = await until("another engine", () => {
      try {
        const pid = gateway.pid("engine");
        return pid !== first && pid;
      } catch {
        return false;
      }
    });
    t.not(second, first);
    await until("hits in the new engine", async () => {
      return (await gateway.metric("warmline_activity_table_entries")) > 0;
    });
    const { pages, failures } = await load.end();
    t.same(failures, [], `${pages} pages`);
  },
);

t.test("kill -9 of an edge: another takes its place", async (t) => {
  await using origin = await startNginx();
  await using gateway = await startGateway(origin.url);
  process.kill(gateway.pid("edge-1"), "SIGKILL");
  await until("a page again", () =>
    request(gateway.site).then(
      async ({ statusCode, body }) => (await body.text()) !== "" && statusCode === 200,
      () => false,
    ),
  );
  t.match(gateway.output(), /"child":"edge-1".*started again/);
});

t.test("SIGTERM drains: running answers are finished, then it ends with status 0", async (t) => {
  await using origin = await startNginx();
  await using gateway = await startGateway(origin.url);
  const load = startLoad(gateway.site);
  await until("some pages", () => load.pages > 50);
  load.stop();
  const ended = gateway.stop("SIGTERM");
  const { failures } = await load.end();
  t.same(failures, []);
  t.equal(await ended, 0);
  t.match(gateway.output(), /"msg":"stopped"/);
});
