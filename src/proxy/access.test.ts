import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import t from "tap";
import { FakeClock } from "../../test/fake-clock.ts";
import { addressOf, beginAccess } from "./access.ts";
import type { AccessRecord, EdgeMetrics } from "./ports.ts";

t.test("a record says what was asked, without query and with half an address", async (t) => {
  for (const [remoteAddress, address] of [
    ["203.0.113.77", "203.0.113"],
    ["::ffff:203.0.113.77", "203.0.113"],
    ["2001:db8::1:2", "2001:db8::1"],
    [undefined, ""],
  ] as const) {
    const clock = new FakeClock();
    const records: AccessRecord[] = [];
    const counted: unknown[] = [];
    const socket = { remoteAddress, bytesWritten: 100 };
    const request = { method: "GET", url: "/a?secret=1" };
    const metrics = { request: (...all: unknown[]) => void counted.push(all) };
    const end = beginAccess(request as IncomingMessage, socket as unknown as Socket, {
      clock,
      metrics: metrics as unknown as EdgeMetrics,
      access: (record) => void records.push(record),
    });
    clock.advance(1500);
    socket.bytesWritten = 350;
    end("shop", 200);
    t.same(records, [
      {
        site: "shop",
        method: "GET",
        path: "/a",
        status: 200,
        bytes: 250,
        durationMs: 1500,
        address,
      },
    ]);
    t.same(counted, [["shop", "GET", 200, 1.5]]);
  }
});

t.test("an IPv4 address is written as one", async (t) => {
  t.equal(addressOf({ remoteAddress: "::ffff:127.0.0.1" } as Socket), "127.0.0.1");
  t.equal(addressOf({ remoteAddress: "::1" } as Socket), "::1");
});
