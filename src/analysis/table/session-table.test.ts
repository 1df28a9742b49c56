import * as fc from "fast-check";
import t from "tap";
import type { Hit } from "../../model/hit.ts";
import type { VisitorRef } from "../../model/visitor.ts";
import { enter, type Row } from "../row.ts";
import { hashOf } from "./hash.ts";
import { createSessionTable, ROW_BYTES, type SessionTable } from "./session-table.ts";

const EPOCH = "life";
const returned = (id: string): VisitorRef => ({
  cookie: "returned",
  visitorId: id,
  addressKey: "k",
});
const refuser = (addressKey: string): VisitorRef => ({ cookie: "none", addressKey });

function tableOf(most: number, sites: readonly string[] = ["s"]): SessionTable {
  return createSessionTable(most, sites, EPOCH, () => {});
}

/** One page of the visitor. */
function hit(table: SessionTable, visitor: VisitorRef, over: Partial<Hit> & { ms?: number } = {}) {
  const { ms = 0, ...rest } = over;
  const seen: Hit = {
    site: "s",
    atMs: ms,
    kind: "page",
    url: "/",
    status: 200,
    address: "192.0.2.1",
    visitor,
    consent: visitor.cookie === "none" ? "none" : "identified",
    ...rest,
  };
  const row: Row = table.find(seen.site, visitor) ?? table.add(seen, ms);
  enter(row, seen, ms);
  table.touch(row);
  return row;
}

t.test("rows are found by what their visitors bring, and by their ids", (t) => {
  const table = tableOf(9);
  const a = hit(table, returned("a"));
  hit(table, refuser("b"), { url: "/b" });
  t.equal(table.find("s", returned("a"))?.session.id, a.session.id);
  t.equal(table.find("s", refuser("b"))?.session.trail[0]?.url, "/b");
  t.equal(table.byId(a.session.id)?.visitorId, "a");
  for (const id of ["", "life", "life.9.0", "life.0.1", "life.x.0", "other.0.0", "life.0.0.0"]) {
    t.notOk(table.byId(id), id);
  }
  table.remove(a);
  t.notOk(table.byId(a.session.id));
  t.notOk(table.find("s", returned("a")));
  const next = hit(table, returned("c"));
  t.equal(next.place, a.place, "its place is used again");
  t.not(next.session.id, a.session.id, "its id is not");
  t.end();
});

t.test("sites come and go; the number of one that is gone is used again", (t) => {
  const table = tableOf(9, ["s", "old"]);
  hit(table, returned("a"));
  const old = hit(table, returned("b"), { site: "old" });
  table.remove(old);
  table.useSites(["s", "new"]);
  const row = hit(table, returned("b"), { site: "new" });
  t.equal(table.byId(row.session.id)?.session.site, "new");
  t.same([table.countOf("s"), table.countOf("old"), table.countOf("new")], [1, 0, 1]);
  t.same(table.latest("old", 9), []);
  const many = Array.from({ length: 1_000 }, (_, i) => `s${i}`);
  table.useSites([...many.slice(2), "s", "new"]);
  t.equal(table.find("s", returned("a"))?.session.site, "s");
  hit(table, returned("c"), { site: "s999" });
  t.equal(table.latest("s999", 9)[0]?.session.site, "s999");
  t.throws(() => table.useSites([...many, "one more"]), /room for 1000 sites/);
  t.equal(table.countOf("s999"), 1, "then nothing has changed");
  t.end();
});

t.test("two visitors whose keys have the same hash stay two", (t) => {
  const seed = hashOf(EPOCH, 0);
  const seen = new Map<number, string>();
  let pair: [string, string] | undefined;
  for (let i = 0; !pair; i += 1) {
    const hash = hashOf(`s v ${i}`, seed);
    const other = seen.get(hash);
    if (other !== undefined) pair = [other, `${i}`];
    seen.set(hash, `${i}`);
  }
  const table = tableOf(9);
  const [one, two] = pair.map((id) => hit(table, returned(id)).place);
  t.not(one, two);
  t.same(
    pair.map((id) => table.find("s", returned(id))?.visitorId),
    pair,
  );
  t.notOk(table.find("s", returned("nobody")));
  t.end();
});

t.test("visitors who return are kept before those of one hit", (t) => {
  const table = tableOf(100);
  const real = Array.from({ length: 50 }, (_, i) => returned(`real${i}`));
  for (const visitor of real) hit(table, visitor);
  for (const visitor of real) hit(table, visitor);
  for (let i = 0; i < 10_000; i += 1) hit(table, refuser(`forged${i}`));
  t.equal(table.size, 100);
  t.ok(real.every((visitor) => table.find("s", visitor)));
  t.equal(table.displaced().length, 50 + 10_000 - 100);
  t.same(table.displaced(), []);
  t.end();
});

