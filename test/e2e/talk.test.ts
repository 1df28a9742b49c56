/** A visitor talks by browser with an agent at a SIP telephone: real Chromium, real Asterisk, tones both ways. */
import type { Page } from "playwright-core";
import t from "tap";
import { startRelay } from "../switch/relay.ts";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { killEngine } from "./gateway.ts";
import { plays } from "./listen.ts";
import { BEHIND_A_PROXY, openOffice, toneMicrophone } from "./office.ts";
import { invite, logIn, wasThereTwoDaysAgo } from "./people.ts";

const microphone = toneMicrophone(600);
t.teardown(() => microphone[Symbol.dispose]());
const office = await openOffice({ browserCalls: { visitors: "on" }, ...BEHIND_A_PROXY });
t.teardown(() => office[Symbol.asyncDispose]());
const { exchange, gateway } = office;

let visitors = 0;

/** An agent at the desk, and a visitor who wants to talk: gives the window of the call. */
async function talk(
  stack: AsyncDisposableStack,
  media: "tone" | "none" | "refused" = "tone",
  site = gateway.site,
) {
  const agent = stack.use(await openBrowser());
  const visitor = stack.use(
    await openBrowser({ microphone: media === "none" ? "" : microphone.file }),
  );
  const permissions = media === "refused" ? [] : ["microphone"];
  await visitor.context.grantPermissions(permissions, { origin: site });
  // Each visitor has an address of his own: the requests of one are limited.
  await visitor.context.setExtraHTTPHeaders({ "x-forwarded-for": `192.0.2.${++visitors}` });
  await logIn(agent, gateway);
  await wasThereTwoDaysAgo(visitor, gateway);
  await visitor.page.goto(site);
  await invite(agent.page);
  await visitor.page.getByLabel("Let\u2019s talk now, with my microphone.").check();
  const opened = visitor.context.waitForEvent("page");
  await visitor.page.getByRole("button", { name: "Send" }).click();
  return { desk: agent.page, page: visitor.page, call: await opened };
}

async function connect(desk: Page, call: Page) {
  await call.getByText("One moment please, somebody will be with you.").waitFor();
  await desk.getByRole("button", { name: "Accept and call" }).click();
  await desk.getByText("You are connected.").waitFor();
  await call.getByText("You are talking to Anna.").waitFor();
}

async function nothingLeft() {
  await until("no channel and no endpoint to be left over", async () => {
    const endpoints = await (await exchange.request("GET", "/endpoints/PJSIP")).text();
    return (await exchange.leftOver()).length === 0 && !endpoints.includes("-browser-");
  });
}

/** The endpoints of browsers. */
async function registered(): Promise<readonly { readonly state: string }[]> {
  const list = (await (await exchange.request("GET", "/endpoints/PJSIP")).json()) as {
    readonly resource: string;
    readonly state: string;
  }[];
  return list.filter(({ resource }) => resource.includes("-browser-"));
}

/** Hands the visitor on to a number of the public network; gives that number's channel. */
async function handOn(desk: Page, call: Page, number: string): Promise<string> {
  await desk.getByRole("button", { name: /^Transfer or/ }).click();
  await desk.getByLabel("Another number").check();
  await desk.getByLabel("Number", { exact: true }).fill(number);
  await desk.getByRole("button", { name: "Transfer at once" }).click();
  await call.getByText("Anna has handed you on. You are talking to somebody else now.").waitFor();
  return (await exchange.leftOver()).find((id) => id.includes(".third")) ?? "";
}

async function closeContact(desk: Page) {
  await desk.getByLabel("Sale").check();
  await desk.getByRole("button", { name: "Close contact" }).click();
  await desk.getByText("Closed.").first().waitFor();
}

t.test(
  "both hear each other, also after a hold; the visitor browses on; the agent ends it",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const { desk, page, call } = await talk(stack);
    await connect(desk, call);
    const channels = await exchange.leftOver();
    const agentLeg = channels.find((id) => id.endsWith(".agent")) ?? "";
    t.same(await exchange.hears(agentLeg), ["visitor"], "the agent hears the visitor's microphone");
    await plays(call, 400);
    await desk.getByRole("button", { name: "Hold" }).click();
    await plays(call, 1_000);
    await desk.getByRole("button", { name: "Resume" }).click();
    await plays(call, 400);
    await page.goto(`${gateway.site}/?next`);
    await page
      .getByText(/You are talking to Anna\. The call has a window/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Show this page to Anna" }).click();
    await page.getByText("Anna has a link to this page now.").waitFor();
    const link = desk.getByRole("region", { name: "The visitor shows you" }).getByRole("link");
    t.equal(await link.getAttribute("href"), `${gateway.site}/?next`);
    // As when the call's window is in front of it.
    await page.evaluate("Object.defineProperty(document, 'hidden', { value: true })");
    await desk.getByLabel("Page to show to the visitor").fill("/?shown=1");
    await desk.getByRole("button", { name: "Show page" }).click();
    await call.getByText("Anna would like to show you /?shown=1").waitFor();
    await page.waitForURL(`${gateway.site}/?shown=1`);
    await page.close();
    const opened = call.context().waitForEvent("page");
    await call.getByRole("link", { name: "/?shown=1" }).click();
    t.equal((await opened).url(), `${gateway.site}/?shown=1`, "that window is gone: a new one");
    await desk.getByRole("button", { name: "Release" }).click();
    await call.getByText("The call is over. Thank you.").waitFor();
    await nothingLeft();
    await closeContact(desk);
  },
);

