import t from "tap";
import { exchangeWith } from "../../test/proxy/exchange.ts";
import { recordAccess } from "./access.ts";
import type { AccessRecord } from "./ports.ts";

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
