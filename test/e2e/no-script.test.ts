/** The same visit with JavaScript off, up to the callback that is stored and survives (rows E6, D6). */
import t from "tap";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { startGateway } from "./gateway.ts";
import { startNginx } from "./nginx.ts";
import { logIn, wasThereTwoDaysAgo } from "./people.ts";

t.test(
  "no agent, no JavaScript: a form in the next page, a callback that survives kill -9",
  async (t) => {
    await using origin = await startNginx();
    await using gateway = await startGateway(origin.url);
    await using visitor = await openBrowser({ javaScriptEnabled: false });
    const { page } = visitor;
    await wasThereTwoDaysAgo(visitor, gateway);

    await page.goto(gateway.site);
    t.equal(await page.getByLabel("Telephone number").count(), 0, "nothing on the first page");
    await until("the form in a next page", async () => {
      await page.goto(`${gateway.site}/machines.html`);
      return (await page.getByLabel("Telephone number").count()) === 1;
    });
    t.match(await page.locator("summary").textContent(), "Our site is open for your browsing");
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel(/call me/i).check();
    await page.getByLabel("Telephone number").fill("030 7654321");
    await page.getByLabel(/your name/i).fill("Jane Dove");
    await page.getByLabel("Date").fill(tomorrow);
    await page.getByLabel("Time").fill("10:30");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("We have noted your wish").waitFor();
    await page.getByRole("link", { name: "Back" }).click();
    t.match(page.url(), /machines\.html$/, "and back to the page it was on");

    process.kill(gateway.pid("engine"), "SIGKILL");
    await using agent = await openBrowser();
    await until("the engine again", () =>
      gateway.metric("warmline_callbacks", 'state="scheduled"').then((n) => n === 1),
    );
    await logIn(agent, gateway);
    await agent.page.getByRole("tab", { name: /Job file/ }).click();
    await agent.page.getByText("Jane Dove").first().click();
    await agent.page.getByText("+49307654321").first().waitFor();
    await page.goto(gateway.site);
    t.equal(await page.getByLabel("Telephone number").count(), 0, "the visitor is not asked again");
  },
);
