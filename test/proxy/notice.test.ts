/** What rules of a site notice of its visitors, through an edge before an origin that knows nothing of it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { createHash } from "node:crypto";
import t from "tap";
import type { NoticeRule } from "../../src/model/notice.ts";
import type { ConsentTier } from "../../src/model/visitor.ts";
import { until } from "../until.ts";
import { standWith } from "./visitor-stand.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const notice: readonly NoticeRule[] = [
  { at: "POST /login", status: [303], login: { form: "user" }, name: { form: "name" } },
  {
    at: "/thanks/{order}",
    status: [],
    purchase: { amount: { query: "total" }, locale: "de", order: { path: "order" } },
  },
  { at: "POST /api/basket", status: [], event: "basket" },
];

/** A shop whose log-in works with the right password, and which remembers what it was sent. */
function shop() {
  const sent: { length: number; hash: string }[] = [];
  const listener = async (q: IncomingMessage, a: ServerResponse) => {
    const body = await buffer(q);
    sent.push({ length: body.length, hash: createHash("sha256").update(body).digest("hex") });
    if (q.url === "/login" && body.includes("right")) a.writeHead(303, { Location: "/" }).end();
    else if (q.url === "/api/basket") {
      a.writeHead(200, { "Content-Type": "application/json" }).end("{}");
    } else a.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><p>Hello");
  };
  return { sent, listener: (q: IncomingMessage, a: ServerResponse) => void listener(q, a) };
}

/** The same site for visitors who allow so much. */
const siteFor = (undecided: ConsentTier) => ({ notice, consent: { undecided, from: [] } });

t.test("a log-in that works is known from then on, one that fails never", async (t) => {
  const { listener } = shop();
  const s = await standWith(t, listener, { site: { notice } });
  const { cookie = "" } = await s.get("/");
  const login = (body: string | Readable, headers = {}) =>
    s.get("/login", { ...FORM, cookie, ...headers }, { method: "POST", body });
  t.equal((await login("user=ada&name=Ada&pw=wrong")).setCookie, undefined);
  const answer = await login("user=ada&name=Ada+L.&pw=right");
  t.equal(answer.status, 303);
  t.match(answer.setCookie, /^wl=[\w-]+; Path=\/; Max-Age/);
  t.equal(answer.headers["cache-control"], "private");
  await s.get("/next", { cookie: answer.cookie ?? "" });
  await until("hits", () => s.hits.length === 3);
  t.match(s.hits[1], {
    kind: "notice",
    url: "/login",
    status: 303,
    noticed: { login: "ada", name: "Ada L." },
    history: { login: "ada", name: "Ada L.", pageCount: 1 },
  });
  t.match(s.hits[2], {
    kind: "page",
    noticed: undefined,
    history: { login: "ada", name: "Ada L.", pageCount: 2 },
  });
});

t.test("a form may come in chunks, by parts, and in pieces", async (t) => {
  const { listener, sent } = shop();
  const s = await standWith(t, listener, { site: { notice } });
  const { cookie = "" } = await s.get("/");
  const pieces = Readable.from(["us", "er=a", "da&pw=right", "&name=Ada"], { objectMode: false });
  await s.get("/login", { ...FORM, cookie }, { method: "POST", body: pieces });
  const parts =
    '--b\r\nContent-Disposition: form-data; name="user"\r\n\r\nJöhn\r\n--b\r\nContent-Disposition: form-data; name="pw"\r\n\r\nright\r\n--b--\r\n';
  const multipart = { "content-type": "multipart/form-data; boundary=b", cookie };
  await s.get("/login", multipart, { method: "POST", body: parts });
  await until("hits", () => s.hits.length === 3);
  t.same(
    s.hits.slice(1).map(({ noticed }) => noticed),
    [{ login: "ada", name: "Ada" }, { login: "Jöhn" }],
  );
  t.equal(sent.at(-1)?.length, Buffer.byteLength(parts));
});

t.test("a long upload passes as it is; only its beginning is looked at", async (t) => {
  const { listener, sent } = shop();
  const s = await standWith(t, listener, { site: { notice } });
  const { cookie = "" } = await s.get("/");
  const long = `user=ada&pw=right&text=${"x".repeat(3_000_000)}&name=Ada`;
  await s.get("/login", { ...FORM, cookie }, { method: "POST", body: long });
  await until("hits", () => s.hits.length === 2);
  t.same(s.hits[1]?.noticed, { login: "ada" });
  t.same(sent.at(-1), {
    length: long.length,
    hash: createHash("sha256").update(long).digest("hex"),
  });
});

