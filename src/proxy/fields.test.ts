import t from "tap";
import { endToEnd, valueOf, valuesOf, without, withField } from "./fields.ts";

const FIELDS = ["B", "1", "Set-Cookie", "a", "a", "2", "set-cookie", "b"] as const;

t.test("values by name, in any spelling", async (t) => {
  t.same(valuesOf(FIELDS, "set-cookie"), ["a", "b"]);
  t.equal(valueOf(FIELDS, "set-cookie"), "a, b");
  t.equal(valueOf(FIELDS, "c"), undefined);
});

t.test("what is left keeps order and spelling", async (t) => {
  t.same(
    without(FIELDS, (name, value) => name === "set-cookie" && value === "a"),
    ["B", "1", "a", "2", "set-cookie", "b"],
  );
  t.same(withField(FIELDS, "Set-Cookie", "c"), ["B", "1", "a", "2", "Set-Cookie", "c"]);
});

t.test(
  "fields of one hop go, those that Connection names too; framing and routing stay",
  async (t) => {
    const hop =
      "Connection: close, X-Hop ,host|connection: Content-Length|x-hop: 1|TE: trailers|Trailer: x|Keep-Alive: 1|" +
      "Transfer-Encoding: chunked|Upgrade: x|Proxy-Authorization: x|Proxy-Connection: x";
    const kept = ["Host", "a", "Content-Length", "2", "X", "1"];
    t.same(endToEnd([...kept, ...hop.split(/\||: /)]), kept);
  },
);
