import t from "tap";
import { exchangeWith } from "../../test/proxy/exchange.ts";
import { HitInLog, recordAccess } from "./access.ts";
import type { AccessRecord } from "./ports.ts";

t.test("a hit says what criteria can be tried on, and nothing more", async (t) => {
  const recorded = (part: Partial<Parameters<typeof exchangeWith>[0]>, change: object) => {
    const x = exchangeWith({
      navigation: true,
      ...part,
      headers: { "accept-language": "*", "user-agent": "", ...part.headers },
    });
    let record: AccessRecord | undefined;
    Object.assign(x.edge, { access: (one: AccessRecord) => void (record = one) });
    recordAccess(Object.assign(x, change));
    return record?.hit;
  };
  const headers = {
    "accept-language": "de-AT,de;q=0.9",
    referer: "https://search.example:8443/find?q=secret",
  };
  const visitor = { cookie: "returned", visitorId: "v".repeat(22), addressKey: "k" };
  const hit = recorded({ headers }, { hit: "page", consent: "identified", visitor });
  t.match(hit, { kind: "page", consent: "identified", cookie: "returned", language: "de-AT" });
  t.equal(hit?.referrer, "https://search.example:8443");
  t.match(hit?.visitor, /^[\w-]{16}$/);
  t.notMatch(JSON.stringify(hit), /vvvv|secret/);
  const noticed = {
    login: "ada",
    purchases: [{ atMs: 1, amount: 2, order: "no. 7" }],
    events: [{ name: "signup", atMs: 1 }],
  };
  t.same(recorded({}, { hit: "notice", noticed })?.noticed, {
    purchases: [{ amount: 2 }],
    events: ["signup"],
    identity: true,
  });
  const rules = { logged: (target: string) => target.slice(target.indexOf("?") + 1) };
  t.equal(recorded({ url: "/a?utm=x" }, { hit: "page", rules })?.query, "utm=x");
  t.equal(recorded({ url: "/a?utm=x" }, { hit: "download", rules })?.query, undefined);
  const x = exchangeWith({ url: "/?first" });
  const log = new HitInLog();
  const asked = (target: string) => log.of(Object.assign(x, { target, rules }), "page").query;
  t.same([asked("/?a"), asked("/?b")], ["a", "b"], "each its own, on one connection");
  const phone = { "user-agent": "Mozilla/5.0 (iPhone; CPU) Mobile/15E148" };
  t.equal(recorded({ headers: phone }, { hit: "page" })?.device, "mobile");
  const same = recorded({}, { hit: "page", visitor });
  t.equal(same?.visitor, hit?.visitor, "the same on every connection");
  const refuser = recorded(
    {},
    { hit: "page", consent: "none", visitor: { cookie: "none", addressKey: "k" } },
  );
  t.same(refuser, { kind: "page", consent: "none", cookie: "none" });
  const odd = { "accept-language": 'x"', referer: 'https://me:secret@search.example/"' };
  t.same(
    recorded(
      { headers: odd },
      { hit: "page", consent: "none", visitor: { cookie: "none", addressKey: "k" } },
    ),
    refuser,
  );
  const issued = { ...visitor, cookie: "issued" };
  t.equal(
    recorded({}, { hit: "download", visitor: issued })?.cookie,
    "none",
    "it goes with pages only",
  );
  t.equal(recorded({}, {}), undefined, "no hit");
});

t.test("a record says what was asked, without query and with half an address", async (t) => {
  for (const [address, short] of [
    ["203.0.113.77", "203.0.113"],
    ["2001:db8::1:2", "2001:db8::1"],
    ["", ""],
  ] as const) {
    const x = exchangeWith({ url: "/a?secret=1", address });
    const records: AccessRecord[] = [];
    const counted: unknown[] = [];
    Object.assign(x.edge, { access: (record: AccessRecord) => void records.push(record) });
    Object.assign(x.edge.metrics, { request: (...all: unknown[]) => void counted.push(all) });
    x.told.clock.advance(1500);
    Object.assign(x.connection.wire, { bytesWritten: 250 });
    x.status = 200;
    recordAccess(x);
    const record = { site: "shop", method: "GET", path: "/a", status: 200 };
    t.match(records, [{ ...record, bytes: 250, durationMs: 1500, address: short }]);
    t.same(counted, [["shop", "GET", 200, 1.5]]);
  }
});
