import t from "tap";
import { EDGE_HEADERS } from "../proxy/link/messages.ts";
import { readEdgeHeaders } from "./edge-headers.ts";

const of = (changes: Partial<Record<keyof typeof EDGE_HEADERS, string>>) =>
  readEdgeHeaders(
    Object.fromEntries(
      Object.entries({ site: "shop", address: "::1", addressKey: "k", ...changes }).map(
        ([name, value]) => [EDGE_HEADERS[name as keyof typeof EDGE_HEADERS], value],
      ),
    ),
  );

t.test("the edge's word on who asks, under the edge's own names", async (t) => {
  const none = { cookie: "none", addressKey: "k" };
  t.same(of({ cookie: "none" }), { site: "shop", address: "::1", visitor: none });
  t.same(of({ cookie: "none", visitorId: "v" })?.visitor, none);
  t.same(of({ cookie: "returned" })?.visitor, none, "no id, no visitor");
  for (const cookie of ["returned", "issued"]) {
    t.same(of({ cookie, visitorId: "v" })?.visitor, { cookie, visitorId: "v", addressKey: "k" });
  }
});

t.test("a request that came through no edge", async (t) => {
  t.equal(readEdgeHeaders({}), undefined);
  t.equal(of({ site: undefined as never }), undefined);
  t.equal(of({ addressKey: "" }), undefined);
});
