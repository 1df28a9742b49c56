/** Who a visitor is to the edge, what of it is told to the engine, and what the engine has done to the next page. */
import type { IncomingMessage, ServerResponse } from "node:http";
import t from "tap";
import { until } from "../until.ts";
import { LOADER, standWith } from "./visitor-stand.ts";

const PAGE = "<!doctype html><p>Hello";
const LATER = Date.now() + 1e7;

/** An origin with pages and files, which remembers the cookies that came. */
function shop() {
  const cookies: (string | undefined)[] = [];
  return {
    cookies,
    listener: (q: IncomingMessage, a: ServerResponse): void => {
      cookies.push(q.headers.cookie);
      const path = q.url ?? "";
      if (path.startsWith("/file")) {
        const range = q.headers.range;
        a.writeHead(range === undefined ? 200 : 206, {
          "Content-Type": path.includes("json") ? "application/vnd.api+json" : "application/zip",
          ...(range !== undefined && { "Content-Range": range.replace("=", " ") + "9/10" }),
        });
      } else if (path === "/report")
        a.writeHead(200, { "Content-Type": "text/html", "Content-Disposition": "attachment" });
      else if (path === "/api") a.writeHead(200, { "Content-Type": "application/json" });
      else a.writeHead(200, { "Content-Type": "text/html", "Set-Cookie": ["wl=evil", "own=1"] });
      a.end(PAGE);
    },
  };
}

t.test(
  "a visitor is known again by the cookie, which the origin neither sees nor sets",
  async (t) => {
    const { cookies, listener } = shop();
    const s = await standWith(t, listener);
    const first = await s.get("/a", { cookie: "a=1; wl=forged; b=2" });
    t.same(s.rejected.length, 1);
    t.match(first.cookie, /^wl=[\w-]{50,}$/);
    t.same([first.headers["set-cookie"]].flat().length, 2, "the origin's own is kept, not its wl");
    const second = await s.get("/b", { cookie: `${first.cookie}; a=1` });
    t.same(cookies, ["a=1; b=2", "a=1"]);
    await until("hits", () => s.hits.length === 2);
    const [one, two] = s.hits;
    t.match(one, { kind: "page", url: "/a", status: 200, visitor: { cookie: "issued" } });
    t.match(two, { visitor: { cookie: "returned", visitorId: one?.visitor.visitorId } });
    t.equal(two?.history?.id, one?.visitor.visitorId);
    t.notOk(second.cookie, "it is fresh");
    t.equal((await s.get("/api", { cookie: first.cookie ?? "" })).cookie, undefined, "pages only");
  },
);

t.test("who does not want to be known is not", async (t) => {
  const { cookies, listener } = shop();
  const s = await standWith(t, listener);
  const { cookie = "" } = await s.get("/");
  for (const no of [{ "sec-gpc": "1" }, { dnt: "1" }]) {
    const answer = await s.get("/", { cookie: `${cookie}; a=1`, ...no });
    t.equal(answer.cookie, "wl=", "it is taken away");
    const clean = await s.get("/", { ...no });
    t.same([clean.cookie, clean.headers["cache-control"]], [undefined, undefined]);
    await s.get("/", { cookie: `${cookie}; a=1`, ...no });
    t.equal(cookies.at(-1), "a=1", "cut all the same");
  }
  await until("hits", () => s.hits.length === 7);
  for (const hit of s.hits.slice(1)) {
    t.strictSame(Object.keys(hit.visitor).sort(), ["addressKey", "cookie"]);
    t.equal(hit.visitor.cookie, "none");
    t.equal(hit.history, undefined);
  }
});

