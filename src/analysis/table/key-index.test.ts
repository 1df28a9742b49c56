import * as fc from "fast-check";
import t from "tap";
import { createKeyIndex } from "./key-index.ts";
import { createLines } from "./lines.ts";

t.test("rows are found by their hashes, however these collide", (t) => {
  const order = fc.record({ row: fc.nat(11), hash: fc.option(fc.nat(9), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(order, { maxLength: 80 }), (orders) => {
      const index = createKeyIndex(createLines(12), 12);
      const model = new Map<number, number>();
      for (const { row, hash } of orders) {
        if (model.delete(row)) index.remove(row);
        if (hash !== undefined) {
          index.add(hash, row);
          model.set(row, hash);
        }
        for (let h = 0; h <= 10; h += 1) {
          const asked: number[] = [];
          index.find(h, (candidate) => {
            asked.push(candidate);
            return false;
          });
          const expected = [...model].filter(([, other]) => other === h).map(([r]) => r);
          const sorted = (rows: number[]) => rows.toSorted((a, b) => a - b).join();
          if (sorted(asked) !== sorted(expected)) return false;
          const [first] = expected;
          if (first !== undefined && index.find(h, (r) => r === first) !== first) return false;
        }
      }
      return true;
    }),
  );
  t.pass("no order of events was found that breaks it");
  t.end();
});
