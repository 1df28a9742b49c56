/** A number from another program [0038]: a bookmark finds it in a page of another origin, and the warm line calls it. */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import t from "tap";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { openOffice } from "./office.ts";
import { logIn } from "./people.ts";

const WORDS = "The number is at your desk.";

/** A customer file that trusts nobody. */
const CUSTOMERS = `<!DOCTYPE html><title>Customers</title><h1>Jane Roe</h1>
  <table><tr><td>Since</td><td>2019-11-02</td></tr><tr><td>Order</td><td>4711 0815 99</td></tr>
  <tr><td>Office</td><td>030 1234567</td></tr></table>
  <label>Home <input value="+49 (0)30 7654-321"></label> <p>Dear 0900 1234567: never call this</p>`;

const customers = createServer((request, response) => {
  const policy = "default-src 'none'; frame-ancestors 'none'; form-action 'none'";
  response.setHeader("content-security-policy", policy);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(request.url === "/none" ? "<p>Nothing here on 24.12.2025</p>" : CUSTOMERS);
}).listen(0, "127.0.0.1");
await once(customers, "listening");
t.teardown(() => customers.close());
const program = `http://localhost:${(customers.address() as AddressInfo).port}`;

const office = await openOffice();
t.teardown(() => office[Symbol.asyncDispose]());
const { exchange, gateway } = office;
const agent = await openBrowser();
t.teardown(() => agent[Symbol.asyncDispose]());
const { page: desk, context } = agent;

/** Presses the bookmark that the desk offers, in another program's page. */
async function press(path: string) {
  const bookmark = desk.locator("a.bookmark");
  const script = (await bookmark.getAttribute("href")) ?? "";
  const page = await context.newPage();
  await page.goto(program + path);
  const opened = context.waitForEvent("page");
  await page.evaluate(script.replace(/^javascript:/, ""));
  return await opened;
}

t.test("before the log-in it says so", async (t) => {
  await logIn(agent, gateway);
  await desk.getByText("Numbers in other programs").click();
  await context.clearCookies();
  const companion = await press("/");
  await companion.getByText("Log in first.").waitFor();
  t.equal(await companion.getByRole("link", { name: "Open the desk" }).count(), 1);
  await companion.close();
});

t.test("the agent chooses of several, lifts the receiver, and that number rings", async (t) => {
  await logIn(agent, gateway);
  await desk.getByText("Numbers in other programs").click();
  const companion = await press("/");
  await companion.getByRole("button", { name: "+49301234567" }).waitFor();
  const offered = companion.getByRole("listitem");
  t.same(await offered.allTextContents(), ["+49307654321", "+49301234567"], "what may be called");
  t.equal(await desk.getByRole("button", { name: /^Call \+/ }).count(), 0, "not before he says so");
  await companion.getByRole("button", { name: "+49301234567" }).click();
  await companion.getByText(WORDS).waitFor();
  await companion.close();
  await desk.getByRole("button", { name: "Call +49301234567" }).waitFor();
  exchange.lift("101");
  await desk.getByText("Your receiver is lifted").waitFor();
  await desk.getByRole("button", { name: "Call +49301234567" }).click();
  await desk.getByText("You are connected.").waitFor();
  await until("the public network to be called at that number", () =>
    exchange.notes("carrier").includes("+49301234567"),
  );
  await desk.getByRole("button", { name: "Release" }).click();
  await desk.getByText(/The call is over/).waitFor();
  t.same(agent.complaints, []);
});

t.test("a page without a number: it says so, and one can be typed", async () => {
  await desk.getByLabel("Sale").check();
  await desk.getByRole("button", { name: "Close contact" }).click();
  await desk.getByText("Numbers in other programs").click();
  const companion = await press("/none");
  await companion.getByText("No telephone number was found in that page.").waitFor();
  await companion.getByLabel("Another number").fill("12");
  await companion.getByRole("button", { name: "Send to the desk" }).click();
  await companion
    .getByRole("alert")
    .getByText(/number/)
    .waitFor();
  await companion.getByLabel("Another number").fill("030 1234568");
  await companion.getByRole("button", { name: "Send to the desk" }).click();
  await companion.getByText(WORDS).waitFor();
  await desk.getByRole("button", { name: "Call +49301234568" }).waitFor();
});
