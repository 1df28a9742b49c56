import t from "tap";
import { gzipSync } from "node:zlib";
import { Appending } from "./appending.ts";
import { GzipFront } from "./gzip-front.ts";
import { type Page, plan } from "./plan.ts";

const SITE: NonNullable<Page["site"]> = {
  name: "shop",
  hosts: ["shop.example"],
  origins: [],
  firm: "crema",
  country: "DE",
  timeZone: "Europe/Berlin",
  hours: [],
  reservedPath: "/.warmline/",
  excludedPaths: [],
  engagement: "on",
};
const LOADER = '<script async src="/.warmline/loader.js"></script>';
const INVITATION = '<link rel="stylesheet" href="/.warmline/card.css"><form>';
const GZIP = gzipSync("<!doctype html><html><head><meta charset=utf-8><title>Shop</title>");
const NOTHING = Buffer.alloc(0);

function page(fields: Record<string, string | string[]> = {}, part: Partial<Page> = {}): Page {
  const all: Record<string, string | string[]> = { "content-type": "text/html", ...fields };
  const fieldAll = (name: string) => [all[name] ?? []].flat();
  return {
    site: SITE,
    method: "GET",
    whyNoNavigation: undefined,
    authority: "shop.example",
    secure: false,
    invitation: undefined,
    status: 200,
    length: undefined,
    delimited: true,
    field: (name) => (fieldAll(name).length > 0 ? fieldAll(name).join(", ") : undefined),
    fieldAll,
    ...part,
  };
}

function injection(fields: Record<string, string | string[]> = {}, part: Partial<Page> = {}) {
  const planned = plan(page(fields, part));
  if (!planned.inject) throw new Error(planned.reason);
  return planned;
}

/** What is added to a document; undefined when it goes through streams. */
function added(
  document: string,
  fields: Record<string, string | string[]> = {},
  part: Partial<Page> = {},
) {
  const way = injection(fields, part).begin(NOTHING, 0, 0, () => {});
  if (!("take" in way)) return undefined;
  const parts: Buffer[] = [];
  const bytes = Buffer.from(document);
  const out = { put: (b: Buffer, s: number, e: number) => void parts.push(b.subarray(s, e)) };
  way.take(bytes, 0, bytes.length, true, out);
  return Buffer.concat(parts).toString().slice(document.length).trimEnd();
}

t.test("pages that are left alone", async (t) => {
  const cases: readonly (readonly [
    reason: string,
    fields: Record<string, string>,
    part?: Partial<Page>,
  ])[] = [
    ["disabled", {}, { site: undefined }],
    ["disabled", {}, { site: { ...SITE, engagement: "off" } }],
    ["method", {}, { method: "POST" }],
    ["status", {}, { status: 404 }],
    ["status", {}, { status: 304 }],
    ["range", {}, { status: 206 }],
    ["range", { "content-range": "bytes 0-1/9" }],
    ["content_type", { "content-type": "application/xhtml+xml" }],
    ["content_type", { "content-type": "text/html-sandboxed" }],
    ["content_type", { "content-type": "" }],
    ["attachment", { "content-disposition": "Attachment; filename=a" }],
    ["fragment", {}, { whyNoNavigation: "fragment" }],
    ["bot", {}, { whyNoNavigation: "bot" }],
    ["no_transform", { "cache-control": "max-age=5, No-Transform" }],
    ["charset", { "content-type": "text/html; charset=UTF-32LE" }],
    ["empty", {}, { length: 0 }],
    ["encoding", { "content-encoding": "compress" }],
    ["encoding", { "content-encoding": "gzip, br" }],
    ["csp", { "content-security-policy": "script-src 'none'" }],
  ];
  for (const [reason, fields, part] of cases)
    t.same(plan(page(fields, part)), { inject: false, reason });
});

t.test("the loader alone, an invitation before it", async (t) => {
  t.equal(added("<p>"), LOADER);
  t.equal(added("<p>", {}, { invitation: INVITATION }), INVITATION + LOADER);
  t.equal(added("<p>", {}, { method: "HEAD" }), LOADER, "a HEAD is planned like a GET");
  for (const more of ["", "x"]) {
    const { adds } = injection({}, { invitation: INVITATION + more, length: 9 });
    t.equal((adds ?? 1) % 2, 0, "of even length");
  }
});

t.test("an invitation where scripts, styles or forms are forbidden", async (t) => {
  const under = (policy: string) =>
    added("<p>", { "content-security-policy": policy }, { invitation: INVITATION });
  t.equal(under("script-src 'none'"), INVITATION);
  t.equal(under("default-src 'none'"), "<form>", "without its stylesheet");
  t.equal(under("form-action 'none'"), LOADER);
  const neither = { "content-security-policy": "form-action 'none'; script-src 'none'" };
  t.match(plan(page(neither, { invitation: INVITATION })), { reason: "csp" });
});

