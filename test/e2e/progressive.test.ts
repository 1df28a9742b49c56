/** Progressive automatic calls over a real Asterisk: the visitor is first on the dial list, and no agent presses anything. */
import t from "tap";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { heard } from "./listen.ts";
import { BEHIND_A_PROXY, openOffice } from "./office.ts";
import { askToBeCalled, invite, logIn, releaseAndClose, wasThereTwoDaysAgo } from "./people.ts";

const office = await openOffice({
  // On 408 it rings, and nobody is there.
  phones: ["101", "408"],
  telephones: { ben: "408" },
  ringTimeout: "2s",
  firms: [
    {
      name: "crema",
      displayName: "Crema",
      automaticCalls: { mode: "progressive", callbacks: true, requests: true },
    },
  ],
  ...BEHIND_A_PROXY,
});
t.teardown(() => office[Symbol.asyncDispose]());
const { exchange, gateway } = office;

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
  t.same(await heard(exchange), { agent: "visitor", visitor: "agent" });
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
    t.same(await heard(exchange), { agent: "visitor", visitor: "agent" });
    await releaseAndClose(anna, exchange);
    t.equal(await gateway.metric("warmline_dial_attempts_total", 'result="answered"'), 2);
  },
);
