/** Real browsers: Debian's Chromium, each a process and a profile of its own. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { openBrowser as launch } from "../ui/chromium.ts";

export interface Person extends AsyncDisposable {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page's console complained about. */
  readonly complaints: string[];
}

/** Opens a browser for one person. */
export async function openBrowser({
  microphone,
  ...options
}: {
  javaScriptEnabled?: boolean;
  ignoreHTTPSErrors?: boolean;
  microphone?: string;
} = {}): Promise<Person> {
  const browser = await launch(microphone);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (m) => {
    if (m.type() === "error") complaints.push(`${m.text()} (${m.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return {
    browser,
    context,
    page,
    complaints,
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
