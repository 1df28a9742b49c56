/** A chat turns into a call within the same contact: two Chromiums, real Asterisk, tones and pictures both ways. */
import type { Page } from "playwright-core";
import t from "tap";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { plays } from "./listen.ts";
import { BEHIND_A_PROXY, openOffice, toneMicrophone } from "./office.ts";
import { invite, logIn, wasThereTwoDaysAgo } from "./people.ts";

const microphone = toneMicrophone(600);
t.teardown(() => microphone[Symbol.dispose]());
const office = await openOffice({
  telephones: { ben: "browser" },
  browserCalls: { visitors: "on" },
  ...BEHIND_A_PROXY,
});
t.teardown(() => office[Symbol.asyncDispose]());
const { exchange, gateway } = office;

let visitors = 0;

/** An agent and a visitor who write to each other; a call is offered. */
async function offered(
  stack: AsyncDisposableStack,
  { permissions = ["microphone"], agent: name = "anna", microphone: voice = microphone.file } = {},
) {
  const agent = stack.use(await openBrowser());
  const visitor = stack.use(await openBrowser({ microphone: voice }));
  await agent.context.grantPermissions(["microphone", "camera"], { origin: gateway.desk });
  await visitor.context.grantPermissions(permissions, { origin: gateway.site });
  await visitor.context.setExtraHTTPHeaders({ "x-forwarded-for": `192.0.2.${++visitors}` });
  await logIn(agent, gateway, name);
  if (name === "ben") await agent.page.getByText("Your telephone is ready").waitFor();
  await wasThereTwoDaysAgo(visitor, gateway);
  await visitor.page.goto(gateway.site);
  await invite(agent.page);
  await visitor.page.getByLabel("Let\u2019s have a text chat.").check();
  await visitor.page.getByRole("button", { name: "Send" }).click();
  await agent.page.getByRole("button", { name: "Accept chat" }).click();
  await visitor.page
    .getByText(/ is here\./)
    .first()
    .waitFor();
  await agent.page.getByRole("button", { name: "Offer a call" }).click();
  await visitor.page.getByText(/would like to talk with you/).waitFor();
  return { desk: agent.page, page: visitor.page };
}

async function pressed(page: Page, name: string): Promise<Page> {
  const opened = page.context().waitForEvent("page");
  await page.getByRole("button", { name }).click();
  return opened;
}

async function says(from: Page, label: string, text: string, to: Page) {
  await from.getByLabel(label).fill(text);
  await from.getByLabel(label).press("Enter");
  await to.getByText(text).first().waitFor();
}

/** One contact, closed once. */
async function endChat(desk: Page) {
  await desk.getByRole("button", { name: "End chat" }).click();
  await desk.getByLabel("Sale").check();
  await desk.getByRole("button", { name: "Close contact" }).click();
  await desk.getByText("Closed.").first().waitFor();
  await until("nothing left over on the exchange", async () => {
    return (await exchange.leftOver()).length === 0;
  });
}

t.test("by browser: both hear each other, write beside it, and after it", async (t) => {
  await using stack = new AsyncDisposableStack();
  const { desk, page } = await offered(stack);
  const call = await pressed(page, "Talk in this browser");
  await desk.getByText("You are connected.").waitFor();
  await call.getByText("You are talking to Anna.").waitFor();
  const agentLeg = (await exchange.leftOver()).find((id) => id.endsWith(".agent")) ?? "";
  t.same(await exchange.hears(agentLeg), ["visitor"], "the agent hears the visitor's microphone");
  await plays(call, 400);
  await says(page, "Your message", "Is it this one?", desk);
  await says(desk, "Message to the visitor", "It is.", page);
  await desk.getByRole("button", { name: "Release" }).click();
  await call.getByText("The call is over. Thank you.").waitFor();
  await page.getByText("The call is over. The chat goes on.").first().waitFor();
  await says(page, "Your message", "Thank you.", desk);
  await endChat(desk);
  t.equal(await gateway.metric("warmline_interactions_closed_total"), 1);
});

