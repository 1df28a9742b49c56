import * as fc from "fast-check";
import t from "tap";
import { createBlocks } from "./blocks.ts";

t.test("records come back as they were written, and their room is used again", (t) => {
  const order = fc.record({ record: fc.nat(7), bytes: fc.integer({ min: 0, max: 700 }) });
  fc.assert(
    fc.property(fc.array(order, { maxLength: 100 }), (orders) => {
      const blocks = createBlocks(24);
      const scratch = new Uint32Array(1_024);
      const model = new Map<number, { at: number; bytes: number; mark: number }>();
      for (const [mark, { record, bytes }] of orders.entries()) {
        const old = model.get(record);
        if (old) blocks.remove(old.at);
        model.delete(record);
        if (bytes > 0) {
          scratch.fill(mark);
          const room = blocks.hasRoom(bytes);
          try {
            model.set(record, { at: blocks.write(scratch, bytes), bytes, mark });
            if (!room) return false;
          } catch (error) {
            if (room || !(error instanceof RangeError)) return false;
          }
        }
        for (const { at, bytes, mark } of model.values()) {
          scratch.fill(0xffffffff);
          blocks.read(at, scratch);
          if (scratch.subarray(0, bytes / 4).some((word) => word !== mark)) return false;
        }
        const used = [...model.values()].reduce((sum, r) => sum + Math.ceil(r.bytes / 124), 0);
        if (blocks.bytes !== used * 128) return false;
      }
      return true;
    }),
  );
  t.pass("no order of events was found that breaks it");
  t.end();
});
