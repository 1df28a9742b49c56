import t from "tap";
import { exampleSession } from "../../../test/ui/examples.ts";
import { bySessionColumn } from "./visitor-order.ts";

t.test("visits stand in the order of a column, then the latest access first", (t) => {
  const at = (url: string) => ({ trail: [{ url, atMs: 1 }] });
  const sessions = [
    exampleSession("a", 0, { address: "192.0.2.10", startedMs: 3, lastAccessMs: 5, ...at("/b") }),
    exampleSession("b", 0, { address: "192.0.2.9", startedMs: 1, lastAccessMs: 6, ...at("/a") }),
    exampleSession("c", 0, {
      name: "Ada",
      startedMs: 2,
      lastAccessMs: 7,
      priority: 9,
      ...at("/b"),
    }),
  ];
  const order = (column: Parameters<typeof bySessionColumn>[0]) =>
    sessions
      .toSorted(bySessionColumn(column))
      .map(({ id }) => id)
      .join("");
  t.same((["address", "page", "started", "access", "priority"] as const).map(order), [
    "bac",
    "bca",
    "bca",
    "cba",
    "cba",
  ]);
  t.end();
});
