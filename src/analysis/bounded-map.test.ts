import t from "tap";
import { setBounded } from "./bounded-map.ts";

t.test("the entry that was not set for longest makes room, and is returned", (t) => {
  const map = new Map<string, number>();
  t.equal(setBounded(map, 2, "a", 1), undefined);
  t.equal(setBounded(map, 2, "b", 2), undefined);
  t.equal(setBounded(map, 2, "a", 3), undefined);
  t.equal(setBounded(map, 2, "c", 4), 2);
  t.same(
    [...map],
    [
      ["a", 3],
      ["c", 4],
    ],
  );
  t.end();
});
