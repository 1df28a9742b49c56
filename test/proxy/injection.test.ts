/** What a page looks like after the edge has appended to it. */
import { once } from "node:events";
import { get as httpGet, type IncomingMessage, type ServerResponse } from "node:http";
import type { Transform } from "node:stream";
import {
  brotliCompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  deflateSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import t from "tap";
import { startNginx } from "../e2e/nginx.ts";
import { until } from "../until.ts";
import { BROWSER, LOADER, standWith } from "./visitor-stand.ts";

const PAGE = "<!doctype html><title>Shop</title><p>Hello";

const CODINGS: Record<string, [coded: (page: string) => Buffer, decoder: () => Transform]> = {
  gzip: [(page) => gzipSync(page), createGunzip],
  deflate: [(page) => deflateSync(page), createInflate],
  br: [(page) => brotliCompressSync(page), createBrotliDecompress],
  zstd: [(page) => zstdCompressSync(page), createZstdDecompress],
};

/** An origin whose answer is told by the test: status, fields, body. */
function told() {
  const next = { status: 200, fields: {} as Record<string, string | string[]>, body: PAGE };
  const asked: IncomingMessage[] = [];
  return {
    next,
    asked,
    listener: (q: IncomingMessage, a: ServerResponse) => {
      asked.push(q);
      a.writeHead(next.status, { "Content-Type": "text/html", ...next.fields });
      a.end(next.status === 304 || q.method === "HEAD" ? undefined : next.body);
    },
  };
}

t.test("pages that are left alone, each for its reason", async (t) => {
  const { next, listener } = told();
  const s = await standWith(t, listener);
  const cases: readonly (readonly [
    reason: string,
    fields: Record<string, string>,
    asked?: Record<string, string>,
    path?: string,
  ])[] = [
    ["no_transform", { "Cache-Control": "max-age=5, no-transform" }],
    ["content_type", { "Content-Type": "application/xhtml+xml" }],
    ["content_type", { "Content-Type": "text/html-sandboxed" }],
    ["encoding", { "Content-Encoding": "compress" }],
    ["encoding", { "Content-Encoding": "gzip, br" }],
    ["csp", { "Content-Security-Policy": "script-src 'none'" }],
    ["charset", { "Content-Type": "text/html; charset=UTF-32LE" }],
    ["attachment", { "Content-Disposition": "attachment" }],
    ["fragment", {}, { "hx-request": "true" }],
    ["fragment", {}, { accept: "*/*" }],
    ["fragment", {}, { "sec-fetch-dest": "iframe" }],
    ["prefetch", {}, { "sec-purpose": "prefetch" }],
    ["bot", {}, { "user-agent": "Googlebot/2.1" }],
    ["excluded", {}, {}, "/admin/x"],
  ];
  for (const [reason, fields, asked = {}, path = "/"] of cases) {
    next.fields = { ETag: '"a"', ...fields };
    const { text, headers } = await s.get(path, asked);
    t.equal(text, PAGE, `${reason}: untouched`);
    t.equal(headers.etag, '"a"');
    t.equal(s.skipped.pop(), reason);
  }
  next.status = 404;
  next.fields = {};
  t.equal((await s.get("/")).text, PAGE);
  t.equal(s.skipped.pop(), "status");
  t.same(s.injected, []);
});

t.test("headers stay true", async (t) => {
  const { next, listener, asked } = told();
  const s = await standWith(t, listener);
  next.fields = {
    ETag: '"a"',
    "Content-Length": String(PAGE.length),
    "Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT",
    "Accept-Ranges": "bytes",
    Digest: "sha-256=x",
    "Content-MD5": "x",
    "Repr-Digest": "x",
    "Content-Digest": "x",
    "Cache-Control": "public, max-age=60, s-maxage=9",
    Vary: "Accept-Encoding",
  };
  const { text, headers } = await s.get("/");
  t.ok(text.startsWith(PAGE + LOADER));
  t.equal(headers["content-length"], String(text.length));
  t.equal(headers.etag, 'W/"a-wl"');
  t.equal(headers["cache-control"], "max-age=60, private");
  t.equal(headers["vary"], "Accept-Encoding");
  t.equal(headers["last-modified"], "Mon, 05 Jan 2026 10:00:00 GMT");
  for (const name of ["accept-ranges", "digest", "content-md5", "repr-digest", "content-digest"])
    t.equal(headers[name], undefined, name);

  const head = await s.get("/", {}, { method: "HEAD" });
  t.equal(head.headers["content-length"], String(text.length), "a HEAD says what a GET would");
  t.equal(head.headers.etag, 'W/"a-wl"');
  t.equal(head.headers["accept-ranges"], undefined);
  t.equal(s.injected.length, 1, "and is no page");

  next.status = 304;
  next.fields = { ETag: '"a"' };
  const same = await s.get("/", { "if-none-match": '"x", W/"a-wl"' });
  t.equal(asked.at(-1)?.headers["if-none-match"], '"x", "a"');
  t.equal(same.status, 304);
  t.equal(same.headers.etag, 'W/"a-wl"');
  const others = await s.get("/", { "if-none-match": '"a"' });
  t.equal(others.headers.etag, '"a"', "the visitor's copy is the origin's");

  next.status = 200;
  await s.get("/", { range: "bytes=5-", "if-range": "Mon, 05 Jan 2026 10:00:00 GMT" });
  t.equal(asked.at(-1)?.headers["range"], undefined, "nothing is put behind a changed page");
  await s.get("/", { range: "bytes=5-", "if-range": '"a"' });
  t.equal(asked.at(-1)?.headers["range"], "bytes=5-");
  t.notOk(s.skipped.includes("empty"), "nothing was to be appended to the HEAD");
});

t.test("policies", async (t) => {
  const { next, listener } = told();
  const s = await standWith(t, listener);
  next.fields = {
    ETag: '"a"',
    "Cache-Control": "max-age=60",
    "Content-Security-Policy": ["script-src 'nonce-own' 'strict-dynamic'", "img-src *"],
    "Content-Security-Policy-Report-Only": "script-src 'nonce-own'",
  };
  const { text, headers } = await s.get("/");
  const nonce = /<script async nonce="([^"]+)" src="\/\.warmline\/loader\.js">/.exec(text)?.[1];
  t.match(nonce, /^[A-Za-z0-9+/]{24}$/);
  t.same(headers["content-security-policy"], [
    `script-src 'nonce-own' 'strict-dynamic' 'nonce-${nonce}'`,
    "img-src *",
  ]);
  t.equal(
    headers["content-security-policy-report-only"],
    `script-src 'nonce-own' 'nonce-${nonce}'`,
  );
  t.equal(headers.etag, undefined, "with a nonce it is not used twice");
  t.equal(headers["cache-control"], "max-age=60, private, no-cache");
  t.notOk((await s.get("/")).text.includes(nonce ?? ""), "fresh each time");

  next.fields = {};
  next.body = `<meta http-equiv="Content-Security-Policy" content="script-src 'none'">${PAGE}`;
  t.equal((await s.get("/")).text, next.body);
  t.equal(s.skipped.pop(), "csp", "the document's own policy");
});

