/** What visitors allow, by what their browsers and the site's own cookies say, and that it counts with the very next request. */
import type { ServerResponse } from "node:http";
import t from "tap";
import { until } from "../until.ts";
import { standWith } from "./visitor-stand.ts";

const LATER = Date.now() + 1e7;
const page = (_: unknown, a: ServerResponse) =>
  a.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><p>Hello");
const consent = {
  undecided: "none",
  from: [
    {
      cookie: "choice",
      values: { all: "identified", some: "persistent", visit: "session", none: "none" },
    },
  ],
} as const;
const withChoice = (choice: string, ours = "") => ({
  cookie: `choice=${choice}${ours && `; ${ours}`}`,
});

t.test("nothing is stored before the visitor has agreed", async (t) => {
  const s = await standWith(t, page, { site: { consent } });
  t.equal((await s.get("/")).setCookie, undefined);
  t.equal((await s.get("/", { cookie: "other=1" })).setCookie, undefined);
  t.equal((await s.get("/", withChoice("none"))).setCookie, undefined);
  t.match((await s.get("/", withChoice("some"))).setCookie, /^wl=[\w-]+; Path=\/; Max-Age=\d{6,};/);
  const refusal = { ...withChoice("all"), "sec-gpc": "1" };
  t.equal((await s.get("/", refusal)).setCookie, undefined, "the browser's word comes first");
  await until("hits", () => s.hits.length === 5);
  t.same(
    s.hits.map((hit) => [hit.consent, hit.visitor.cookie]),
    [
      ["none", "none"],
      ["none", "none"],
      ["none", "none"],
      ["persistent", "issued"],
      ["none", "none"],
    ],
  );
});

t.test("a visit may be remembered no longer than the browser is open", async (t) => {
  const s = await standWith(t, page, { site: { consent } });
  const first = await s.get("/", withChoice("visit"));
  t.match(first.setCookie, /^wl=[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/);
  await s.get("/", withChoice("visit", first.cookie));
  await until("hits", () => s.hits.length === 2);
  t.match(s.hits[1], { consent: "session", visitor: { cookie: "returned" } });
});

t.test("consent that is taken back counts at once, in part and as a whole", async (t) => {
  const s = await standWith(t, page, { site: { consent } });
  let { cookie = "" } = await s.get("/", withChoice("all"));
  await until("the hit", () => s.hits.length === 1);
  const id = s.hits[0]?.visitor.visitorId ?? "";
  const facts = { atMs: 9, name: "Ada", mail: "ada@example.org" };
  s.engine.learn({ site: "shop", keys: [id], facts, expiresMs: LATER });
  await until("the name", async () => {
    const answer = await s.get("/", withChoice("all", cookie));
    cookie = answer.cookie ?? cookie;
    return s.hits.at(-1)?.history?.name === "Ada";
  });

  const some = await s.get("/some", withChoice("some", cookie));
  t.match(some.setCookie, /Max-Age/, "written anew, though it is fresh");
  const visit = await s.get("/visit", withChoice("visit", some.cookie));
  t.match(visit.setCookie, /^wl=[\w-]+; Path=\/; HttpOnly/);
  t.notMatch(visit.setCookie, /Max-Age/);
  const none = await s.get("/none", withChoice("none", visit.cookie));
  t.equal(none.setCookie, "wl=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
  t.equal(none.headers["cache-control"], "private");
  await until("the last hit", () => s.hits.at(-1)?.url === "/none");
  const told = (url: string) => s.hits.find((hit) => hit.url === url);
  t.match(told("/some"), { consent: "persistent", history: { id, name: undefined } });
  t.equal(told("/some")?.history?.mail, undefined);
  t.match(told("/visit"), { consent: "session", history: { id, visitCount: 1 } });
  t.match(told("/none"), {
    consent: "none",
    visitor: { cookie: "none", visitorId: undefined },
    history: undefined,
    withdrawn: id,
  });
});

t.test("what an agent learns goes into the cookie only as far as the visitor allows", async (t) => {
  const s = await standWith(t, page, { site: { consent } });
  const { cookie = "" } = await s.get("/", withChoice("some"));
  await until("the hit", () => s.hits.length === 1);
  const keys = [s.hits[0]?.visitor.visitorId ?? ""];
  s.engine.learn({
    site: "shop",
    keys,
    facts: { atMs: 9, name: "Ada", priority: 8 },
    expiresMs: LATER,
  });
  const next = await until("the priority", async () => {
    const answer = await s.get("/", withChoice("some", cookie));
    return answer.cookie !== undefined && answer;
  });
  await s.get("/next", withChoice("some", next.cookie));
  await until("the hit", () => s.hits.at(-1)?.url === "/next");
  t.match(s.hits.at(-1)?.history, { priority: 8, name: undefined });
});

t.test(
  "what is held for the cookie of somebody who takes consent back is forgotten everywhere",
  async (t) => {
    const s = await standWith(t, page, { site: { consent }, edges: 2 });
    const { cookie = "" } = await s.get("/", withChoice("all"));
    await until("the hit", () => s.hits.length === 1);
    const keys = [s.hits[0]?.visitor.visitorId ?? ""];
    s.engine.learn({ site: "shop", keys, facts: { atMs: 9, name: "Ada" }, expiresMs: LATER });
    const knows = async (edge: number) => {
      const url = `/${s.hits.length}-${edge}`;
      await s.get(url, withChoice("all", cookie), { edge });
      return (await until("the hit", () => s.hits.find((hit) => hit.url === url))).history?.name;
    };
    await until("the name", async () => (await knows(0)) === "Ada" && (await knows(1)) === "Ada");
    await s.get("/none", withChoice("none", cookie), { edge: 0 });
    // The old cookie, brought once more, brings nothing back.
    const forgotten = async (edge: number) =>
      (await s.get("/", withChoice("all", cookie), { edge })).setCookie === undefined;
    await until("both to forget", async () => (await forgotten(0)) && (await forgotten(1)));
    t.equal(await knows(1), undefined);
  },
);
