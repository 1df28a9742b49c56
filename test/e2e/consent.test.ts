/** A site whose visitors Warmline asks itself: by the loader and without it, answered, kept and taken back (rows A2, O7). */
import { request } from "undici";
import t from "tap";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { startGateway } from "./gateway.ts";
import { startNginx } from "./nginx.ts";

const SHOTS = process.env["SHOTS"];

async function standing(consent?: object) {
  const origin = await startNginx();
  const shop = {
    name: "shop",
    hosts: ["127.0.0.1"],
    origins: [origin.url],
    firm: "crema",
    country: "DE",
    ...(consent && { consent }),
  };
  const gateway = await startGateway(origin.url, { sites: [shop] });
  return {
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
    },
  };
}

t.test("who has not answered is asked once, and nothing is stored before", async (t) => {
  await using stand = await standing({ ask: { privacy: "/privacy.html" } });
  const { site } = stand.gateway;
  await using visitor = await openBrowser();
  const { page, context } = visitor;
  const names = async () => (await context.cookies()).map(({ name }) => name).toSorted();
  await page.goto(site);
  const question = page.getByRole("region", { name: "May we remember you?" });
  await question.waitFor();
  t.equal(await page.evaluate("document.activeElement === document.body"), true, "no focus taken");
  t.equal(
    await question.getByRole("link", { name: "How your data is protected" }).getAttribute("href"),
    "/privacy.html",
  );
  t.same(await names(), [], "nothing is stored");
  if (SHOTS) {
    await page.screenshot({ path: `${SHOTS}-wide.png` });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.screenshot({ path: `${SHOTS}-dark.png` });
    await page.setViewportSize({ width: 360, height: 700 });
    await page.screenshot({ path: `${SHOTS}-narrow-dark.png` });
    await page.emulateMedia({ colorScheme: "light" });
    await page.screenshot({ path: `${SHOTS}-narrow.png` });
    await page.setViewportSize({ width: 1280, height: 800 });
  }
  await page.goto(`${site}/machines.html`);
  await question.waitFor();
  t.same(await names(), [], "nor with the next page");

  await question.getByRole("button", { name: "Yes", exact: true }).click();
  await question.waitFor({ state: "detached" });
  t.same(await names(), ["warmline-consent"]);
  const [answer] = await context.cookies();
  t.match(answer, { value: "yes", httpOnly: true, sameSite: "Lax" });
  t.ok((answer?.expires ?? 0) > Date.now() / 1000 + 170 * 86_400, "for half a year");
  // Not one that the browser has kept.
  await page.goto(`${site}/?known`);
  t.same(await names(), ["warmline", "warmline-consent"], "known from the next page on");
  await page.goto(`${site}/machines.html`);

  await page.goto(`${site}/.warmline/consent?back=/machines.html?no`);
  await page.getByText("You said yes.").waitFor();
  if (SHOTS) await page.screenshot({ path: `${SHOTS}-page.png` });
  await page.getByRole("button", { name: "No", exact: true }).click();
  await page.waitForURL(`${site}/machines.html?no`);
  t.same(await names(), ["warmline-consent"], "taken back with the next page");
  t.match(await context.cookies(), [{ value: "no" }]);
  await page.waitForLoadState("networkidle").catch(() => undefined);
  t.equal(await question.count(), 0, "and not asked again");
  t.same(
    visitor.complaints.filter((complaint) => !complaint.includes("favicon.ico")),
    [],
  );
});

t.test("without JavaScript the page asks, for this visit too", async (t) => {
  await using stand = await standing({ ask: { allows: "persistent", text: "Wollen Sie?" } });
  const { site } = stand.gateway;
  await using visitor = await openBrowser({ javaScriptEnabled: false });
  const { page, context } = visitor;
  await page.goto(`${site}/.warmline/consent`);
  await page.getByText("Wollen Sie?").waitFor();
  await page.getByText("You have not answered yet.").waitFor();
  await page.getByRole("button", { name: "Only this visit" }).click();
  await page.getByText("You are remembered until you close your browser.").waitFor();
  await page.goto(site);
  const cookies = await context.cookies();
  t.same(
    cookies.map(({ name, expires }) => `${name} ${expires}`).toSorted(),
    ["warmline -1", "warmline-consent -1"],
    "until the browser ends",
  );
});

t.test("a browser that refuses is not asked, and nobody else answers", async (t) => {
  await using stand = await standing({ ask: {} });
  const { site } = stand.gateway;
  await using visitor = await openBrowser();
  const { page, context } = visitor;
  await context.setExtraHTTPHeaders({ "sec-gpc": "1" });
  await page.goto(`${site}/.warmline/consent`);
  await page.getByText("Your browser asks sites not to follow you").waitFor();
  t.equal(await page.getByRole("button").count(), 0);
  const stream = page.waitForResponse((response) => response.url().endsWith("/events"));
  await page.goto(site);
  await stream;
  await until("the stream to count", async () => (await page.locator("html").count()) === 1);
  t.equal(await page.getByText("May we remember you?").count(), 0);
  t.same(await context.cookies(), []);

  const answer = (headers: Record<string, string>, body = "answer=yes") =>
    request(`${site}/.warmline/consent`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body,
    });
  t.equal((await answer({ "sec-fetch-site": "cross-site" })).statusCode, 403);
  t.equal((await answer({ origin: "https://elsewhere.example" })).statusCode, 403);
  t.equal((await answer({ "sec-fetch-site": "same-origin" }, "answer=perhaps")).statusCode, 422);
  const back = await answer({ origin: site }, "answer=no&back=//elsewhere.example");
  t.equal(back.statusCode, 422, "nor is anybody led elsewhere");
  t.equal((await answer({ origin: site }, "answer=no&back=/a")).headers["location"], "/a");
});

t.test("a site that says nothing about consent stores nothing, and says so", async (t) => {
  await using stand = await standing();
  const { site } = stand.gateway;
  await using visitor = await openBrowser();
  await visitor.page.goto(site);
  await visitor.page.goto(`${site}/machines.html`);
  t.same(await visitor.context.cookies(), []);
  t.match(stand.gateway.output(), /site shop has no consent: nothing is stored in its visitors/);
  t.equal((await request(`${site}/.warmline/consent`)).statusCode, 404);
});