t.test("purchases and events, also of pages that scripts ask for", async (t) => {
  const { listener } = shop();
  const s = await standWith(t, listener, { site: { notice } });
  const script = { "sec-fetch-dest": "empty", "sec-fetch-mode": "cors" };
  let { cookie = "" } = await s.get("/");
  const basket = await s.get("/api/basket", { cookie, ...script }, { method: "POST", body: "{}" });
  cookie = basket.cookie ?? "";
  const bought = await s.get("/thanks/A7?total=1.234,50", { cookie });
  await s.get("/thanks/A7?total=1.234,50", { cookie: bought.cookie ?? "" });
  await s.get("/thanks/A8?total=1", { cookie: bought.cookie ?? "", "user-agent": "Googlebot" });
  await s.get("/last", { cookie: bought.cookie ?? "" });
  await until("hits", () => s.hits.at(-1)?.url === "/last");
  t.match(s.hits[1], { kind: "notice", noticed: { events: [{ name: "basket" }] } });
  t.match(s.hits[2], { kind: "page", noticed: { purchases: [{ amount: 1234.5, order: "A7" }] } });
  t.match(s.hits.at(-1)?.history, {
    purchases: [{ amount: 1234.5, order: "A7" }],
    events: [{ name: "basket" }],
  });
  t.equal(s.hits.at(-1)?.history?.purchases.length, 1);
  t.equal(s.hits.length, 5, "a bot buys nothing");
});

t.test("no name is taken from those who do not allow it", async (t) => {
  for (const tier of ["none", "session", "persistent"] as const) {
    const { listener } = shop();
    const s = await standWith(t, listener, { site: siteFor(tier) });
    const { cookie = "" } = await s.get("/");
    const body = "user=ada&name=Ada&pw=right";
    const login = await s.get("/login", { ...FORM, cookie }, { method: "POST", body });
    t.equal(login.setCookie, undefined, tier);
    const bought = await s.get("/thanks/A7?total=20", { cookie });
    t.equal(bought.setCookie === undefined, tier === "none", tier);
    await until("hits", () => s.hits.length === 2);
    t.match(s.hits[1], { consent: tier, noticed: { purchases: [{ order: "A7" }] } });
    t.notMatch(JSON.stringify(s.hits), "Ada");
    t.equal(s.hits[1]?.history?.purchases.length, tier === "none" ? undefined : 1);
  }
});

t.test("a milestone that a tab has lost comes back with the next page, and once", async (t) => {
  const { listener } = shop();
  const s = await standWith(t, listener, { site: { notice } });
  const { cookie: first = "" } = await s.get("/");
  await until("the hit", () => s.hits.length === 1);
  // Two tabs with the same cookie: the browser keeps that of the answer which came last.
  const [bought, other] = await Promise.all([
    s.get("/thanks/A7?total=20", { cookie: first }),
    s.get("/api/basket", { cookie: first }, { method: "POST", body: "{}" }),
  ]);
  t.ok(bought.cookie !== undefined && other.cookie !== undefined);
  await until("hits", () => s.hits.length === 3);
  const lost = s.hits.find(({ noticed }) => noticed?.purchases)?.noticed?.purchases ?? [];
  const keys = [s.hits[0]?.visitor.visitorId ?? ""];
  const facts = { atMs: Date.now(), purchases: lost, events: [] };
  s.engine.learn({ site: "shop", keys, facts, expiresMs: Date.now() + 1e7 });
  const whole = await until("the cookie", async () => {
    const next = await s.get("/next", { cookie: other.cookie ?? "" });
    return next.cookie !== undefined && next;
  });
  const again = await s.get("/whole", { cookie: whole.cookie ?? "" });
  t.equal(again.cookie, undefined, "it is no news any more");
  await until("the hit", () => s.hits.at(-1)?.url === "/whole");
  t.match(s.hits.at(-1)?.history, {
    purchases: [{ order: "A7", amount: 20 }],
    events: [{ name: "basket" }],
  });
});

t.test("what a rule takes out of a path is not in the access log, whoever asks", async (t) => {
  const { listener } = shop();
  const at = "GET /{user}/home";
  const s = await standWith(t, listener, {
    site: { notice: [{ at, status: [], login: { path: "user" } }, ...notice] },
  });
  const { cookie = "" } = await s.get("/");
  await s.get("/ada/home?x=1", { cookie });
  await s.get("/ada/home", { "user-agent": "Googlebot" });
  await s.get("/thanks/A7?total=20", { cookie });
  await s.get("/plain?q=1", { cookie });
  await until("the last", () => s.hits.at(-1)?.url === "/plain?q=1");
  t.match(s.hits[1], { noticed: { login: "ada" } });
  t.same(s.paths, ["/", "/{user}/home", "/{user}/home", "/thanks/{order}", "/plain"]);
});
