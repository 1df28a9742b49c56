import t from "tap";
import { exchangeWith } from "../../test/proxy/exchange.ts";
import { openedBy } from "./opened.ts";

t.test("what the loader says of a page that is shown now, and nobody else", async (t) => {
  const opened = (query: string, headers = {}, method = "POST") => {
    const { asked } = exchangeWith({ headers });
    const target = `/.warmline/opened${query}`;
    return openedBy(asked.head, { method, target, reservedPath: "/.warmline/" });
  };
  t.same(opened("?page=%2Fa%3Fb%3D1&from=https%3A%2F%2Fx.example%2F"), {
    page: "/a?b=1",
    referrer: "https://x.example/",
  });
  t.same(opened("?page=%2F&from=", { "sec-fetch-site": "same-origin" }), {
    page: "/",
    referrer: undefined,
  });
  t.equal(opened("?page=%2F", { "sec-fetch-site": "cross-site" }), undefined);
  t.equal(opened("?page=%2F", {}, "GET"), undefined);
  for (const wrong of ["", "?", "?page=", "?page=a", "?page=%2F%2Fb", "?page=%2F%0Aa", "?from=a"]) {
    t.equal(opened(wrong), undefined, wrong);
  }
  t.equal(opened("?page=%2F.warmline%2Fx"), undefined);
  t.equal(opened(`?page=%2F${"a".repeat(3000)}`), undefined);
});
