/** Debian's Chromium, as the tests of the pages drive it. */
import { chromium, type Browser } from "playwright-core";

/** Starts a browser that talks to nobody but the test. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
