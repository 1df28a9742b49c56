/** What people do, in the words that they read on the screen. */
import { randomBytes } from "node:crypto";
import type { Page } from "playwright-core";
import { openKeyRing } from "../../src/proxy/key-ring.ts";
import { createVisitorCookie } from "../../src/proxy/visitor-cookie.ts";
import { firstVisit } from "../../src/model/visitor.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { until } from "../until.ts";
import { type Gateway, PASSWORD } from "./gateway.ts";
import type { Person } from "./browser.ts";

const DAY_MS = 86_400_000;

/** An agent opens the desk and logs in. */
export async function logIn(
  agent: Person,
  gateway: Gateway,
  name = "anna",
  password = PASSWORD,
): Promise<void> {
  const { page } = agent;
  await page.goto(gateway.desk);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("tab", { name: /Queue/ }).waitFor();
}

/** The cookie of somebody who was there two days ago, as this gateway would have sealed it then. */
export function cookieOfTwoDaysAgo(gateway: Gateway): string {
  const history = firstVisit(randomBytes(16).toString("base64url"), Date.now() - 2 * DAY_MS);
  return createVisitorCookie(openKeyRing(gateway.keyRing)).seal("shop", history, "identified");
}

/** Gives a visitor's browser that cookie. */
export async function wasThereTwoDaysAgo(visitor: Person, gateway: Gateway): Promise<void> {
  const value = cookieOfTwoDaysAgo(gateway);
  await visitor.context.addCookies([
    { name: "warmline", value, url: gateway.site, httpOnly: true },
  ]);
}

/** The alert that pops up, opened; the invitation sent as suggested. */
export async function invite(desk: Page): Promise<void> {
  await desk.getByRole("button", { name: "Send invitation" }).click();
  await desk.getByText("The invitation is on its way.").first().waitFor();
}

/** Fills in the invitation with a number, and sends it. */
export async function askToBeCalled(page: Page, number: string): Promise<void> {
  await page.getByLabel("Telephone number").fill(number);
  await page.getByRole("button", { name: "Send" }).click();
}

/** Ends the call in hand, waits until the exchange has forgotten it, and closes the contact as a sale. */
export async function releaseAndClose(desk: Page, exchange: Exchange): Promise<void> {
  await desk.getByRole("button", { name: "Release" }).click();
  await desk.getByText(/The call is over/).waitFor();
  await until("nothing left over on the exchange", async () => {
    return (await exchange.leftOver()).length === 0;
  });
  await desk.getByLabel("Sale").check();
  await desk.getByRole("button", { name: "Close contact" }).click();
  await desk.getByText("Closed.").first().waitFor();
}
