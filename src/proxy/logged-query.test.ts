import t from "tap";
import { loggedQuery } from "./logged-query.ts";

t.test("of a query the log has what criteria ask for, and nothing else", async (t) => {
  const query = loggedQuery({ values: ["utm_source", "ref"], presence: ["gclid"] });
  for (const [target, kept] of [
    ["/a?utm_source=news%20letter&token=secret&ref=7", "utm_source=news%20letter&ref=7"],
    ["/a?gclid=Cj0KCQjw&utm_sourcex=1&=ref", "gclid=1"],
    ["/a?gclid=", undefined],
    ["/a?token=secret", undefined],
    ["/a", undefined],
    ["/a?ref", undefined],
    ['/a?ref="x"', undefined],
    [`/a?ref=${"x".repeat(101)}`, undefined],
    [`/a?${"ref=1&".repeat(50)}`, Array<string>(10).fill("ref=1").join("&")],
    ["/a?ref=ada@example.org", undefined],
  ] as const) {
    t.equal(query?.(target), kept, target.slice(0, 60));
  }
  t.equal(loggedQuery({ values: [], presence: [] }), undefined);
});
