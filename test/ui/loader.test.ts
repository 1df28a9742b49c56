import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { BrowserContextOptions } from "playwright-core";
import t from "tap";
import { built } from "../../scripts/build.mjs";
import { invitationForm } from "../../src/visitor/no-script.ts";
import type { ContactCard } from "../../src/visitor/protocol.ts";
import { openBrowser } from "./chromium.ts";
import { card, nightCard, startMockSite, type MockSite } from "./mock-site.ts";

built();
const browser = await openBrowser();
t.teardown(() => browser.close());

const chat: ContactCard = {
  interactionId: "c1",
  kind: "chat",
  chat: true,
  state: "active",
  agent: "Anna",
  messages: [{ number: 1, interactionId: "c1", from: "agent", text: "Hello, Anna here.", atMs: 0 }],
};

/** A visitor's browser. `problems`: errors of the page, and violations of the site's policy. */
async function visit(site: MockSite, options: BrowserContextOptions = {}, path = "/") {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (/policy|violat/i.test(message.text())) problems.push(message.text());
  });
  await page.goto(site.address + path);
  return { page, context, problems, [Symbol.asyncDispose]: () => context.close() };
}

const posted = (site: MockSite, path: string) => site.posts.filter((p) => p.path === path);

t.test("the script is small", (t) => {
  const bytes = gzipSync(readFileSync("dist/visitor/loader.js"), { level: 9 }).length;
  t.ok(bytes < 6 * 1024, `${bytes} bytes gzipped`);
  t.end();
});

t.test(
  "the card is shown styled under a strict policy, told once, and takes no focus",
  async (t) => {
    await using site = await startMockSite("/some/place/");
    site.state = { ...site.state, invitation: card };
    await using visitor = await visit(site);
    const { page } = visitor;
    await page.getByRole("heading", { name: "Henry" }).waitFor();
    const style = await page.evaluate(`(() => {
    const { shadowRoot } = document.documentElement.lastElementChild;
    const style = getComputedStyle(shadowRoot.querySelector(".warmline-card"));
    return [style.position, style.borderRadius];
  })()`);
    t.same(style, ["fixed", "16px"]);
    t.equal(await page.evaluate("document.activeElement === document.body"), true);
    t.equal(await page.evaluate("document.documentElement.scrollWidth > innerWidth"), false);
    site.send({ type: "invitation", invitation: card });
    await page.addScriptTag({ url: "/some/place/loader.js" });
    await page.waitForTimeout(300);
    t.same(posted(site, "shown"), [{ path: "shown", body: { invitationId: "inv-1" } }]);
    t.equal(await page.locator(".warmline").count(), 1, "a second loader does nothing");
    t.equal(site.streams.size, 1);
    t.same(await page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]"), [
      0,
      0,
      "",
    ]);
    t.same(visitor.problems, []);
  },
);

t.test("Escape folds the card up, the button brings it back, the cross says no", async (t) => {
  await using site = await startMockSite();
  site.state = { ...site.state, invitation: card };
  await using visitor = await visit(site);
  const { page } = visitor;
  await page.getByLabel("Telephone number").fill("044 1");
  await page.keyboard.press("Escape");
  await page.getByLabel("Telephone number").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Hello, my name is Henry." }).click();
  t.equal(
    await page.getByLabel("Telephone number").inputValue(),
    "044 1",
    "what was typed is kept",
  );
  t.ok(await page.getByLabel("Sure, call me at:").isChecked(), "who types a number means a call");
  await page.getByRole("button", { name: "No thanks" }).click();
  await page.locator(".warmline").waitFor({ state: "hidden" });
  t.match(posted(site, "answer"), [{ body: { invitation: "inv-1", choice: "none" } }]);
});

