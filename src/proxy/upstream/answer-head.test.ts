import t from "tap";
import { fieldsOf, reasonOf } from "./answer-head.ts";

t.test("a reason is kept when it can be sent", async (t) => {
  t.equal(reasonOf(200, "Fein caf\xe9"), "Fein caf\xe9");
  t.equal(reasonOf(200, ""), "");
  t.equal(reasonOf(200, "€"), "OK");
  t.equal(reasonOf(200, "a\u0001b"), "OK");
  t.equal(reasonOf(200, "a\r\nSet-Cookie: b"), "OK");
  t.equal(reasonOf(799, undefined), "");
});

t.test("bytes become characters", async (t) => {
  t.same(fieldsOf([Buffer.from("A"), Buffer.from([0xe9]), "B", "c"]), ["A", "\xe9", "B", "c"]);
  t.same(fieldsOf(null), []);
});