t.test(
  "with the camera: an agent at the desk's own telephone is called without a press",
  async () => {
    await using stack = new AsyncDisposableStack();
    const { desk, page } = await offered(stack, {
      agent: "ben",
      permissions: ["microphone", "camera"],
    });
    const call = await pressed(page, "Talk with my camera on");
    await desk.getByText("You are connected.").waitFor();
    await desk.getByLabel("The visitor\u2019s picture").waitFor();
    await call.getByRole("button", { name: "Hang up" }).click();
    await desk.getByText("The call is over. The chat goes on.").waitFor();
    await endChat(desk);
  },
);

t.test("by telephone: a wrong number is mended on the spot", async () => {
  await using stack = new AsyncDisposableStack();
  const { desk, page } = await offered(stack);
  const number = page.getByLabel("Your telephone number");
  await number.fill("12");
  await page.getByRole("button", { name: "Call me" }).click();
  await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
  await number.fill("030 1234567");
  await page.getByRole("button", { name: "Call me" }).click();
  await desk.getByText("You are connected.").waitFor();
  await page.getByText("You are talking to Anna.").first().waitFor();
  await says(page, "Your message", "I hear you.", desk);
  await desk.getByRole("button", { name: "Release" }).click();
  await endChat(desk);
});

t.test(
  "the microphone is refused: told plainly, called by telephone, the same contact",
  async () => {
    await using stack = new AsyncDisposableStack();
    const { desk, page } = await offered(stack, { permissions: [] });
    const call = await pressed(page, "Talk in this browser");
    await call.getByText("Your browser does not let us use the microphone.").waitFor();
    await desk.getByText("The visitor has accepted.").waitFor();
    await says(page, "Your message", "It does not work.", desk);
    await call.getByLabel("Or shall we call you by telephone? Your number:").fill("030 1234567");
    await call.getByRole("button", { name: "Call me" }).click();
    await desk.getByText("You are connected.").waitFor();
    await desk.getByRole("button", { name: "Release" }).click();
    await endChat(desk);
  },
);

t.test("no, and the window closed: the chat goes on", async () => {
  await using stack = new AsyncDisposableStack();
  const { desk, page } = await offered(stack, { permissions: [] });
  await page.getByRole("button", { name: "No, let\u2019s go on writing" }).click();
  await desk.getByText("No call for now.").waitFor();
  await desk.getByRole("button", { name: "Offer a call" }).click();
  const call = await pressed(page, "Talk in this browser");
  await call.getByText("Your browser does not let us use the microphone.").waitFor();
  await call.close();
  await desk.getByText("The call\u2019s window was closed.").waitFor();
  await endChat(desk);
});

t.test("without JavaScript: told that it cannot be, and called by telephone", async () => {
  await using stack = new AsyncDisposableStack();
  const agent = stack.use(await openBrowser());
  const visitor = stack.use(await openBrowser({ javaScriptEnabled: false }));
  const desk = agent.page;
  const { page } = visitor;
  await visitor.context.setExtraHTTPHeaders({ "x-forwarded-for": `192.0.2.${++visitors}` });
  await logIn(agent, gateway);
  await wasThereTwoDaysAgo(visitor, gateway);
  await page.goto(gateway.site);
  await invite(desk);
  await until("the invitation in a next page", async () => {
    await page.goto(`${gateway.site}/machines.html`);
    return (await page.getByLabel("Let\u2019s have a text chat.").count()) === 1;
  });
  await page.getByLabel("Let\u2019s have a text chat.").check();
  await page.getByRole("button", { name: "Send" }).click();
  await desk.getByRole("button", { name: "Accept chat" }).click();
  await desk.getByRole("button", { name: "Offer a call" }).click();
  await until("the offer on the page of the chat", async () => {
    await page.goto(page.url().replace(/#.*/, ""));
    return (await page.getByText("Talking by browser needs JavaScript").count()) === 1;
  });
  await page.getByLabel("Your telephone number").fill("030 1234567");
  await page.getByRole("button", { name: "Call me" }).click();
  await desk.getByText("You are connected.").waitFor();
  await page.getByLabel("Your message").fill("I hear you.");
  await page.getByRole("button", { name: "Send" }).click();
  await desk.getByText("I hear you.").first().waitFor();
  await desk.getByRole("button", { name: "Release" }).click();
  await endChat(desk);
});