t.test("a wrong number is told beside its field, then the call is announced", async (t) => {
  await using site = await startMockSite();
  site.state = { ...site.state, invitation: card };
  await using visitor = await visit(site);
  const { page } = visitor;
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Please choose one.").waitFor();
  site.obey = () => ({ ok: false, field: "number", message: "This number is too short." });
  const number = page.getByLabel("Telephone number");
  await number.fill("12");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("This number is too short.").waitFor();
  t.equal(await number.getAttribute("aria-invalid"), "true");
  const phone = { interactionId: "p1", kind: "phone", state: "waiting", messages: [] } as const;
  site.obey = () => ({ ok: true, choice: "phone", contact: phone });
  await number.fill("044 123 45 67");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("p", { hasText: "We will call you at 044 123 45 67 in a moment." }).waitFor();
  site.send({ type: "contact", contact: { ...phone, state: "calling", agent: "Anna" } });
  await page.locator("p", { hasText: "Anna is calling you now at 044 123 45 67." }).waitFor();
  t.match(
    await page.getByRole("status").textContent(),
    "Anna is calling",
    "said to screen readers too",
  );
  t.equal(await page.locator("textarea").isVisible(), false);
  t.match(
    await page.evaluate(
      "document.documentElement.lastElementChild.shadowRoot.activeElement.className",
    ),
    "warmline-contact",
    "the focus goes to what took the form's place",
  );
  site.send({ type: "contact", contact: { ...phone, state: "over", agent: "Anna" } });
  await page.locator("p", { hasText: "The call is over." }).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator(".warmline").waitFor({ state: "hidden" });
});

t.test("out of hours: hours, date and time are asked for, and thanked for", async (t) => {
  await using site = await startMockSite();
  site.state = { ...site.state, invitation: nightCard };
  await using visitor = await visit(site);
  const { page } = visitor;
  await page.getByText("8 am - 11 pm every day").waitFor();
  await page.getByLabel("Telephone number").fill("044 123 45 67");
  await page.getByLabel("Date").fill("2030-01-31");
  await page.getByLabel("Time").fill("14:30");
  await page.getByLabel("What is it about?").fill("The Doppio");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Your request is noted.").waitFor();
  t.match(posted(site, "answer"), [
    {
      body: {
        invitation: "inv-2",
        choice: "callback",
        number: "044 123 45 67",
        date: "2030-01-31",
        time: "14:30",
        topic: "The Doppio",
      },
    },
  ]);
});

t.test("a chat goes on over pages and keeps what could not be sent", async (t) => {
  await using site = await startMockSite();
  site.state = { ...site.state, contacts: [chat] };
  await using visitor = await visit(site);
  const { page } = visitor;
  await page.getByText("Hello, Anna here.").waitFor();
  await page.getByRole("link", { name: "Machines", exact: true }).click();
  await page.waitForURL("**/machines.html");
  await page.getByText("Hello, Anna here.").waitFor();
  const text = page.getByLabel("Your message");
  await text.fill("Hello <b>Anna</b>");
  await text.press("Enter");
  await page.waitForFunction(
    "!document.documentElement.lastElementChild.shadowRoot.querySelector('textarea').value",
  );
  t.match(posted(site, "chat"), [{ body: { interactionId: "c1", text: "Hello <b>Anna</b>" } }]);
  const message = {
    number: 2,
    interactionId: "c1",
    from: "visitor",
    text: "Hello <b>Anna</b>",
    atMs: 0,
  } as const;
  site.send({ type: "chat", message });
  site.send({ type: "chat", message });
  await page.getByText("Hello <b>Anna</b>").waitFor();
  t.equal(await page.locator(".warmline-said").count(), 2, "a message sent twice is shown once");
  await page.route("**/chat", (route) => route.abort());
  await text.fill("Are you there?");
  await text.press("Enter");
  await page.getByText("Not sent.").waitFor();
  t.equal(await text.inputValue(), "Are you there?");
  site.send({ type: "navigate", path: "/machines/doppio.html" });
  await page.waitForURL("**/machines/doppio.html");
  site.send({ type: "navigate", path: "//evil.example/" });
  await page.waitForTimeout(200);
  t.match(page.url(), "/machines/doppio.html");
});

