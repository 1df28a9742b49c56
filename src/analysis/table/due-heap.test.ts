import * as fc from "fast-check";
import t from "tap";
import { createDueHeap } from "./due-heap.ts";
import { createLines } from "./lines.ts";

t.test("whatever is set, put off and removed, the soonest comes first", (t) => {
  const order = fc.record({
    row: fc.nat(39),
    dueMs: fc.option(fc.nat(500), { nil: Infinity, freq: 3 }),
    look: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(order, { maxLength: 200, size: "max" }), (orders) => {
      const heap = createDueHeap(createLines(40), 40);
      const model = new Map<number, number>();
      const soonest = () => Math.min(...model.values());
      const firstMs = () => (heap.first() === -1 ? Infinity : heap.dueMs(heap.first()));
      for (const { row, dueMs, look } of orders) {
        heap.set(row, dueMs);
        model.set(row, dueMs);
        if (look && firstMs() !== soonest()) return false;
      }
      while (heap.first() !== -1) {
        if (firstMs() !== soonest()) return false;
        model.set(heap.first(), Infinity);
        heap.set(heap.first(), Infinity);
      }
      return soonest() === Infinity;
    }),
  );
  t.pass("no order of events was found that breaks it");
  t.end();
});