t.test(
  "handed on to somebody outside: he talks on when the contact is closed and the engine killed, and hangs up",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const { desk, page, call } = await talk(stack);
    await connect(desk, call);
    const outside = await handOn(desk, call, "030 7654800");
    await plays(call, 800);
    t.same(await exchange.hears(outside), ["visitor"]);
    await page
      .getByText(/Anna has handed you on\. The call has a window/)
      .first()
      .waitFor();
    await closeContact(desk);
    await plays(call, 800);
    await killEngine(gateway);
    await until("the window to be registered again", async () => {
      return (await registered()).some(({ state }) => state === "online");
    });
    await plays(call, 800);
    t.same(await exchange.hears(outside), ["visitor"]);
    await call.getByText("You are talking to somebody else now.").waitFor();
    await call.getByRole("button", { name: "Hang up" }).click();
    await call.getByText("The call is over. Thank you.").waitFor();
    await nothingLeft();
  },
);

t.test("handed on: whoever is outside ends it", async () => {
  await using stack = new AsyncDisposableStack();
  const { desk, call } = await talk(stack);
  await connect(desk, call);
  await handOn(desk, call, "030 7654002");
  await call.getByText("The call is over. Thank you.").waitFor();
  await nothingLeft();
  await closeContact(desk);
});

t.test("handed on: the way to the exchange is lost, and nobody talks to nobody", async () => {
  await using stack = new AsyncDisposableStack();
  const wire = stack.use(await startRelay(Number(new URL(gateway.site).port)));
  const { desk, call } = await talk(stack, "tone", `http://127.0.0.1:${wire.port}`);
  await connect(desk, call);
  await handOn(desk, call, "030 7654321");
  await closeContact(desk);
  wire.cut();
  await call.getByText("The call is over. Thank you.").waitFor({ timeout: 60_000 });
  await nothingLeft();
});

t.test("the visitor hangs up; the agent sees it", async (t) => {
  await using stack = new AsyncDisposableStack();
  const { desk, call } = await talk(stack);
  await connect(desk, call);
  await call.getByRole("button", { name: "Hang up" }).click();
  await call.getByText("The call is over. Thank you.").waitFor();
  await desk.getByText(/The call is over/).waitFor();
  await nothingLeft();
  t.notMatch(gateway.output(), /what it may not/, "his browser may say so");
  await closeContact(desk);
});

t.test(
  "the visitor closes the window while he waits: nobody is called, nothing is left",
  async () => {
    await using stack = new AsyncDisposableStack();
    const { desk, call } = await talk(stack);
    await call.getByText("One moment please, somebody will be with you.").waitFor();
    await desk.getByRole("button", { name: "Accept and call" }).waitFor();
    await call.close();
    await desk.getByRole("button", { name: "Accept and call" }).waitFor({ state: "detached" });
    await nothingLeft();
  },
);

for (const [media, words] of [
  ["refused", "Your browser does not let us use the microphone."],
  ["none", "No microphone was found."],
] as const) {
  t.test(`the microphone: ${media}; the visitor is called by telephone instead`, async () => {
    await using stack = new AsyncDisposableStack();
    const { desk, call } = await talk(stack, media);
    await call.getByText(words).waitFor();
    await desk.getByRole("button", { name: "Accept and call" }).click();
    await desk.getByText("The visitor\u2019s browser is not connected yet.").first().waitFor();
    await call.getByLabel("Or shall we call you by telephone? Your number:").fill("12");
    await call.getByRole("button", { name: "Call me" }).click();
    await call.getByRole("alert").filter({ hasNotText: words }).waitFor();
    await call.getByLabel("Or shall we call you by telephone? Your number:").fill("030 1234567");
    await call.getByRole("button", { name: "Call me" }).click();
    await call.getByText("Thank you. We will call you in a moment.").waitFor();
    await desk.getByRole("button", { name: "Open" }).click();
    await desk.getByText("+49301234567").first().waitFor();
    await desk.getByRole("button", { name: "Accept and call" }).click();
    await desk.getByText("You are connected.").waitFor();
    await desk.getByRole("button", { name: "Release" }).click();
    await nothingLeft();
    await closeContact(desk);
  });
}

t.test("the way to the exchange is lost: the visitor is told, the agent is freed", async (t) => {
  await using stack = new AsyncDisposableStack();
  const wire = stack.use(await startRelay(Number(new URL(gateway.site).port)));
  const { desk, call } = await talk(stack, "tone", `http://127.0.0.1:${wire.port}`);
  await connect(desk, call);
  wire.cut();
  await desk.getByText(/The call is over/).waitFor({ timeout: 60_000 });
  await call.getByText("The connection was lost.").waitFor({ timeout: 60_000 });
  await call.getByLabel("Or shall we call you by telephone? Your number:").waitFor();
  await nothingLeft();
  await closeContact(desk);
  t.notMatch(gateway.output(), /"err"/);
});

t.test("the engine is killed in a talk: they talk on, and either can end it", async (t) => {
  await using stack = new AsyncDisposableStack();
  const { desk, call } = await talk(stack);
  await connect(desk, call);
  await killEngine(gateway);
  await until("the exchange to be reached again", async () => {
    return (await gateway.metric("warmline_switch_up")) === 1;
  });
  await desk.getByText("You are connected.").waitFor();
  const agentLeg = (await exchange.leftOver()).find((id) => id.endsWith(".agent")) ?? "";
  t.same(await exchange.hears(agentLeg), ["visitor"]);
  await plays(call, 400);
  await until("the window to be registered again", async () => {
    return (await registered()).some(({ state }) => state === "online");
  });
  await desk.getByRole("button", { name: "Hold" }).click();
  await plays(call, 1_000);
  await desk.getByRole("button", { name: "Resume" }).click();
  await plays(call, 400);
  await call.getByText("You are talking to Anna.").waitFor();
  await call.getByRole("button", { name: "Hang up" }).click();
  await desk.getByText(/The call is over/).waitFor();
  await nothingLeft();
  await closeContact(desk);
});
