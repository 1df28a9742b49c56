/**
 * Predictive calls on real parts: an agent keeps the receiver of a SIP telephone in her hand, and visitors who ask to be called are
 * dialled by Asterisk and joined with her, one after the other, without a click and without her telephone ringing.
 */
import t from "tap";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { openOffice } from "./office.ts";
import { askToBeCalled, invite, logIn, wasThereTwoDaysAgo } from "./people.ts";

t.test("the receiver lifted once, two visitors, no click", async (t) => {
  await using office = await openOffice({
    ringTimeout: "20s",
    jurisdictions: [{ country: "DE", predictive: true, dropLimit: 3, dropWindow: "24h" }],
    firms: [
      {
        name: "crema",
        displayName: "Crema",
        automaticCalls: { mode: "predictive", jurisdiction: "DE", requests: true },
      },
    ],
  });
  const { exchange, gateway } = office;
  await using agent = await openBrowser();
  const desk = agent.page;
  await logIn(agent, gateway);
  await until("the exchange to be reached", async () => {
    return (await gateway.metric("warmline_switch_up")) === 1;
  });
  exchange.lift("101");
  const waits = desk.getByText("Calls come by themselves");
  await waits.waitFor();
  const [line = ""] = await exchange.leftOver();

  for (const [round, number] of ["030 1234567", "030 1234568"].entries()) {
    await using visitor = await openBrowser();
    await wasThereTwoDaysAgo(visitor, gateway);
    await visitor.page.goto(gateway.site);
    await invite(desk);
    await visitor.page.getByRole("heading", { name: "Hello, my name is Anna." }).waitFor();
    await askToBeCalled(visitor.page, number);
    await desk.getByText("You are connected.").waitFor();
    await desk.getByText(/^Automatic call/).waitFor();
    const leg = (await exchange.leftOver()).find((id) => id.endsWith(".visitor")) ?? "";
    t.same(await exchange.hears(leg), ["agent"], "he hears her");
    t.same(await exchange.hears(line), ["visitor"], "on the line that she has lifted");
    t.equal((await exchange.request("DELETE", `/channels/${leg}`)).status, 204, "he hangs up");
    await desk.getByText(/^The call is over\. Visitor/).waitFor();
    await waits.waitFor();
    await until("her line alone to be left", async () => {
      return (await exchange.leftOver()).join() === line;
    });
    await desk.getByLabel("Sale").check();
    await desk.getByRole("button", { name: "Close contact" }).click();
    await desk.getByText("Closed.").first().waitFor();
    t.equal(await gateway.metric("warmline_dial_live_answers_total"), round + 1);
  }
  t.equal(await gateway.metric("warmline_dial_dropped_total"), 0);
  t.equal(await gateway.metric("warmline_dial_drop_limit"), 0.03);
  await exchange.request("DELETE", `/channels/${line}`);
  await waits.waitFor({ state: "detached" });
  t.same(agent.complaints, []);
});