t.test("the policy names scheme and port as the visitor knows them", async (t) => {
  const under = (policy: string, part: Partial<Page>) =>
    plan(page({ "content-security-policy": `script-src ${policy}` }, part)).inject;
  t.equal(under("shop.example:8080", { authority: "shop.example:8080" }), true);
  t.equal(under("shop.example:8080", {}), false);
  t.equal(under("shop.example:99999", { authority: "shop.example:99999" }), false, "no port");
  t.equal(under("https:", { secure: true }), true);
  t.equal(under("https:", {}), false);
  t.equal(under("http://shop.example", { secure: true }), true);
});

t.test("what the document itself forbids", async (t) => {
  const policy = (value: string) =>
    `<meta http-equiv=content-security-policy content="${value}"><p>`;
  t.equal(added(policy("script-src 'self'")), LOADER);
  t.equal(added(policy("script-src 'nonce-a'")), "", "no header can add to it");
  t.equal(added(policy("form-action 'none'"), {}, { invitation: INVITATION }), LOADER);
  t.equal(added("<base href=/shop/><p>"), LOADER);
  t.equal(added("<base href=http://shop.example/><p>"), LOADER);
  t.equal(added("<base href=//cdn.example/><p>"), "", "another site would get our requests");
  t.equal(added("<html amp><p>"), "");
  t.equal(added("<p><textarea>"), "");
});

t.test("the way by coding", async (t) => {
  const way = (coding: string, part: Partial<Page> = {}, body = GZIP) => {
    const planned = injection({ "content-encoding": coding }, part);
    const begun = planned.begin(body, 0, body.length, () => {});
    return begun instanceof Appending
      ? "append"
      : begun instanceof GzipFront
        ? begun.adds === undefined
          ? "undecided"
          : "front"
        : "streams";
  };
  t.equal(way(""), "append");
  t.equal(way("identity"), "append");
  t.equal(way("GZIP"), "front");
  t.equal(way("x-gzip"), "front");
  t.equal(way("gzip", {}, GZIP.subarray(0, 10)), "undecided");
  t.equal(way("gzip", {}, gzipSync("<p>a fragment")), "streams");
  t.equal(way("gzip", { invitation: INVITATION }), "streams", "what is to be seen comes last");
  t.equal(way("gzip", { delimited: false }), "streams", "it may have been cut off");
  for (const coding of ["br", "deflate", "zstd"]) t.equal(way(coding), "streams");
});

t.test("the fields stay true", async (t) => {
  const named = (part: { cut: readonly string[] }) => part.cut.join(" ");
  const plain = injection({ etag: '"a"', "cache-control": "max-age=5" }, { length: 9 });
  t.match(named(plain), "accept-ranges digest content-md5 repr-digest content-digest etag");
  t.same(plain.add, [["ETag", 'W/"a-wl"']]);
  t.equal(plain.cacheControl, undefined);
  t.equal(plain.adds, LOADER.length + (LOADER.length % 2));
  t.equal(injection().adds, undefined, "no length to be kept true");
  t.equal(injection({ "content-encoding": "br" }, { length: 9 }).adds, undefined);

  const invited = injection({ etag: '"a"', "cache-control": "max-age=5" }, { invitation: "<p>" });
  t.match(named(invited), "etag last-modified");
  t.same(invited.add, []);
  t.equal(invited.cacheControl, "no-store");

  const policies = {
    "content-security-policy": ["script-src 'nonce-a'", "img-src *"],
    "content-security-policy-report-only": ["script-src 'self'"],
  };
  const nonce = injection({ ...policies, etag: '"a"', "cache-control": "max-age=5" });
  t.match(named(nonce), "etag last-modified");
  t.equal(nonce.cacheControl, "max-age=5, no-cache");
  t.equal(injection({ ...policies, "cache-control": "no-store" }).cacheControl, "no-store");
  t.equal(injection(policies).cacheControl, "no-cache");
  const value = nonce.add[0]?.[1] ?? "";
  const [, fresh = ""] = /^script-src 'nonce-a' 'nonce-([A-Za-z0-9+/]{24})'$/.exec(value) ?? [];
  t.ok(fresh, value);
  t.same(nonce.add.slice(1), [
    ["Content-Security-Policy", "img-src *"],
    ["Content-Security-Policy-Report-Only", "script-src 'self'"],
  ]);
  t.notMatch(JSON.stringify(injection(policies).add), fresh, "fresh each time");
});
