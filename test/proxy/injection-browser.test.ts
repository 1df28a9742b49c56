/** Pages that we appended to, as a real browser takes them. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { deflateRawSync, gzipSync } from "node:zlib";
import t from "tap";
import { openBrowser } from "../e2e/browser.ts";
import { standWith, type Tap } from "./visitor-stand.ts";

/** An edge, and in place of the engine a loader that leaves a mark. */
async function stand(t: Tap, listener: RequestListener) {
  const s = await standWith(t, (q, a) => {
    if (q.url === "/favicon.ico") a.writeHead(204).end();
    else listener(q, a);
  });
  const loader = createServer((_, a) => {
    a.writeHead(200, { "Content-Type": "text/javascript", "Cache-Control": "no-store" });
    a.end("document.documentElement.dataset.loader = 'ran'");
  }).listen(s.enginePath);
  t.teardown(() => {
    loader.closeAllConnections();
    loader.close();
  });
  await once(loader, "listening");
  return s;
}
const INLINE = "document.documentElement.dataset.own = 'ran'";

t.test("under policies: the loader runs, and so does what the page brings itself", async (t) => {
  const cases: readonly (readonly [policy: string, runs: boolean])[] = [
    ["script-src 'nonce-own' 'strict-dynamic'; connect-src 'self'", true],
    ["default-src 'self'; script-src 'nonce-own'", true],
    ["script-src 'unsafe-inline'", true],
    ["script-src 'unsafe-inline' 'self'", true],
    ["script-src 'nonce-own', default-src * 'unsafe-inline'", true],
    ["script-src 'nonce-own' 'strict-dynamic', script-src 'nonce-own'", true],
    ["script-src 'unsafe-inline' https://cdn.example; connect-src 'none'", false],
  ];
  const s = await stand(t, (q, a) => {
    const [policy = ""] = cases[Number(q.url?.slice(1))] ?? [];
    a.writeHead(200, {
      "Content-Type": "text/html",
      "Content-Security-Policy": policy,
      "Content-Security-Policy-Report-Only": policy,
    });
    a.end(`<!doctype html><script nonce="own">${INLINE}</script>`);
  });
  await using person = await openBrowser();
  for (const [i, [policy, runs]] of cases.entries()) {
    await person.page.goto(`${s.url}/${i}`, { waitUntil: "load" });
    const { own, loader } = (await person.page.evaluate(
      "({ ...document.documentElement.dataset })",
    )) as { own?: string; loader?: string };
    t.equal(own, "ran", `${policy}: the page's own`);
    t.equal(loader, runs ? "ran" : undefined, `${policy}: ours`);
  }
  t.same(person.complaints, [], "nothing is reported either");
});

t.test("a page that the browser has is revalidated, and still ours", async (t) => {
  const asked: (string | undefined)[] = [];
  const s = await stand(t, (q, a) => {
    asked.push(q.headers["if-none-match"]);
    const same = q.headers["if-none-match"] === '"v1"';
    a.writeHead(same ? 304 : 200, {
      "Content-Type": "text/html",
      "Content-Encoding": "gzip",
      "Cache-Control": "no-cache",
      ETag: '"v1"',
    });
    a.end(same ? undefined : gzipSync("<!doctype html><p id=p>Hello"));
  });
  await using person = await openBrowser();
  for (let i = 0; i < 3; i++) {
    await person.page.goto(s.url, { waitUntil: "load" });
    t.equal(await person.page.textContent("#p"), "Hello");
    const mark = await person.page.evaluate("document.documentElement.dataset.loader");
    t.equal(mark, "ran", `visit ${i + 1}`);
  }
  t.same(asked, [undefined, '"v1"', '"v1"']);
});

t.test("deflate without its format, UTF-16 by its byte order mark", async (t) => {
  const s = await stand(t, (q, a) => {
    const page = "<!doctype html><p id=p>H\u00e9llo";
    if (q.url === "/deflate") {
      a.writeHead(200, {
        "Content-Type": "text/html;charset=utf-8",
        "Content-Encoding": "deflate",
      });
      return a.end(deflateRawSync(page));
    }
    const wide = Buffer.from(`\ufeff${page}`, "utf16le");
    a.writeHead(200, { "Content-Type": "text/html", "Content-Length": wide.length });
    return a.end(q.url === "/big" ? wide.swap16() : wide);
  });
  await using person = await openBrowser();
  for (const path of ["/deflate", "/little", "/big"]) {
    await person.page.goto(s.url + path, { waitUntil: "load" });
    t.equal((await person.page.textContent("#p"))?.trimEnd(), "H\u00e9llo", path);
  }
});