t.test("an invitation answered in one tab goes from the others", async (t) => {
  await using site = await startMockSite();
  site.state = { ...site.state, invitation: card };
  await using visitor = await visit(site);
  await visitor.page.getByRole("heading", { name: "Henry" }).waitFor();
  site.send({ type: "withdraw", invitationId: "other" });
  await visitor.page.waitForTimeout(100);
  t.ok(await visitor.page.locator(".warmline").isVisible(), "another invitation is not this one");
  site.send({ type: "withdraw", invitationId: "inv-1" });
  await visitor.page.locator(".warmline").waitFor({ state: "hidden" });
});

t.test("odd pages do not break", async (t) => {
  await using site = await startMockSite();
  site.state = { ...site.state, invitation: card };
  await using visitor = await visit(site);
  const { page } = visitor;
  const script = '<script src="/.warmline/loader.js"></script>';
  const pages: Record<string, [type: string, body: string]> = {
    frameset: [
      "text/html",
      `<html><head>${script}</head><frameset><frame src="/"></frameset></html>`,
    ],
    xhtml: [
      "application/xhtml+xml",
      `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title>${script}</head><body/></html>`,
    ],
    svg: [
      "image/svg+xml",
      `<svg xmlns="http://www.w3.org/2000/svg"><script href="/.warmline/loader.js"/></svg>`,
    ],
  };
  for (const [name, [contentType, body]] of Object.entries(pages)) {
    await page.route(`**/${name}`, (route) => route.fulfill({ contentType, body }));
    await page.goto(`${site.address}/${name}`);
    if (name !== "svg") await page.getByRole("heading", { name: "Henry" }).waitFor();
  }
  t.same(visitor.problems, []);
});

t.test(
  "without JavaScript the form is in the page, styled, folds up, and can be sent",
  async (t) => {
    await using site = await startMockSite();
    site.extra = invitationForm(nightCard, { reservedPath: "/.warmline/", back: "/help.html" });
    await using visitor = await visit(site, { javaScriptEnabled: false }, "/help.html");
    const { page } = visitor;
    const number = page.locator("input[name=number]");
    await page.locator("summary").click();
    t.notOk(await number.isVisible());
    await page.locator("summary").click();
    await page.locator("input[value=callback]").check();
    await number.fill("044 123 45 67");
    const box = await page.locator("section.warmline").boundingBox();
    t.equal(box?.width, 360, "the stylesheet is in force");
    await page.locator("section.warmline button").click();
    await page.waitForURL("**/.warmline/answer");
    t.match(posted(site, "answer"), [
      {
        body: {
          invitation: "inv-2",
          choice: "callback",
          number: "044 123 45 67",
          back: "/help.html",
        },
      },
    ]);
    t.same(visitor.problems, []);
  },
);

t.test("with JavaScript the plain form stays away", async (t) => {
  await using site = await startMockSite();
  site.extra = invitationForm(card, { reservedPath: "/.warmline/", back: "/" });
  site.state = { ...site.state, invitation: card };
  await using visitor = await visit(site);
  await visitor.page.getByRole("heading", { name: "Henry" }).waitFor();
  t.equal(await visitor.page.locator("form:visible").count(), 1);
});

for (const [policy, offered] of [
  ["microphone=(self)", true],
  ["microphone=()", false],
] as const) {
  t.test(
    `a site with ${policy}: talking by browser is ${offered ? "" : "not "}offered`,
    async (t) => {
      await using site = await startMockSite();
      site.permissions = policy;
      site.state = { ...site.state, invitation: { ...card, choices: ["voip", "phone", "none"] } };
      await using visitor = await visit(site);
      await visitor.page.getByRole("heading", { name: "Henry" }).waitFor();
      t.equal(await visitor.page.getByLabel(/with my microphone/).count(), offered ? 1 : 0);
    },
  );
}
