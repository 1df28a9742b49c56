/** Progressive automatic calls over a real Asterisk: the visitor is first on the dial list, and no agent presses anything. */
import { rmSync } from "node:fs";
import t from "tap";
import { startExchange } from "../exchange/exchange.ts";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { startGateway, writeConfig } from "./gateway.ts";
import { startNginx } from "./nginx.ts";
import { askToBeCalled, invite, logIn, releaseAndClose, wasThereTwoDaysAgo } from "./people.ts";

const APPLICATION = "warmline";

const exchange = await startExchange(APPLICATION);
t.teardown(() => exchange[Symbol.asyncDispose]());
await exchange.carrier();
await exchange.phone("101");
/** It rings, and nobody is there. */
await exchange.phone("408");
const origin = await startNginx();
t.teardown(() => origin[Symbol.asyncDispose]());
const { directory, config } = await writeConfig(origin.url);
rmSync(directory, { recursive: true });
const gateway = await startGateway(origin.url, {
  firms: config.firms.map((firm) => ({
    ...firm,
    automaticCalls: { mode: "progressive", callbacks: true, requests: true },
  })),
  agents: config.agents.map((agent) => ({
    ...agent,
    telephone: agent.name === "ben" ? "408" : "101",
  })),
  switch: { driver: "asterisk", ...exchange.ari, application: APPLICATION, ringTimeout: "2s" },
  edge: { workers: 1, drain: "5s", trustedProxies: ["127.0.0.1"] },
});
t.teardown(() => gateway[Symbol.asyncDispose]());

/** The tones that each party hears. */
async function heard(): Promise<Record<string, string>> {
  const legs = (await exchange.leftOver()).filter((id) => /\.(agent|visitor)/.test(id));
  const tones = await Promise.all(legs.map((leg) => exchange.hears(leg)));
  return Object.fromEntries(
    legs.map((leg, i) => [/\.(agent|visitor)/.exec(leg)?.[1] ?? "", tones[i]?.join() ?? ""]),
  );
}

async function atDesk(stack: AsyncDisposableStack, name: string) {
  const agent = stack.use(await openBrowser());
  await logIn(agent, gateway, name);
  return agent.page;
}

/** A visitor whom the agent of this desk has invited asks to be called now. */
async function asks(stack: AsyncDisposableStack, desk: Awaited<ReturnType<typeof atDesk>>) {
  const visitor = stack.use(await openBrowser());
  await visitor.context.setExtraHTTPHeaders({ "x-forwarded-for": "192.0.2.1" });
  await wasThereTwoDaysAgo(visitor, gateway);
  await visitor.page.goto(gateway.site);
  await invite(desk);
  await askToBeCalled(visitor.page, "030 1234567");
  return visitor.page;
}

t.test("the agent's telephone, then the visitor's: both hear each other", async (t) => {
  await using stack = new AsyncDisposableStack();
  const anna = await atDesk(stack, "anna");
  const page = await asks(stack, anna);
  await anna.getByText("You are connected.").waitFor();
  await anna.getByText("Automatic call: the visitor waits to be called now.").waitFor();
  await page.getByText("You are talking to Anna.").first().waitFor();
  t.same(await heard(), { agent: "visitor", visitor: "agent" });
  await releaseAndClose(anna, exchange);
  t.equal(await gateway.metric("warmline_dial_attempts_total", 'result="answered"'), 1);
});

t.test(
  "nobody at an agent's telephone: he is paused, and the next one gets the visitor",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const ben = await atDesk(stack, "ben");
    const before = exchange.notes("carrier").length;
    await asks(stack, ben);
    await ben.getByText("Your telephone is ringing.").first().waitFor();
    await until("he is paused", async () => {
      const pressed = ben.getByRole("button", { name: "On break" });
      return (await pressed.getAttribute("aria-pressed")) === "true";
    });
    t.equal(exchange.notes("carrier").length, before, "the visitor was not called in vain");
    const anna = await atDesk(stack, "anna");
    await anna.getByText("You are connected.").waitFor();
    t.same(await heard(), { agent: "visitor", visitor: "agent" });
    await releaseAndClose(anna, exchange);
    t.equal(await gateway.metric("warmline_dial_attempts_total", 'result="answered"'), 2);
  },
);
