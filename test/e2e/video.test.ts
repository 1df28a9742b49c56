/** A web conference: visitor and agent see each other. Real Chromium with pretended cameras, real Asterisk between them. */
import type { Page } from "playwright-core";
import t from "tap";
import { until } from "../until.ts";
import { openBrowser } from "./browser.ts";
import { openOffice } from "./office.ts";
import { invite, logIn, wasThereTwoDaysAgo, releaseAndClose } from "./people.ts";

const office = await openOffice({
  phones: ["102"],
  telephones: { anna: "browser" },
  browserCalls: { visitors: "on" },
});
t.teardown(() => office[Symbol.asyncDispose]());
const { exchange, gateway } = office;

/** How many different pictures a page has shown within a second, and how bright the last one was (0 to 255). */
const WATCH = `(async (label) => {
  const video = document.querySelector('video[aria-label="' + label + '"]');
  if (!video || video.hidden) return { pictures: 0, light: 0 };
  const canvas = new OffscreenCanvas(32, 24).getContext("2d");
  const seen = new Set();
  let light = 0;
  const until = performance.now() + 1000;
  while (performance.now() < until) {
    canvas.drawImage(video, 0, 0, 32, 24);
    const { data } = canvas.getImageData(0, 0, 32, 24);
    light = data.reduce((sum, value) => sum + value, 0) / data.length;
    seen.add(data.join());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { pictures: seen.size, light };
})`;

/** Waits until a page shows a moving picture. */
async function sees(page: Page, label: string): Promise<void> {
  await page.getByLabel(label).waitFor();
  await until(`a moving picture, ${label}`, async () => {
    const { pictures, light } = await page.evaluate<{ pictures: number; light: number }>(
      `${WATCH}(${JSON.stringify(label)})`,
    );
    return pictures > 2 && light > 10;
  });
}

async function atDesk(stack: AsyncDisposableStack, name: string) {
  const agent = stack.use(await openBrowser());
  await agent.context.grantPermissions(["microphone", "camera"], { origin: gateway.desk });
  await logIn(agent, gateway, name);
  return agent.page;
}

/** Somebody is invited by Anna, and chooses the web conference: gives the window of the call. */
async function conference(stack: AsyncDisposableStack, desk: Page, permissions: string[]) {
  const visitor = stack.use(await openBrowser());
  await visitor.context.grantPermissions(permissions, { origin: gateway.site });
  await wasThereTwoDaysAgo(visitor, gateway);
  await visitor.page.goto(gateway.site);
  await invite(desk);
  await visitor.page.getByLabel("Let\u2019s have a web conference, with my camera.").check();
  const opened = visitor.context.waitForEvent("page");
  await visitor.page.getByRole("button", { name: "Send" }).click();
  return await opened;
}

t.test("both see each other; cameras go off and on again; a hold shows nobody", async (t) => {
  await using stack = new AsyncDisposableStack();
  const desk = await atDesk(stack, "anna");
  await desk.getByText("Your telephone is ready").waitFor();
  const call = await conference(stack, desk, ["microphone", "camera"]);
  await sees(call, "Your own picture");
  await desk.getByText("Would like a web conference").first().waitFor();
  await desk.getByRole("button", { name: "Accept and call" }).click();
  await desk.getByText("You are connected.").waitFor();
  await sees(desk, "The visitor\u2019s picture");
  t.equal(await desk.getByLabel("Your own picture").isVisible(), false, "not by itself");
  await call.getByText("You will see Anna here when the camera there is on.").waitFor();
  await desk.getByRole("button", { name: "Turn camera on" }).click();
  await sees(call, "Picture of Anna");
  await sees(desk, "Your own picture");
  await call.getByRole("button", { name: "Turn camera off" }).click();
  await desk.getByText("No picture comes from the visitor").waitFor();
  await call.getByRole("button", { name: "Turn camera on" }).click();
  await sees(desk, "The visitor\u2019s picture");
  await desk.getByRole("button", { name: "Hold" }).click();
  await call.getByLabel("Picture of Anna").waitFor({ state: "hidden" });
  await desk.getByRole("button", { name: "Resume" }).click();
  await sees(call, "Picture of Anna");
  await sees(desk, "The visitor\u2019s picture");
  await releaseAndClose(desk, exchange);
  await call.getByText("The call is over. Thank you.").waitFor();
  t.equal(await call.getByLabel("Your own picture").isVisible(), false, "the camera is let go");
});

t.test("the camera is refused: they talk, and both are told", async () => {
  await using stack = new AsyncDisposableStack();
  const desk = await atDesk(stack, "anna");
  await desk.getByText("Your telephone is ready").waitFor();
  const call = await conference(stack, desk, ["microphone"]);
  await call.getByText("Your browser does not let us use the camera.").waitFor();
  await desk.getByRole("button", { name: "Accept and call" }).click();
  await desk.getByText("You are connected.").waitFor();
  await call.getByText("You are talking to Anna.").waitFor();
  await desk.getByText("No picture comes from the visitor").waitFor();
  await releaseAndClose(desk, exchange);
});

t.test("the agent has a SIP telephone: they talk, and both are told", async (t) => {
  await using stack = new AsyncDisposableStack();
  const anna = await atDesk(stack, "anna");
  await anna.getByText("Your telephone is ready").waitFor();
  const call = await conference(stack, anna, ["microphone", "camera"]);
  await sees(call, "Your own picture");
  const desk = await atDesk(stack, "ben");
  await desk.getByText("Would like a web conference").first().click();
  await desk.getByRole("button", { name: "Accept and call" }).click();
  await desk
    .getByText("You talk by telephone: you and the visitor cannot see each other.")
    .waitFor();
  await call.getByText("Ben talks with you by telephone").waitFor();
  t.equal(await call.getByLabel("Your own picture").isVisible(), false, "his camera is let go");
  t.equal(await call.getByRole("button", { name: /camera/ }).count(), 0);
  await releaseAndClose(desk, exchange);
});
