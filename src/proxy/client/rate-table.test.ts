import t from "tap";
import { RateTable } from "./rate-table.ts";

t.test("so many at once, then so many a second; each client by itself", (t) => {
  const table = new RateTable({ perSecond: 2, burst: 3 }, 1);
  const ask = (ms: number, client = "192.0.2.1") => table.take(client, ms);
  t.same([ask(0), ask(0), ask(0)], [0, 0, 0]);
  t.equal(ask(0), 500);
  t.equal(ask(100), 400, "asking in vain costs nothing");
  t.equal(ask(100, "192.0.2.2"), 0);
  t.equal(ask(500), 0);
  t.equal(ask(500), 500);
  t.same([ask(60_000), ask(60_000), ask(60_000)], [0, 0, 0]);
  t.equal(ask(60_000), 500, "no more than the burst is saved up");
  t.end();
});

t.test("a flood of addresses does not let off who asks much, and takes no memory", (t) => {
  const table = new RateTable({ perSecond: 0.1, burst: 5 }, 7, 64);
  let passed = 0;
  for (let i = 0; i < 2_000; i++) {
    if (table.take("192.0.2.1", i) === 0) passed++;
    table.take(`10.0.${i >> 8}.${i & 255}`, i);
  }
  t.equal(passed, 5);
  t.end();
});
