/**
 * The main job on real parts: an nginx that serves ordinary files, two Chromiums, an Asterisk, SIP telephones. A visitor who
 * is there for the second time in a week is noticed, invited, asks to be called, and the two talk (patent Fig. 3).
 */
import t from "tap";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { APPLICATION, openOffice } from "./office.ts";
import { askToBeCalled, invite, logIn, wasThereTwoDaysAgo } from "./people.ts";

t.test("twice in a week, an invitation, call me at: both hear each other", async (t) => {
  await using office = await openOffice();
  const { exchange, gateway } = office;
  await using agent = await openBrowser();
  await using visitor = await openBrowser();
  await logIn(agent, gateway);
  await wasThereTwoDaysAgo(visitor, gateway);

  await visitor.page.goto(gateway.site);
  const desk = agent.page;
  await desk.getByText("twice-in-a-week").first().waitFor();
  await desk.getByText('visits("7d") >= 2').first().waitFor();
  await invite(desk);

  await visitor.page.getByRole("heading", { name: "Hello, my name is Anna." }).waitFor();
  await askToBeCalled(visitor.page, "030 1234567");
  await visitor.page
    .getByText(/We will call you at 030 1234567/)
    .first()
    .waitFor();

  await desk.getByRole("button", { name: "Accept and call" }).click();
  await desk.getByText("You are connected.").waitFor();
  await visitor.page.getByText("You are talking to Anna.").first().waitFor();

  const legs = (await exchange.leftOver()).filter((id) => id.startsWith(`${APPLICATION}.`));
  const heard: string[][] = [];
  for (const leg of legs.filter((id) => /agent|visitor/.test(id))) {
    heard.push(await exchange.hears(leg));
  }
  t.same(heard.map(String).sort(), ["agent", "visitor"], "each hears the other, and nobody else");

  await desk.getByRole("button", { name: "Release" }).click();
  await desk.getByText(/The call is over/).waitFor();
  await until("nothing left over on the exchange", async () => {
    return (await exchange.leftOver()).length === 0;
  });
  await desk.getByLabel("Sale").check();
  await desk.getByRole("button", { name: "Close contact" }).click();
  await desk.getByText("Closed.").waitFor();
  t.equal(await gateway.metric("warmline_interactions_closed_total", 'disposition="sale"'), 1);
  t.same(visitor.complaints, []);
  t.same(agent.complaints, []);
});

t.test("busy, no answer and refused are shown as what they are", async (t) => {
  await using office = await openOffice({ ringTimeout: "2s" });
  const { gateway } = office;
  await using agent = await openBrowser();
  await logIn(agent, gateway);
  const desk = agent.page;
  for (const [digits, words] of [
    ["486", "Visitor: busy."],
    ["408", "Visitor: no answer."],
    ["603", "Visitor: call refused."],
  ] as const) {
    await using visitor = await openBrowser();
    await wasThereTwoDaysAgo(visitor, gateway);
    await visitor.page.goto(gateway.site);
    await invite(desk);
    await visitor.page.getByRole("heading", { name: "Hello, my name is Anna." }).waitFor();
    await askToBeCalled(visitor.page, `030 1234${digits}`);
    await desk.getByRole("button", { name: "Accept and call" }).click();
    await desk.getByText(`No connection. ${words}`).waitFor();
    await desk.getByLabel("Not reached").check();
    await desk.getByRole("button", { name: "Close contact" }).click();
    t.pass(words);
  }
});
