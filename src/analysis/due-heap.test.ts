import * as fc from "fast-check";
import t from "tap";
import { createDueHeap, type Due } from "./due-heap.ts";

t.test("whatever is set, moved and removed, the soonest comes first", (t) => {
  const order = fc.record({
    item: fc.nat(39),
    dueMs: fc.option(fc.nat(500), { nil: undefined, freq: 3 }),
  });
  fc.assert(
    fc.property(fc.array(order, { maxLength: 200, size: "max" }), (orders) => {
      const heap = createDueHeap<Due>();
      const items = Array.from({ length: 40 }, (): Due => ({ dueMs: 0, dueIndex: -1 }));
      const model = new Map<Due, number>();
      for (const { item, dueMs } of orders) {
        const due = items[item]!;
        if (dueMs === undefined) {
          heap.remove(due);
          model.delete(due);
        } else {
          heap.set(due, dueMs);
          model.set(due, dueMs);
        }
        if (heap.size !== model.size) return false;
        if ((heap.first()?.dueMs ?? Infinity) !== Math.min(...model.values())) return false;
      }
      const drained: number[] = [];
      for (let first = heap.first(); first; first = heap.first()) {
        drained.push(first.dueMs);
        heap.remove(first);
      }
      const sorted = [...model.values()].sort((a, b) => a - b);
      return JSON.stringify(drained) === JSON.stringify(sorted);
    }),
  );
  t.pass("no order of events was found that breaks it");
  t.end();
});
