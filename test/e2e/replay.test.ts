/** Criteria tried on an access log that a gateway has written find what they found when it was written. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { stringify } from "yaml";
import { serveShop } from "../../examples/shop/server.ts";
import { until } from "../until.ts";
import { printed, runWarmline, startGateway } from "./gateway.ts";

const campaign = (name: string, when: string) => ({
  name,
  site: "shop",
  mode: "alert_first",
  when,
  message: "hello",
});
const CAMPAIGNS = [
  campaign("third-page", "pages == 3"),
  campaign("machines", 'page.path.startsWith("/machines") && page.seconds >= 1'),
  campaign("newsletter", 'param("utm_source") == "news letter"'),
  campaign("buyer", 'priority >= 7 && page.path == "/"'),
  campaign("german", 'language.startsWith("de") && referrer.contains("search.example")'),
];

t.test("a log played again", async (t) => {
  await using shop = await serveShop(0);
  const site = {
    name: "shop",
    hosts: ["127.0.0.1"],
    origins: [shop.address],
    firm: "crema",
    country: "DE",
    consent: { undecided: "identified" },
    priority: { purchase: 7 },
    notice: [{ at: "/machines.html?bought=*", purchase: { amount: { query: "bought" } } }],
  };
  await using gateway = await startGateway(shop.address, { campaigns: CAMPAIGNS, sites: [site] });
  let visitors = 0;
  const visit = async (paths: readonly string[], more: Record<string, string> = {}) => {
    let cookie = "";
    // Whoever has brought no cookie yet is known by address and browser.
    const agent = `Mozilla/5.0 (${++visitors})`;
    for (const path of paths) {
      const headers = {
        accept: "text/html",
        "accept-language": "en",
        "user-agent": agent,
        cookie,
        ...more,
      };
      const answer = await fetch(`${gateway.site}${path}`, { headers });
      await answer.text();
      cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
    }
  };
  await visit(["/", "/machines.html", "/"]);
  await visit(["/", "/machines.html"]);
  await visit(["/", "/"], { "sec-gpc": "1" });
  await visit(["/?token=s3cret&utm_source=news%20letter"]);
  await visit(["/machines.html?bought=12", "/"]);
  await visit(["/"], {
    "accept-language": "de-AT,de;q=0.9",
    referer: "https://search.example/?q=x",
  });
  const live = (name: string) =>
    gateway.metric("warmline_opportunities_total", `campaign="${name}"`);
  await until("the last of them", async () => (await live("machines")) === 1, 20_000);
  const found = Object.fromEntries(
    await Promise.all(CAMPAIGNS.map(async ({ name }) => [name, await live(name)] as const)),
  );
  t.same(found, { "third-page": 1, machines: 1, newsletter: 1, buyer: 1, german: 1 });

  const log = join(gateway.directory, "access.jsonl");
  await until("the log", () => gateway.output().includes('"language":"de-AT"'));
  writeFileSync(log, gateway.output());
  t.notMatch(
    gateway.output(),
    /q=x|s3cret|bought=|warmline=/,
    "neither other queries nor cookies are in it",
  );
  const config = join(gateway.directory, "warmline.yaml");
  const asked = async (...args: string[]) => {
    const child = runWarmline(["criteria", "replay", "--config", config, "--log", log, ...args]);
    const output = printed(child);
    await once(child, "close");
    return { status: child.exitCode, output: output() };
  };
  const { status, output } = await asked("--json");
  t.equal(status, 0, output);
  const { campaigns, unlinked } = JSON.parse(output) as {
    campaigns: { name: string; offers: { contact: number } }[];
    unlinked: number;
  };
  t.same(Object.fromEntries(campaigns.map(({ name, offers }) => [name, offers.contact])), found);
  t.equal(unlinked, 2, "of who refuses");

  const other = join(gateway.directory, "new.yaml");
  writeFileSync(other, stringify({ campaigns: [campaign("second-page", "pages == 2")] }));
  const text = await asked("--criteria", other);
  t.match(text.output, /second-page +3 +3/);
  t.match(text.output, /crema +in its busiest hour +0\.3/);
  writeFileSync(other, stringify({ campaigns: [campaign("wrong", "pagez == 2")] }));
  const wrong = await asked("--criteria", other);
  t.equal(wrong.status, 1);
  t.match(wrong.output, /new\.yaml:\d+: campaigns\[0\]\.when: /);
});