t.test("a slow compressed page is not delayed", async (t) => {
  const { createGzip, constants } = await import("node:zlib");
  const origin = createGzip({ flush: constants.Z_SYNC_FLUSH });
  const s = await standWith(t, (_, a) => {
    a.writeHead(200, { "Content-Type": "text/html", "Content-Encoding": "gzip" });
    origin.pipe(a);
    origin.write("<p>one");
  });
  const [answer] = (await once(httpGet(s.url, { headers: BROWSER }), "response")) as [
    IncomingMessage,
  ];
  const page = answer.pipe(createGunzip()).setEncoding("utf8");
  let text = "";
  page.on("data", (part: string) => void (text += part));
  await until("the first part", () => text === "<p>one");
  origin.write("<p>two");
  await until("the second", () => text === "<p>one<p>two");
  origin.end();
  await once(page, "end");
  t.match(text, `<p>two${LOADER}`);
});

t.test("bodies that break off, each told once", async (t) => {
  // One pattern, so that it is small.
  const bomb = brotliCompressSync(Buffer.alloc(8 * 1024 * 1024));
  const s = await standWith(t, (q, a) => {
    const [, coding = "", way] = q.url?.split("/") ?? [];
    const html = { "Content-Type": "text/html; charset=utf-8" };
    if (coding === "identity") {
      a.writeHead(200, { ...html, "Content-Length": 1000 });
      return a.write(PAGE, () => a.destroy());
    }
    a.writeHead(200, { ...html, "Content-Encoding": coding });
    if (way === "bomb") return a.end(bomb);
    if (way === "broken") return a.end("\u0007 no coding at all");
    return a.write(CODINGS[coding]?.[0](PAGE).subarray(0, 20), () => a.destroy());
  });
  for (const [path, reason] of [
    ["/identity/origin", "broken"],
    ["/gzip/origin", "broken"],
    ["/br/origin", "broken"],
    ["/br/broken", "broken"],
    ["/br/bomb", "bomb"],
  ] as const) {
    await t.rejects(s.get(path), path);
    t.same(s.skipped.splice(0), [reason], path);
  }
  t.same(s.injected, []);
});