t.test("a flood of visitors who return leaves room for new ones", (t) => {
  const table = tableOf(100);
  for (let i = 0; i < 1_000; i += 1) {
    hit(table, refuser(`forged${i}`));
    hit(table, refuser(`forged${i}`));
  }
  hit(table, returned("new"));
  for (let i = 0; i < 19; i += 1) hit(table, refuser(`later${i}`));
  t.ok(table.find("s", returned("new")));
  t.end();
});

t.test("a flood of one site does not displace another's visitors", (t) => {
  const table = tableOf(100, ["s", "quiet"]);
  hit(table, returned("a"), { site: "quiet" });
  for (let i = 0; i < 1_000; i += 1) hit(table, refuser(`forged${i}`));
  t.ok(table.find("quiet", returned("a")));
  t.same([table.countOf("s"), table.countOf("quiet"), table.countOf("none")], [99, 1, 0]);
  t.end();
});

t.test("a row that is held stays, unless the bound demands it", (t) => {
  const table = tableOf(4);
  const held = hit(table, refuser("reader")).session.id;
  table.hold(held);
  for (let i = 0; i < 100; i += 1) hit(table, refuser(`${i}`), { ms: i });
  t.ok(table.byId(held));
  t.equal(table.silent("s", 1_000, 1_000)?.session.trail.length, 1);
  for (let row = table.silent("s", 2_000, 2_000); row; row = table.silent("s", 2_000, 3_000)) {
    table.remove(row);
  }
  t.same([table.size, table.byId(held)?.keptMs], [1, 3_000]);
  for (let i = 0; i < 4; i += 1) table.hold(hit(table, refuser(`${i}`)).session.id);
  t.equal(table.size, 4);
  table.letGo(held, 9_000);
  table.letGo("nobody", 9_000);
  t.end();
});

t.test("large rows take the room of others: the bound is one of bytes, too", (t) => {
  const table = tableOf(1_000);
  for (let i = 0; i < 1_000; i += 1) {
    hit(table, refuser(`${i}`), { url: `/${i}/${"x".repeat(2_000)}`, userAgent: "y".repeat(512) });
    if (table.bytes > 1_000 * ROW_BYTES) t.fail("too much memory");
  }
  t.ok(table.size < 400, `${table.size} rows`);
  t.equal(table.displaced().length, 1_000 - table.size);
  t.end();
});

t.test("the latest of a site come first, and the silent ones are found", (t) => {
  const table = tableOf(9, ["s", "other"]);
  for (let i = 0; i < 5; i += 1) hit(table, refuser(`${i}`), { ms: i });
  hit(table, refuser("1"), { ms: 9 });
  hit(table, refuser("x"), { ms: 9, site: "other" });
  const keys = (most: number) => table.latest("s", most).map((row) => row.addressKey);
  t.same(
    [keys(3), keys(9)],
    [
      ["1", "4", "3"],
      ["1", "4", "3", "2", "0"],
    ],
  );
  t.same(table.latest("none", 9), []);
  t.equal(table.silent("s", 2, 9)?.addressKey, "0");
  t.notOk(table.silent("other", 8, 9));
  t.end();
});

t.test("whatever happens, the table agrees with a simple one", (t) => {
  const order = fc.record({
    what: fc.constantFrom("hit" as const, "hit" as const, "remove" as const, "hold" as const),
    who: fc.nat(30),
    length: fc.nat(2_000),
  });
  fc.assert(
    fc.property(fc.array(order, { maxLength: 200, size: "max" }), (orders) => {
      const table = tableOf(8);
      const model = new Map<string, { id: string; url: string; pages: number }>();
      for (const { what, who, length } of orders) {
        const ref = returned(`${who}`);
        const row = table.find("s", ref);
        if (what === "remove") {
          if (row) table.remove(row);
          model.delete(`${who}`);
        } else if (what === "hold") table.hold(row?.session.id ?? "");
        else {
          const url = `/${"x".repeat(length)}`;
          const { session } = hit(table, ref, { url });
          const pages = (model.get(`${who}`)?.pages ?? 0) + 1;
          model.set(`${who}`, { id: session.id, url, pages });
        }
        for (const displaced of table.displaced()) model.delete(displaced.visitorId ?? "");
        if (table.size !== model.size || table.size > 8) return false;
        for (const [id, expected] of model) {
          const found = table.find("s", returned(id))?.session;
          if (found?.id !== expected.id || found.pages !== expected.pages) return false;
          if (found.trail.at(-1)?.url !== expected.url) return false;
        }
      }
      return true;
    }),
    { numRuns: 100 },
  );
  t.pass("no order of events was found that breaks it");
  t.end();
});