t.test("what counts, and as what", async (t) => {
  const s = await standWith(t, shop().listener);
  const any = { accept: "*/*" };
  for (const [path, headers] of [
    ["/page", {}],
    ["/page?bot", { "user-agent": "Googlebot" }],
    ["/admin/page", {}],
    ["/page?prefetch", { purpose: "prefetch" }],
    ["/page?script", { "sec-fetch-dest": "empty" }],
    ["/page?curl", any],
    ["/api", {}],
    ["/file", any],
    ["/file?bot", { ...any, "user-agent": "Googlebot" }],
    ["/file?prefetch", { ...any, purpose: "prefetch" }],
    ["/file?first", { ...any, range: "bytes=0-" }],
    ["/file?further", { ...any, range: "bytes=5-" }],
    ["/file?link", { ...any, "sec-fetch-dest": "empty", "sec-fetch-mode": "no-cors" }],
    ["/file?script", { ...any, "sec-fetch-dest": "empty", "sec-fetch-mode": "cors" }],
    ["/file?json", any],
    ["/admin/file", any],
    ["/report", {}],
    ["/last", {}],
  ] as const)
    await s.get(path, headers);
  await s.get("/page?head", {}, { method: "HEAD" });
  await until("the last", () => s.hits.some((hit) => hit.url === "/last"));
  t.same(
    s.hits.map((hit) => `${hit.kind} ${hit.url}`),
    [
      "page /page",
      "download /file",
      "download /file?first",
      "download /file?link",
      "download /report",
      "page /last",
    ],
  );
  t.equal(s.hits[1]?.visitor.cookie, "none", "a file carries no cookie");
  t.equal(s.hits[4]?.visitor.visitorId, undefined, "nor does a page that is saved");
});

t.test(
  "what is nobody's visit is counted by its reason, the site's own people among it",
  async (t) => {
    const s = await standWith(t, shop().listener);
    for (const [path, headers] of [
      ["/page", { "user-agent": "Googlebot" }],
      ["/page", { "user-agent": "kube-probe/1.31" }],
      ["/page", { "sec-purpose": "prefetch;prerender", "sec-fetch-dest": "document" }],
      ["/admin/page", {}],
      ["/file", { accept: "*/*", "user-agent": "Googlebot" }],
      ["/api", { "user-agent": "Googlebot" }],
      ["/page", { "sec-fetch-dest": "iframe" }],
      ["/page", {}],
    ] as const)
      await s.get(path, headers);
    await until("the page", () => s.hits.length === 1);
    t.same(s.noise, ["bot", "health", "prerender", "excluded", "bot"]);
    const staff = ["192.0.2.0/24", "127.0.0.0/8"];
    const own = await standWith(t, shop().listener, { site: { staff } });
    const page = await own.get("/page");
    t.same([page.setCookie, page.text, own.noise], [undefined, PAGE, ["staff"]]);
    await own.get("/file", { accept: "*/*" });
    t.same(own.noise, ["staff", "staff"]);
    t.same(own.hits, []);
  },
);

t.test("a site with engagement off is only proxied", async (t) => {
  const { cookies, listener } = shop();
  const s = await standWith(t, listener, { site: { engagement: "off" } });
  const answer = await s.get("/");
  t.equal(answer.text, PAGE);
  t.equal(answer.cookie, undefined);
  await s.get("/.warmline/loader.js");
  t.equal(cookies.length, 2, "the reserved path is the origin's");
  t.same([s.hits, s.injected], [[], []]);
});

t.test("an invitation comes with the next page, is told to be shown once, and goes", async (t) => {
  const s = await standWith(t, shop().listener);
  const { cookie = "" } = await s.get("/");
  await until("the hit", () => s.hits.length === 1);
  const id = s.hits[0]?.visitor.visitorId ?? "";
  const html = '<noscript><link rel="stylesheet" href="/.warmline/card.css"><b>Hi</b></noscript>';
  s.engine.show({ invitationId: "i", site: "shop", keys: [id], html, expiresMs: LATER });
  const invited = await until("the invitation", async () => {
    const page = await s.get("/", { cookie, "if-none-match": '"a"' });
    return page.text.includes("<b>Hi</b>") && page;
  });
  t.ok(invited.text.startsWith(PAGE + html + LOADER));
  t.equal(invited.headers["cache-control"], "no-store");
  t.ok((await s.get("/", { cookie })).text.includes("<b>Hi</b>"), "until it is withdrawn");
  t.notOk((await s.get("/")).text.includes("Hi"), "somebody else");
  await until("shown", () => s.shown.length === 1);
  s.engine.withdraw("i");
  await until("nothing", async () => !(await s.get("/", { cookie })).text.includes("Hi"));
  t.same(s.shown, ["i"], "told once");
});

