import t from "tap";
import { CONNECT_TIMEOUT, reasonOf, statusOf } from "./failure.ts";

for (const [kind, reason, status] of [
  ["connect", "ECONNREFUSED", 502],
  ["connect", CONNECT_TIMEOUT, 504],
  ["timeout", "no answer in time", 504],
  ["broken", "ECONNRESET", 502],
  ["unfit", "a head that cannot be sent on", 502],
  ["busy", "too many requests", 503],
] as const) {
  t.test(`${kind}, ${reason}: ${status}`, async (t) => {
    t.equal(statusOf({ kind, reason, unsent: false }), status);
  });
}

t.test("a system error is named by its code", async (t) => {
  t.equal(reasonOf(Object.assign(new Error("connect ENOENT"), { code: "ENOENT" })), "ENOENT");
  t.equal(reasonOf(new Error("no code")), "no code");
});
