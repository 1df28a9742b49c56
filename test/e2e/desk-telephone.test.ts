/** Agents whose telephones are their desks, or at home: real Chromium, real Asterisk, tones both ways. */
import type { Page } from "playwright-core";
import t from "tap";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { killEngine } from "./gateway.ts";
import { plays } from "./listen.ts";
import { openOffice, toneMicrophone } from "./office.ts";
import { askToBeCalled, invite, logIn, wasThereTwoDaysAgo, releaseAndClose } from "./people.ts";

const HOME = "+4930555000";
const [agentsTone, visitorsTone] = [toneMicrophone(400), toneMicrophone(600)];
t.teardown(() => {
  agentsTone[Symbol.dispose]();
  visitorsTone[Symbol.dispose]();
});

const office = await openOffice({
  phones: [],
  telephones: { anna: "browser", ben: HOME },
  browserCalls: { visitors: "on" },
});
t.teardown(() => office[Symbol.asyncDispose]());
const { exchange, gateway } = office;

async function atDesk(stack: AsyncDisposableStack, name: string, permissions = ["microphone"]) {
  const agent = stack.use(await openBrowser({ microphone: agentsTone.file }));
  await agent.context.grantPermissions(permissions, { origin: gateway.desk });
  await logIn(agent, gateway, name);
  return agent.page;
}

async function invited(stack: AsyncDisposableStack, desk: Page) {
  const visitor = stack.use(await openBrowser({ microphone: visitorsTone.file }));
  await visitor.context.grantPermissions(["microphone"], { origin: gateway.site });
  await wasThereTwoDaysAgo(visitor, gateway);
  await visitor.page.goto(gateway.site);
  await invite(desk);
  await visitor.page.getByLabel("Telephone number").waitFor();
  return visitor;
}

async function leg(party: string) {
  return (await exchange.leftOver()).find((id) => id.includes(`.${party}`)) ?? "";
}

/** The engine is killed in mid-call: they talk on, and the desk is a telephone of the next one. */
async function outlivesEngine(desk: Page) {
  await killEngine(gateway);
  await until("the exchange to be reached again", async () => {
    return (await gateway.metric("warmline_switch_up")) === 1;
  });
  await until("the desk to be registered again", async () => {
    const endpoints = await (await exchange.request("GET", "/endpoints/PJSIP")).json();
    return (endpoints as { resource: string; state: string }[]).some(
      ({ resource, state }) => resource.includes("-browser-") && state === "online",
    );
  });
  await plays(desk, 600);
  await desk.getByText("You are connected.").waitFor();
}

t.test(
  "the desk is the telephone: both hear each other, also after a reload of the desk, and without an engine",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const desk = await atDesk(stack, "anna");
    await desk.getByText("Your telephone is ready").waitFor();
    for (const time of ["first", "after a reload"]) {
      const visitor = await invited(stack, desk);
      await askToBeCalled(visitor.page, "030 1234567");
      await desk.getByRole("button", { name: "Accept and call" }).click();
      await desk.getByText("You are connected.").waitFor();
      await desk.getByText("Your microphone is on").waitFor();
      t.same(await exchange.hears(await leg("visitor")), ["agent"], time);
      await plays(desk, 600);
      if (time === "after a reload") await outlivesEngine(desk);
      await releaseAndClose(desk, exchange);
      await desk.getByText("Your telephone is ready").waitFor();
      await visitor[Symbol.asyncDispose]();
      await desk.reload();
      await desk.getByText("Your telephone is ready").waitFor();
    }
    await desk.getByRole("button", { name: "Log out" }).click();
    await until("the desk's line to be gone", async () => {
      const endpoints = await (await exchange.request("GET", "/endpoints/PJSIP")).text();
      return !endpoints.includes("-browser-");
    });
  },
);

t.test("browser to browser, with a colleague at home", async (t) => {
  await using stack = new AsyncDisposableStack();
  const desk = await atDesk(stack, "anna");
  const home = await atDesk(stack, "ben");
  await desk.getByText("Your telephone is ready").waitFor();
  const visitor = await invited(stack, desk);
  await visitor.page.getByLabel(/with my microphone/).check();
  const opened = visitor.context.waitForEvent("page");
  await visitor.page.getByRole("button", { name: "Send" }).click();
  const call = await opened;
  await call.getByText("One moment please, somebody will be with you.").waitFor();
  await desk.getByRole("button", { name: "Accept and call" }).click();
  await desk.getByText("You are connected.").waitFor();
  await plays(desk, 600);
  await plays(call, 400);
  await desk.getByRole("button", { name: /Transfer or conference/ }).click();
  await desk.getByLabel("Ben").check();
  await desk.getByRole("button", { name: "Transfer at once" }).click();
  await home.getByText("You are connected.").waitFor();
  t.same(await exchange.hears(await leg("visitor")), ["visitor"], "the voice of a public number");
  await releaseAndClose(home, exchange);
  await call.getByText("The call is over.").waitFor();
});

t.test("an agent at home is called by the public network, and calls", async (t) => {
  await using stack = new AsyncDisposableStack();
  const home = await atDesk(stack, "ben");
  const visitor = await invited(stack, home);
  await askToBeCalled(visitor.page, "030 1234567");
  await home.getByRole("button", { name: "Accept and call" }).click();
  await home.getByText("You are connected.").waitFor();
  t.same(await exchange.hears(await leg("agent")), ["visitor"]);
  await releaseAndClose(home, exchange);
});

t.test(
  "without a microphone nobody is called; a colleague\u2019s call rings and is answered",
  async () => {
    await using stack = new AsyncDisposableStack();
    const desk = await atDesk(stack, "anna", []);
    const home = await atDesk(stack, "ben");
    await desk.getByRole("button", { name: "Connect your telephone" }).click();
    await desk.getByText("The browser does not allow the microphone.").waitFor();
    const visitor = await invited(stack, desk);
    await askToBeCalled(visitor.page, "030 1234567");
    await desk.getByRole("button", { name: "Accept and call" }).click();
    await desk.getByText(/Connect your telephone first/).waitFor();
    await desk.context().grantPermissions(["microphone"], { origin: gateway.desk });
    await desk.getByRole("button", { name: "Connect your telephone" }).click();
    await desk.getByText("Your telephone is ready").waitFor();
    await home.locator("#list").getByText("Would like to be called now").click();
    await home.getByRole("button", { name: "Accept and call" }).click();
    await home.getByText("You are connected.").waitFor();
    await home.getByRole("button", { name: /Transfer or conference/ }).click();
    await home.getByLabel("Anna").check();
    await home.getByRole("button", { name: "Talk to them first" }).click();
    await desk.getByRole("button", { name: "Answer" }).click();
    await desk.getByText("A colleague is talking with you about this visitor.").waitFor();
    await home.getByRole("button", { name: "Back to the visitor" }).click();
    await releaseAndClose(home, exchange);
  },
);