t.test("a visitor who leaves breaks no page off", async (t) => {
  const s = await standWith(t, (_, a) => {
    a.writeHead(200, { "Content-Type": "text/html" });
    // Who only ends his side may still read: that he is gone is seen by writing.
    const writing = setInterval(() => void a.write(PAGE), 10);
    a.on("close", () => clearInterval(writing));
  });
  const asking = httpGet(s.url, { headers: BROWSER });
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  await once(answer, "data");
  asking.destroy();
  await until("the end of it", () => s.paths.length === 1);
  t.same(s.skipped, []);
});

t.test("a page that ends within its coding ends there for the visitor too", async (t) => {
  // It begins in a way that nothing is put in front of.
  const whole = Array.from({ length: 40_000 }, (_, i) => `<p>${(i * 7919) % 1000} more`).join("");
  const s = await standWith(t, (q, a) => {
    const coding = q.url?.slice(1) ?? "";
    const body = CODINGS[coding]?.[0](whole) ?? Buffer.alloc(0);
    const fields = { "Content-Type": "text/html; charset=utf-8", "Content-Encoding": coding };
    a.writeHead(200, fields).end(body.subarray(0, -5));
  });
  for (const [coding, [, decoder]] of Object.entries(CODINGS)) {
    const { bytes } = await s.get(`/${coding}`);
    const reader = decoder();
    let shown = "";
    reader.on("data", (piece) => void (shown += String(piece)));
    reader.end(bytes);
    const [error] = (await once(reader, "error")) as [NodeJS.ErrnoException];
    t.equal(error.code, "Z_BUF_ERROR", `${coding}: what is cut off stays cut off`);
    t.ok(whole.startsWith(shown) && shown.length > 0, `${coding}: ${shown.length} characters`);
    t.same(s.skipped.splice(0), ["broken"]);
  }
  t.same(s.injected, []);
});

