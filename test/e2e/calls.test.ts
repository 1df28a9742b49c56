/** Calls at the desk over a real Asterisk, when things happen to them: the engine is killed, the page loaded again, the visitor handed on. */
import type { WebSocket } from "playwright-core";
import t, { type Test } from "tap";
import type { Exchange } from "../exchange/exchange.ts";
import { until } from "../until.ts";
import { openBrowser, type Person } from "./browser.ts";
import { killEngine } from "./gateway.ts";
import { heard } from "./listen.ts";
import { openOffice } from "./office.ts";
import { logIn } from "./people.ts";

/** An office with its agent logged in. */
async function manned() {
  await using opening = new AsyncDisposableStack();
  const { exchange, gateway } = opening.use(await openOffice());
  const agent = opening.use(await openBrowser());
  await logIn(agent, gateway);
  await until("the exchange to be reached", async () => {
    return (await gateway.metric("warmline_switch_up")) === 1;
  });
  const all = opening.move();
  return { exchange, gateway, agent, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** Another program on the agent's computer has found a number, and the agent has it called. */
async function call({ page }: Person, number: string): Promise<void> {
  const status = await page.evaluate(async (typed) => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ number: typed });
    return (await fetch("/api/number", { method: "POST", headers, body })).status;
  }, number);
  if (status !== 200) throw new Error(`the number was refused with status ${status}`);
  await page.getByRole("button", { name: /^Call \+49/ }).click();
  await page.getByText("You are connected.").waitFor();
}

async function nothingLeft(exchange: Exchange): Promise<void> {
  await until("nothing left over on the exchange", async () => {
    return (await exchange.leftOver()).length === 0;
  });
}

/** What the page's feed brings first once it is connected again, and how long it takes until the words are on the screen. */
async function nextFeed(t: Test, { page }: Person, words: string): Promise<string> {
  const [first, beganMs] = await new Promise<[string, number]>((resolve) => {
    const watch = (socket: WebSocket) => {
      const openedMs = performance.now();
      socket.once("framereceived", ({ payload }) => {
        page.off("websocket", watch);
        resolve([String(payload), openedMs]);
      });
    };
    page.on("websocket", watch);
  });
  await page.getByText(words).first().waitFor();
  t.comment(`"${words}" ${(performance.now() - beganMs).toFixed(0)} ms after connecting`);
  return first;
}

t.test(
  "the engine is killed in mid-call: the two talk on, and the desk has the call again",
  async (t) => {
    await using on = await manned();
    const { exchange, gateway, agent } = on;
    const desk = agent.page;
    await call(agent, "030 1234567");
    const talking = { agent: "visitor", visitor: "agent" };
    t.same(await heard(exchange), talking);

    const again = nextFeed(t, agent, "You are connected.");
    await killEngine(gateway);
    t.same(await heard(exchange), talking, "they talk as if nothing had happened");
    t.match(
      await again,
      /"state":"joined"/,
      "the first that a new engine says of the call is true",
    );
    await until("the exchange to be reached again", async () => {
      return (await gateway.metric("warmline_switch_up")) === 1;
    });

    await desk.getByRole("button", { name: "Hold" }).click();
    await desk.getByText("The visitor is on hold.").waitFor();
    t.same(await heard(exchange), { agent: "", visitor: "music" }, "it can be worked with");

    const reloaded = nextFeed(t, agent, "The visitor is on hold.");
    await desk.reload();
    t.match(await reloaded, /"state":"held"/, "a page that is loaded anew shows the same");
    await desk.getByRole("button", { name: "Resume" }).click();
    await desk.getByText("You are connected.").waitFor();
    t.same(await heard(exchange), talking);
    await desk.getByRole("button", { name: "Release" }).click();
    await desk.getByText("The call is over. Your telephone: released.").waitFor();
    await nothingLeft(exchange);
  },
);

t.test("the visitor hangs up while there is no engine: the next one ends the call", async (t) => {
  await using on = await manned();
  const { exchange, gateway, agent } = on;
  await call(agent, "030 1234567");
  const visitor = (await exchange.leftOver()).find((id) => id.includes(".visitor"));
  process.kill(gateway.pid("engine"), "SIGKILL");
  t.equal((await exchange.request("DELETE", `/channels/${visitor}`)).status, 204);
  await agent.page.getByText(/^The call is over\. Visitor/).waitFor({ timeout: 60_000 });
  await nothingLeft(exchange);
  await agent.page.getByLabel("Not reached").check();
  await agent.page.getByRole("button", { name: "Close contact" }).click();
  await agent.page.getByText("Closed.").waitFor();
});

t.test(
  "handed on to a number outside: visitor and third hear each other, the agent is free",
  async (t) => {
    await using on = await manned();
    const { exchange, agent } = on;
    const desk = agent.page;
    await call(agent, "030 1234567");
    await desk.getByRole("button", { name: "Transfer or conference" }).click();
    await desk.getByLabel("Another number").check();
    await desk.getByLabel("Number", { exact: true }).fill("030 1234800");
    await desk.getByRole("button", { name: "Transfer at once" }).click();
    await desk.getByText("The visitor was handed on.").waitFor();
    t.same(await heard(exchange), { visitor: "third", third: "visitor" });
    await desk.getByLabel("Sale").check();
    await desk.getByRole("button", { name: "Close contact" }).click();
    await desk.getByText("Closed.").waitFor();
    t.same(
      await heard(exchange),
      { visitor: "third", third: "visitor" },
      "they talk on without him",
    );
    const third = (await exchange.leftOver()).find((id) => id.includes(".third"));
    await exchange.request("DELETE", `/channels/${third}`);
    await nothingLeft(exchange);
    t.same(agent.complaints, []);
  },
);
