import * as fc from "fast-check";
import t from "tap";
import { firstVisit } from "../model/visitor.ts";
import { createVisitorCookie } from "./visitor-cookie.ts";

const cookie = createVisitorCookie([{ id: 1, key: Buffer.alloc(32, 7) }]);
const history = { ...firstVisit("AAAAAAAAAAAAAAAAAAAAAA", 1_700_000_000_000), name: "Jöhn" };
const value = cookie.seal("shop", history);

t.test("what was sealed is opened, on its own site only", async (t) => {
  t.same(cookie.open("shop", value), { ok: true, history });
  t.equal(cookie.open("other", value).ok, false);
});

t.test("any change and any cut makes it worthless", async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.nat(value.length - 1), fc.constantFrom("A", "B", "-", ".", ""), (at, by) => {
        const changed = value.slice(0, at) + by + value.slice(at + 1);
        return changed === value || !cookie.open("shop", changed).ok;
      }),
    ),
  );
});
