/** A page that the browser makes ready ahead counts when somebody looks at it, and not before (row A2). */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import t from "tap";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { startGateway } from "./gateway.ts";

/** https://wicg.github.io/nav-speculation/speculation-rules.html */
const RULES = JSON.stringify({ prerender: [{ urls: ["/next?x=1"], eagerness: "immediate" }] });

t.test("prerendered, and then looked at", async (t) => {
  const ahead: string[] = [];
  const origin = createServer((request, answer) => {
    const purpose = request.headers["sec-purpose"];
    if (purpose !== undefined) ahead.push(`${request.url} ${String(purpose)}`);
    answer.writeHead(200, { "content-type": "text/html", "cache-control": "no-store" });
    answer.end(
      `<!doctype html><title>${request.url}</title><script type="speculationrules">${RULES}</script><a href="/next?x=1">next</a>`,
    );
  }).listen(0, "127.0.0.1");
  t.teardown(() => origin.close().closeAllConnections());
  await once(origin, "listening");
  const campaign = {
    name: "looked",
    site: "shop",
    mode: "alert_first",
    when: 'page.url == "/next?x=1" && pages == 2 && referrer == "" && visits() == 1',
    message: "hello",
  };
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  await using gateway = await startGateway(url, { campaigns: [campaign] });
  await using visitor = await openBrowser();
  const { page } = visitor;
  await page.goto(gateway.site);
  await until("the browser to look ahead", () => ahead.includes("/next?x=1 prefetch;prerender"));
  const hits = () => gateway.metric("warmline_hits_total");
  const noise = () => gateway.metric("warmline_noise_requests_total", 'reason="prerender"');
  await until("that to be counted", async () => (await noise()) === 1);
  t.equal(await hits(), 1, "nobody has looked at it yet");
  await page.getByRole("link", { name: "next" }).click();
  await page.waitForURL("**/next?x=1");
  // Under a debugger Chromium may give up making it ready, and show what it had fetched for that.
  const entry = await page.evaluate(
    "(({ activationStart, deliveryType }) => `${activationStart > 0} ${deliveryType}`)(performance.getEntriesByType('navigation')[0])",
  );
  t.match(entry, /^true |navigational-prefetch/, "it is the one that was fetched ahead");
  await until("the hit", async () => (await hits()) === 2);
  const found = () => gateway.metric("warmline_opportunities_total", 'campaign="looked"');
  await until("the visitor to be found by it", async () => (await found()) === 1);
  const logged = /"path":"\/next","status":204.*"hit":"page".*"cookie":"returned"/;
  await until("the line in the access log", () => logged.test(gateway.output()));
});
