/** What a real browser makes of every page, coded every way: the same as without us, and the loader runs. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Page as Tab } from "playwright-core";
import t from "tap";
import * as zlib from "node:zlib";
import { openBrowser } from "../ui/chromium.ts";
import { PAGES, type WildPage } from "./pages.ts";
import { standWith } from "./visitor-stand.ts";

const CODINGS: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  identity: (body) => body,
  gzip: (body) => zlib.gzipSync(body),
  deflate: (body) => zlib.deflateSync(body),
  // As some servers send it, against RFC 9110, section 8.4.1.2.
  "deflate-raw": (body) => zlib.deflateRawSync(body),
  br: (body) => zlib.brotliCompressSync(body),
  zstd: (body) => zlib.zstdCompressSync(body),
};
const TABS = 4;

/** Every page under `/<number>/<coding>/<framing>`. */
function serve(q: IncomingMessage, a: ServerResponse): void {
  const [, number = "", coding = "", framing] = (q.url ?? "").split("/");
  const found = PAGES[Number(number)];
  const code = CODINGS[coding];
  if (!found || !code) return void a.writeHead(204).end();
  const body = code(found.body);
  a.writeHead(200, {
    "Content-Type": found.type,
    ...(coding !== "identity" && { "Content-Encoding": coding.split("-")[0] }),
    ...(framing === "length" && { "Content-Length": body.length }),
  });
  if (framing === "length") return void a.end(body);
  // In pieces, one after the other.
  const size = Math.max(600, Math.ceil(body.length / 5));
  let at = 0;
  const next = () => {
    if (at >= body.length) return void a.end();
    a.write(body.subarray(at, (at += size)), next);
  };
  next();
}

/** What a browser made of the document, without the loader; white space at its beginning and end apart. */
const MADE = `(() => {
  const copy = document.cloneNode(true);
  for (const script of copy.querySelectorAll('script[src="/.warmline/loader.js"]')) script.remove();
  copy.normalize();
  const head = copy.head;
  if (head?.firstChild?.nodeType === 3) head.firstChild.data = head.firstChild.data.trimStart();
  const parts = [...copy.childNodes].map((n) =>
    n.outerHTML ?? [n.nodeName, n.publicId, n.systemId, n.data].join("|"));
  return {
    document: parts.join("\\n").replace(/\\s+((?:<\\/?[\\w-]+>|-->)*)$/, "$1"),
    mode: document.compatMode,
    charset: document.characterSet,
    title: document.title,
  };
})()`;

async function visit(tab: Tab, url: string) {
  const complaints: string[] = [];
  const says = (text: string) => void complaints.push(text.replaceAll(/127\.0\.0\.1:\d+/g, "host"));
  const spoken = (m: { type(): string; text(): string }) => says(`${m.type()} ${m.text()}`);
  const failed = (error: Error) => says(error.message);
  tab.on("console", spoken).on("pageerror", failed);
  await tab.goto(url, { waitUntil: "load" });
  const made = (await tab.evaluate(MADE)) as Record<string, unknown>;
  const loaded = (await tab.evaluate("globalThis.loaded ?? 0")) as number;
  const [tags, first] = (await tab.evaluate(`[
    document.querySelectorAll('script[src="/.warmline/loader.js"]').length,
    document.head?.firstElementChild?.getAttribute("src") === "/.warmline/loader.js",
  ]`)) as [number, boolean];
  tab.off("console", spoken).off("pageerror", failed);
  return { result: { made, complaints, loaded, tags }, first };
}

/** Whether the loader is to run. In front it does not matter how the page ends. */
function runs({ left, body }: WildPage, coding: string, framing: string): boolean {
  // The length was promised before the mark was seen.
  if (left === "mark") return coding !== "identity" || framing !== "length";
  if (left !== "unfinished" && left !== "frames") return left === undefined;
  return coding === "gzip" && body.includes("<!doctype html>");
}

t.test("the same as without us, and the loader runs", { timeout: 280_000 }, async (t) => {
  const origin = createServer(serve).listen(0, "127.0.0.1");
  await once(origin, "listening");
  t.teardown(() => {
    origin.closeAllConnections();
    origin.close();
  });
  const address = origin.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const without = `http://127.0.0.1:${address.port}`;
  const s = await standWith(t, without);
  const loader = createServer((_, a) => {
    a.writeHead(200, {
      "Content-Type": "text/javascript; charset=utf-8",
      "Cache-Control": "no-store",
    });
    a.end("globalThis.loaded = (globalThis.loaded ?? 0) + 1");
  }).listen(s.enginePath);
  await once(loader, "listening");
  t.teardown(() => {
    loader.closeAllConnections();
    loader.close();
  });

  await using browser = await openBrowser();
  const context = await browser.newContext({ userAgent: "Mozilla/5.0 (Test)" });
  let next = 0;
  const differ: string[] = [];
  let [visits, inFront] = [0, 0];
  const tabs = Array.from({ length: TABS }, async () => {
    const tab = await context.newPage();
    for (let number = next++; number < PAGES.length; number = next++) {
      const page = PAGES[number];
      if (!page) break;
      const { result: expected } = await visit(tab, `${without}/${number}/identity/length`);
      for (const [i, coding] of Object.keys(CODINGS).entries()) {
        const framing = (number + i) % 2 === 0 ? "length" : "chunked";
        const ways = coding === "identity" || coding === "gzip" ? ["length", "chunked"] : [framing];
        for (const way of ways) {
          const { result: got, first } = await visit(tab, `${s.url}/${number}/${coding}/${way}`);
          visits++;
          if (first) inFront++;
          const ran = runs(page, coding, way) ? 1 : 0;
          const wanted = { ...expected, loaded: ran, tags: ran };
          const [a, b] = [JSON.stringify(wanted), JSON.stringify(got)];
          if (a !== b) differ.push(`${page.name}, ${coding}, ${way}:\n  ${a}\n  ${b}`);
        }
      }
    }
  });
  await Promise.all(tabs);
  t.same(differ, [], `${PAGES.length} pages, ${visits} visits`);
  t.ok(inFront > 40, `${inFront} times in front of the page`);
});
