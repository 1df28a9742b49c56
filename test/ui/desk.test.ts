import type { Page } from "playwright-core";
import t from "tap";
import { built } from "../../scripts/build.mjs";
import { openBrowser } from "./chromium.ts";
import { exampleAlert, exampleContact, exampleDesk, exampleSession } from "./examples.ts";
import { startMockDesk, type MockDesk } from "./mock-desk.ts";

built();
const browser = await openBrowser();
t.teardown(() => browser.close());

/** A desk on a page of its own. `problems` gets everything the browser complains about, violations of the policy too. */
async function atDesk(desk: MockDesk) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (/policy|violat|valid/i.test(message.text()) && !message.text().includes("/feed"))
      problems.push(message.text());
  });
  await page.goto(desk.address);
  return { page, problems, [Symbol.asyncDispose]: () => context.close() };
}

async function logIn(page: Page, password = "espresso") {
  await page.getByLabel("Name").fill("anna");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

t.test("log in, with the right password only; log out", async (t) => {
  await using desk = await startMockDesk(exampleDesk(Date.now()));
  await using at = await atDesk(desk);
  const { page } = at;
  await logIn(page, "wrong");
  await page.getByRole("alert").getByText("Name or password is wrong.").waitFor();
  await logIn(page);
  await page.getByRole("tab", { name: "Queue 4" }).waitFor();
  t.equal(await page.title(), "(4) Warmline");
  await page.getByRole("button", { name: "On break" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByLabel("Password").waitFor();
  t.equal(await page.title(), "Warmline");
  t.match(desk.orders, [
    { path: "/api/status", body: { status: "on_break" } },
    { path: "/api/logout" },
  ]);
  t.same(at.problems, []);
});

t.test("an alert pops up, the agent invites, the visitor accepts, they chat", async (t) => {
  const now = Date.now();
  await using desk = await startMockDesk({
    ...exampleDesk(now),
    alerts: [],
    contacts: [],
    callbacks: [],
  });
  await using at = await atDesk(desk);
  const { page } = at;
  await logIn(page);
  await page.getByText("Nothing in hand").waitFor();

  const session = exampleSession("s-ida", now, { name: "Ida Berg" });
  desk.send({ type: "visitor", session });
  desk.send({ type: "alert", alert: exampleAlert("a-ida", session, now) });
  await page.getByRole("heading", { name: "Ida Berg" }).waitFor();
  t.equal(await page.title(), "(1) Warmline");

  await page.getByLabel("Heading").fill("Hello Ida");
  t.match(await page.locator(".preview").textContent(), "Hello Ida");
  desk.obey = (path) => {
    if (path !== "/api/invite") return { ok: true };
    desk.send({ type: "alert_gone", alertId: "a-ida" });
    return { invitationId: "inv" };
  };
  await page.getByRole("button", { name: "Send invitation" }).click();
  await page.getByText("The invitation is on its way.").waitFor();
  t.match(desk.orders.at(-1), {
    path: "/api/invite",
    body: { sessionId: "s-ida", alertId: "a-ida", heading: "Hello Ida" },
  });

  const waiting = exampleContact("c-ida", now, { preferredAgent: "anna" }, session);
  desk.send({ type: "contact", contact: waiting });
  desk.obey = (path) => {
    if (path === "/api/contacts/accept") {
      const interaction = { ...waiting.interaction, state: "active" as const, agent: "anna" };
      desk.send({ type: "contact", contact: { ...waiting, interaction } });
    }
    return { ok: true };
  };
  await page.getByRole("button", { name: "Accept chat" }).click();
  const box = page.getByLabel("Message to the visitor");
  await box.fill("Hello Ida, which machine do you like?");
  await box.press("Enter");
  await page.waitForFunction("!document.querySelector('textarea').value");
  t.match(desk.orders.at(-1), {
    path: "/api/contacts/chat",
    body: { interactionId: "c-ida", text: "Hello Ida, which machine do you like?" },
  });
  const message = {
    interactionId: "c-ida",
    number: 1,
    from: "visitor" as const,
    text: "The blue one",
    atMs: now,
  };
  desk.send({ type: "chat", message });
  await page.getByRole("log").getByText("The blue one").waitFor();

  desk.obey = () => ({ error: { code: "WL_OVER", message: "The visitor has left the chat." } });
  await box.fill("Good choice");
  await box.press("Enter");
  await page.getByText("The visitor has left the chat.").waitFor();
  t.equal(await box.inputValue(), "Good choice", "what could not be sent is not lost");
  t.same(at.problems, []);
});

t.test("a call in words, then redial and disposition", async (t) => {
  const now = Date.now();
  await using desk = await startMockDesk(exampleDesk(now));
  await using at = await atDesk(desk);
  const { page } = at;
  await logIn(page);
  await page.locator(".row.phone").click();
  await page.getByRole("button", { name: "Accept and call" }).click();
  const contact = exampleDesk(now).contacts[0]!;
  const own = { ...contact.interaction, agent: "anna" };
  const to = { kind: "public", number: "+41441234567" } as const;
  const call = { id: "k", interactionId: own.id, site: "shop", number: to.number, startedMs: now };
  desk.send({
    type: "contact",
    contact: {
      ...contact,
      interaction: { ...own, state: "connecting" },
      call: {
        ...call,
        state: "calling_agent",
        legs: [{ id: "1", party: "agent", to, state: "ringing" }],
      },
    },
  });
  await page.getByText("Your telephone is ringing").waitFor();
  await page.getByRole("button", { name: "Release" }).waitFor();
  desk.send({
    type: "contact",
    contact: {
      ...contact,
      interaction: { ...own, state: "wrapping", outcome: "busy" },
      call: {
        ...call,
        state: "ended",
        end: { party: "visitor", reason: "busy" },
        legs: [{ id: "2", party: "visitor", to, state: "ended", end: "busy" }],
      },
    },
  });
  await page.getByText("No connection. Visitor: busy.").waitFor();
  t.equal(await page.getByRole("button", { name: "Release" }).count(), 0, "no dead buttons");
  await page.getByRole("button", { name: "Redial" }).click();
  await page.getByLabel("Not reached").check();
  await page.getByLabel("Note").fill("Try after six");
  await page.getByRole("button", { name: "Close contact" }).click();
  await page.getByText("Closed.").waitFor();
  t.match(desk.orders.slice(-2), [
    { path: "/api/contacts/redial", body: { interactionId: "c-jane" } },
    {
      path: "/api/contacts/close",
      body: { interactionId: "c-jane", disposition: "not_reached", note: "Try after six" },
    },
  ]);
});

t.test(
  "a feed that was cut is resumed with nothing lost; another engine sends everything anew",
  async (t) => {
    const now = Date.now();
    await using desk = await startMockDesk({ ...exampleDesk(now), alerts: [] });
    await using at = await atDesk(desk);
    const { page } = at;
    await logIn(page);
    await page.getByRole("tab", { name: "Queue 3" }).waitFor();
    await page.locator(".row.chat").click();
    desk.send({ type: "switch", up: false });
    await page.getByText("Telephones are down").waitFor();
    desk.cut();
    for (let i = 0; i < 5; i++)
      desk.send({
        type: "alert",
        alert: exampleAlert(`a-${i}`, exampleSession(`s-${i}`, now), now),
      });
    await page.getByRole("tab", { name: "Queue 8" }).waitFor();
    t.match(await page.locator(".pop").first().textContent(), "Alert: Undecided between machines");
    await page.getByText("Connected").waitFor();
    t.match(desk.feeds.at(-1), /^\?epoch=[\w-]+&after=1$/);
    await page.getByText("Telephones are down").waitFor();

    desk.cut({ ...exampleDesk(now), contacts: [], callbacks: [] });
    await page.getByRole("tab", { name: "Queue 1" }).waitFor();
    await page.getByText("Telephones", { exact: true }).waitFor();
  },
);

t.test("why a visitor is noticed, or not, is told condition by condition", async (t) => {
  const nowMs = Date.now();
  const session = exampleSession("s-why", nowMs);
  const why =
    "the visitor's consent is 'session', and what was before this visit needs 'persistent'";
  await using desk = await startMockDesk({ ...exampleDesk(nowMs), visitors: [session] });
  desk.obey = (path) =>
    path === "/api/visitors/explain"
      ? {
          campaigns: [
            {
              campaign: "twice-in-a-week",
              criterion: 'visits("7d") >= 2 && agents.free > 0',
              result: "true",
              conditions: [
                {
                  text: 'visits("7d") >= 2',
                  result: "true",
                  facts: [{ name: 'visits("7d")', value: 3 }],
                },
                {
                  text: "agents.free > 0",
                  result: "true",
                  facts: [{ name: "agents.free", value: 1 }],
                },
              ],
              why: "cool_down",
            },
            {
              campaign: "has-bought-something-before",
              criterion: "purchases > 0",
              result: "unknown",
              conditions: [
                { text: "purchases > 0", result: "unknown", facts: [{ name: "purchases", why }] },
              ],
            },
            {
              campaign: "prices",
              criterion: 'page.path.startsWith("/prices") && page.seconds >= 90',
              result: "false",
              conditions: [
                {
                  text: 'page.path.startsWith("/prices")',
                  result: "false",
                  facts: [{ name: "page.path", value: "/machines/doppio.html" }],
                },
                {
                  text: "page.seconds >= 90",
                  result: "false",
                  facts: [{ name: "page.seconds", value: 41 }],
                },
              ],
            },
          ],
        }
      : { ok: true };
  await using at = await atDesk(desk);
  const { page } = at;
  await logIn(page);
  await page.getByRole("tab", { name: /Visitors/ }).click();
  await page.locator(".visitors tbody button").first().click();
  await page.getByRole("button", { name: "Why is this visitor noticed, or not?" }).click();
  await page.getByText("Nothing happens: the visitor was invited a short while ago.").waitFor();
  await page.getByText(`purchases is unknown: ${why}`).waitFor();
  t.match(
    await page.locator(".why li").first().innerText(),
    /true\s+visits\("7d"\) >= 2\s+visits\("7d"\) is 3/,
  );
  t.match(desk.orders.at(-1), { path: "/api/visitors/explain", body: { sessionId: session.id } });
  await page.getByRole("button", { name: "Ask again" }).waitFor();
  if (process.env["SHOTS"]) {
    await page.screenshot({ path: `${process.env["SHOTS"]}-wide.png`, fullPage: true });
    await page.setViewportSize({ width: 420, height: 800 });
    await page.locator(".why").scrollIntoViewIfNeeded();
    await page.locator(".why").screenshot({ path: `${process.env["SHOTS"]}-narrow.png` });
  }
  t.same(at.problems, []);
});

t.test("an automatic call shows by itself, with whom, and why", async (t) => {
  const now = Date.now();
  await using desk = await startMockDesk({ ...exampleDesk(now), alerts: [], contacts: [] });
  await using at = await atDesk(desk);
  const { page } = at;
  await logIn(page);
  await page.getByRole("button", { name: "On break" }).waitFor();
  const session = exampleSession("s-auto", now, { name: "Ruth Weber", number: "+41446681800" });
  const { number = "" } = session;
  const came = { kind: "phone", state: "connecting", agent: "anna", number } as const;
  const { interaction } = exampleContact("auto", now, came, session);
  desk.send({
    type: "contact",
    contact: {
      interaction,
      messages: [],
      session,
      automatic: true,
      call: {
        id: "call",
        interactionId: "auto",
        site: "crema",
        number,
        state: "calling_agent",
        legs: [
          {
            id: "leg",
            party: "agent",
            to: { kind: "agent", telephone: "101" },
            agent: "anna",
            state: "ringing",
          },
        ],
        startedMs: now,
      },
    },
  });
  await page.getByRole("heading", { name: "Ruth Weber" }).waitFor();
  await page.getByText("Your telephone is ringing.").waitFor();
  await page.getByText("a campaign has found this visitor, who has not asked for it").waitFor();
  if (process.env["SHOTS"]) await page.screenshot({ path: `${process.env["SHOTS"]}-auto.png` });
  t.same(at.problems, []);
});

t.test("what visitors send is text, never markup", async (t) => {
  const now = Date.now();
  await using desk = await startMockDesk({
    ...exampleDesk(now),
    alerts: [],
    contacts: [],
    callbacks: [],
  });
  await using at = await atDesk(desk);
  const { page } = at;
  await logIn(page);
  await page.getByText("Nothing in hand").waitFor();
  const evil = `<img src=x onerror="document.title='owned'"><script>1</script>`;
  const session = exampleSession("s-x", now, {
    name: evil,
    address: evil,
    referrer: "javascript:alert(1)",
    trail: [{ url: `/${evil}`, atMs: now }],
  });
  desk.send({ type: "visitor", session });
  const contact = exampleContact("c-x", now, { state: "active", agent: "anna" }, session);
  const message = {
    interactionId: "c-x",
    number: 1,
    from: "visitor" as const,
    text: evil,
    atMs: now,
  };
  desk.send({ type: "contact", contact: { ...contact, messages: [message] } });
  await page.getByRole("log").getByText(evil).waitFor();
  await page.getByRole("tab", { name: /Visitors/ }).click();
  t.equal(await page.locator("img[src=x]").count(), 0);
  t.equal(await page.locator('a[href^="javascript"]').count(), 0);
  t.equal(await page.title(), "Warmline");
  t.same(at.problems, []);
});

t.test(
  "on a narrow screen the lists and the contact take turns, and nothing sticks out",
  async (t) => {
    await using desk = await startMockDesk(exampleDesk(Date.now()));
    await using at = await atDesk(desk);
    const { page } = at;
    await page.setViewportSize({ width: 360, height: 740 });
    await logIn(page);
    await page.locator(".row.alert").click();
    await page.getByRole("heading", { name: "Unknown visitor" }).waitFor();
    const width = () => page.evaluate<number>("document.documentElement.scrollWidth");
    t.equal(await width(), 360);
    t.notOk(await page.locator(".lists").isVisible());
    await page.getByRole("button", { name: "Lists" }).click();
    t.ok(await page.locator(".lists").isVisible());
    t.equal(await width(), 360);
  },
);

t.test("the receiver is lifted to be given calls: nobody is called, or asked for", async (t) => {
  await using desk = await startMockDesk(exampleDesk(Date.now()));
  await using at = await atDesk(desk);
  const { page } = at;
  await logIn(page);
  // One with a number is open, as when the item in work would be called.
  await page.getByRole("tab", { name: /Queue/ }).click();
  await page.locator(".row").first().click();
  desk.send({ type: "handset", handset: { lineId: "in.1", waits: true } });
  const card = page.locator(".handset");
  await card.getByText("Calls come by themselves").waitFor();
  t.equal(await card.getByRole("button").count(), 0);
  if (process.env["SHOT"]) await page.screenshot({ path: process.env["SHOT"] });
  t.notOk(desk.orders.some(({ path }) => path.startsWith("/api/line")));
  desk.send({ type: "handset", handset: {} });
  await card.waitFor({ state: "detached" });
  t.same(at.problems, []);
});
