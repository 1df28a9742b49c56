/** The demo of `npm start`, as a visitor and an agent would use it: its own shop, its own configuration, two browsers. */
import { readFileSync } from "node:fs";
import t from "tap";
import { parse } from "yaml";
import { serveShop } from "../../examples/shop/server.ts";
import { openBrowser } from "./browser.ts";
import { startGateway } from "./gateway.ts";
import { askToBeCalled, invite, logIn } from "./people.ts";

t.test("browse, alert, invite, chat, call, hang up; log out, leave a callback", async (t) => {
  await using shop = await serveShop(0);
  const {
    listen: _l,
    directories: _d,
    ...demo
  } = parse(readFileSync("examples/demo.yaml", "utf8")) as Record<string, unknown> & {
    sites: object[];
  };
  const sites = demo.sites.map((site) => ({ ...site, origins: [shop.address] }));
  await using gateway = await startGateway(shop.address, { ...demo, sites });
  await using agent = await openBrowser();
  const desk = agent.page;
  await logIn(agent, gateway, "anna", "espresso-time");

  await t.test("a visitor who lingers is invited, and chats", async () => {
    await using visitor = await openBrowser();
    const { page } = visitor;
    await page.goto(gateway.site);
    await page.getByRole("link", { name: "Machines" }).first().click();
    await desk.getByText("page.seconds >= 8").first().waitFor();
    await invite(desk);
    await page.getByLabel(/text chat/).check();
    await page.getByRole("button", { name: "Send" }).click();
    await desk.getByRole("button", { name: "Accept chat" }).click();
    await desk.getByLabel("Message to the visitor").fill("Which one do you like?");
    await desk.keyboard.press("Enter");
    await page.getByText("Which one do you like?").first().waitFor();
    await page.getByLabel("Your message").fill("Show me the Doppio, please.");
    await page.keyboard.press("Enter");
    await desk.getByText("Show me the Doppio, please.").first().waitFor();

    await desk.getByLabel("Page to show to the visitor").fill("/machines/doppio.html");
    await desk.getByRole("button", { name: "Show page" }).click();
    await page.waitForURL(/doppio/);
    await page.getByText("Which one do you like?").first().waitFor();
    await desk.getByRole("button", { name: "End chat" }).click();
    await desk.getByLabel("Helped").check();
    await desk.getByRole("button", { name: "Close contact" }).click();
    t.same(visitor.complaints, []);
  });

  await t.test("another asks to be called, and hangs up", async () => {
    await using visitor = await openBrowser();
    const { page } = visitor;
    await page.goto(`${gateway.site}/machines.html`);
    await invite(desk);
    await askToBeCalled(page, "030 1234002");
    await desk.getByRole("button", { name: "Accept and call" }).click();
    await desk.getByText("You are connected.").waitFor();
    await desk.getByText("The call is over. Visitor: hung up.").waitFor();
    await desk.getByLabel("Sale").check();
    await desk.getByRole("button", { name: "Close contact" }).click();
    t.same(visitor.complaints, []);
  });

  await t.test("with the agent gone, a callback is left", async () => {
    await desk.getByRole("button", { name: "Log out" }).click();
    await desk.getByLabel("Password").waitFor();
    await using visitor = await openBrowser();
    const { page } = visitor;
    await page.goto(`${gateway.site}/machines.html`);
    await page.getByRole("heading", { name: /open for browsing/ }).waitFor();
    await page.getByLabel("Telephone number").fill("030 7654321");
    await page
      .getByLabel("Date")
      .fill(new Date(Date.now() + 86_400_000).toISOString().slice(0, 10));
    await page.getByLabel("Time").fill("10:30");
    await page.getByRole("button", { name: "Send" }).click();
    await page
      .getByText(/will call you/)
      .first()
      .waitFor();
    await logIn(agent, gateway, "ben", "espresso-time");
    await desk.getByRole("tab", { name: "Job file 1" }).click();
    await desk.getByText("+49307654321").first().waitFor();
    t.same(visitor.complaints, []);
  });
  t.same(agent.complaints, []);
});