t.test("another with a cookie of his own at the same address is not meant", async (t) => {
  const s = await standWith(t, shop().listener);
  const { cookie = "" } = await s.get("/");
  await until("the hit", () => s.hits.length === 1);
  const keys = ["someone else's id", s.hits[0]?.visitor.addressKey ?? ""];
  s.engine.show({ invitationId: "i", site: "shop", keys, html: "<b>Hi</b>", expiresMs: LATER });
  s.engine.learn({ site: "shop", keys, facts: { atMs: 9, name: "Ann" }, expiresMs: LATER });
  const refuser = { "sec-gpc": "1" };
  await until("the invitation", async () => (await s.get("/", refuser)).text.includes("Hi"));
  const own = await s.get("/", { cookie });
  t.notOk(own.text.includes("Hi"));
  await s.get("/last", { cookie: own.cookie ?? "" });
  const last = await until("the hit", () => s.hits.find((hit) => hit.url === "/last"));
  t.equal(last.history?.name, undefined);
});

t.test("facts are sealed into the cookie and stay there", async (t) => {
  const s = await standWith(t, shop().listener);
  let { cookie = "" } = await s.get("/");
  await until("the hit", () => s.hits.length === 1);
  const id = s.hits[0]?.visitor.visitorId ?? "";
  const learn = (facts: { atMs: number; priority?: 8; name?: string }) =>
    s.engine.learn({ site: "shop", keys: [id], facts, expiresMs: LATER });
  learn({ atMs: 1000, name: "Ann" });
  learn({ atMs: 2000, priority: 8 });
  const known = await until("facts", async () => {
    cookie = (await s.get("/", { cookie })).cookie ?? cookie;
    return s.hits.find((hit) => hit.history?.factsAtMs === 2000);
  });
  t.match(known.history, { name: "Ann", priority: 8, id });
  const other = await standWith(t, shop().listener);
  await other.get("/", { cookie });
  t.same(other.rejected, ["tampered"], "the cookie of another ring");
});

t.test("the page that an agent chose comes next, once, over several edges", async (t) => {
  const s = await standWith(t, shop().listener, { edges: 2 });
  const { cookie = "" } = await s.get("/");
  await until("the hit", () => s.hits.length === 1);
  const keys = [s.hits[0]?.visitor.visitorId ?? ""];
  const page = { site: "shop", keys, expiresMs: LATER };
  s.engine.sendOn({ ...page, id: "p", path: "/f\u00fcr/dich?a=%20" });
  t.equal((await s.get("/api", { cookie, accept: "*/*" })).status, 200, "pages only");
  const sent = await until("the way", async () => {
    const answer = await s.get("/", { cookie }, { edge: 1 });
    return answer.status === 302 && answer;
  });
  t.equal(sent.headers["location"], "/f%C3%BCr/dich?a=%20");
  t.equal(sent.headers["cache-control"], "no-store");
  await until("the news", () => s.sentOn.length === 1);
  t.equal((await s.get("/", { cookie }, { edge: 1 })).status, 200);
  // The other edge knows at the latest when it knows of a page that was chosen later.
  s.engine.sendOn({ ...page, id: "q", keys: ["other"], path: "/" });
  s.engine.show({ invitationId: "i", ...page, html: "<b>mark</b>" });
  await until("the mark", async () => (await s.get("/", { cookie })).text.includes("mark"));
  t.equal((await s.get("/", { cookie })).status, 200);
  t.same(s.sentOn, ["p"]);
});

t.test("who is on the way to the chosen page already is not sent there", async (t) => {
  const s = await standWith(t, shop().listener);
  const { cookie = "" } = await s.get("/");
  await until("the hit", () => s.hits.length === 1);
  const keys = [s.hits[0]?.visitor.visitorId ?? ""];
  s.engine.sendOn({ id: "p", site: "shop", keys, path: "/offer", expiresMs: LATER });
  await until("the news", async () => {
    t.equal((await s.get("/offer", { cookie })).status, 200);
    return s.sentOn.length === 1;
  });
  t.equal((await s.get("/", { cookie })).status, 200);
});
