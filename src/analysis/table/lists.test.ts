import * as fc from "fast-check";
import t from "tap";
import { createLines } from "./lines.ts";
import { createLists } from "./lists.ts";

t.test("rows stand in the order in which they were put in front, each in one list", (t) => {
  const order = fc.record({ row: fc.nat(9), list: fc.option(fc.nat(2), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(order, { maxLength: 60 }), (orders) => {
      const lists = createLists(createLines(13), 10, 3);
      let model: number[][] = [[], [], []];
      for (const { row, list } of orders) {
        model = model.map((rows) => rows.filter((other) => other !== row));
        if (list === undefined) lists.remove(row);
        else {
          lists.remove(row);
          lists.toFront(list, row);
          model[list]?.unshift(row);
        }
        for (const [i, expected] of model.entries()) {
          const rows: number[] = [];
          for (let r = lists.first(i); r !== -1; r = lists.after(r)) rows.push(r);
          if (rows.join() !== expected.join()) return false;
          if (lists.last(i) !== (expected.at(-1) ?? -1)) return false;
        }
      }
      return true;
    }),
  );
  t.pass("no order of events was found that breaks it");
  t.end();
});