t.test("gzip: the loader in front, or the page taken apart", async (t) => {
  const whole = "<!doctype html><html><head><meta charset=utf-8><title>Shop</title><p>Hello";
  const s = await standWith(t, (q, a) => {
    const body = gzipSync(q.url === "/fragment" ? "<p>Hello" : whole);
    a.writeHead(200, {
      "Content-Type": "text/html",
      "Content-Encoding": "gzip",
      ...(q.url !== "/chunked" && { "Content-Length": body.length }),
    });
    if (q.url === "/cut") return a.end(Buffer.concat([body.subarray(0, -9), Buffer.alloc(9)]));
    if (q.url !== "/late") return a.end(body);
    // The head comes alone, then the body byte by byte.
    a.flushHeaders();
    let at = 0;
    const next = () => void (at < body.length ? a.write(body.subarray(at, ++at), next) : a.end());
    return setImmediate(next);
  });
  const inFront = `<!DOCTYPE html>${LOADER}${whole}`;
  const known = await s.get("/");
  t.equal(gunzipSync(known.bytes).toString(), inFront);
  t.equal(known.headers["content-length"], String(known.bytes.length), "its length is known");
  const chunked = await s.get("/chunked");
  t.equal(gunzipSync(chunked.bytes).toString(), inFront);
  t.equal(chunked.headers["content-length"], undefined);
  const fragment = await s.get("/fragment");
  t.equal(gunzipSync(fragment.bytes).toString().trimEnd(), `<p>Hello${LOADER}`);
  t.equal(fragment.headers["content-length"], undefined, "not known before");
  const late = await s.get("/late");
  t.equal(gunzipSync(late.bytes).toString().trimEnd(), whole + LOADER, "nothing was waited for");
  const head = await s.get("/", {}, { method: "HEAD" });
  t.equal(head.headers["content-length"], undefined, "what a HEAD cannot know it does not say");
  const cut = await s.get("/cut");
  t.throws(() => gunzipSync(cut.bytes), "what is broken stays broken");
});

t.test("of the codings, a page is asked for in gzip", async (t) => {
  const { listener, asked } = told();
  const s = await standWith(t, listener);
  const cases: readonly (readonly [accepted: string, passedOn: string])[] = [
    ["gzip, deflate, br, zstd", "gzip"],
    ["br;q=1.0, GZIP;q=0.5", "gzip"],
    ["gzip", "gzip"],
    ["br, zstd", "br, zstd"],
    ["br, gzip;q=0", "br, gzip;q=0"],
    ["br, gzip;q=0.0, *", "br, gzip;q=0.0, *"],
  ];
  for (const [accepted, passedOn] of cases) {
    await s.get("/", { "accept-encoding": accepted });
    t.equal(asked.at(-1)?.headers["accept-encoding"], passedOn, accepted);
  }
  await s.get("/", { "accept-encoding": "br, gzip", accept: "image/*" });
  t.equal(asked.at(-1)?.headers["accept-encoding"], "br, gzip", "no page");
});

t.test("an empty page stays empty", async (t) => {
  const { next, listener } = told();
  const s = await standWith(t, listener);
  next.body = "";
  next.fields = { "Content-Length": "0" };
  t.equal((await s.get("/")).text, "");
  next.fields = { "Content-Encoding": "gzip", "Transfer-Encoding": "chunked" };
  t.equal(gunzipSync((await s.get("/")).bytes).length, 0);
  t.same(s.skipped, ["empty", "empty"]);
});

t.test("before nginx: gzip, revalidation, ranges", async (t) => {
  await using nginx = await startNginx();
  const s = await standWith(t, nginx.url);
  const plain = await s.get("/");
  t.match(plain.text, new RegExp(`${LOADER.replaceAll(/[.?]/g, "\\$&")}\\s*$`));
  t.equal(plain.headers["content-length"], String(plain.bytes.length));
  t.match(plain.headers.etag, /^W\/"[^"]+-wl"$/);

  const zipped = await s.get("/", { "accept-encoding": "gzip" });
  t.equal(zipped.headers["content-encoding"], "gzip");
  const page = plain.text.slice(0, plain.text.lastIndexOf(LOADER));
  t.equal(gunzipSync(zipped.bytes).toString(), `<!DOCTYPE html>${LOADER}${page}`, "in front");
  t.match(zipped.headers.etag, /^W\/"[^"]+-wlw"$/, "nginx's own is weak then");

  for (const { headers } of [plain, zipped]) {
    const again = await s.get("/", { "if-none-match": String(headers.etag) });
    t.equal(again.status, 304);
    t.equal(again.headers.etag, headers.etag);
    t.equal(again.bytes.length, 0);
    const since = await s.get("/", { "if-modified-since": String(headers["last-modified"]) });
    t.equal(since.status, 304);
  }
  t.equal((await s.get("/", { "if-none-match": "*" })).status, 304);
  const part = await s.get("/", { range: "bytes=0-9" });
  t.equal(part.status, 206);
  t.equal(part.text, plain.text.slice(0, 10));
});
