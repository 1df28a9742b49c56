import t from "tap";
import { Bucket } from "./bucket.ts";

t.test("so much at once, and so much a second afterwards", (t) => {
  const bucket = new Bucket(3, 2, 1000);
  t.same(
    [1, 1, 1, 1].map((n) => bucket.take(n, 1000)),
    [true, true, true, false],
  );
  t.equal(bucket.take(1, 1499), false, "not a whole one yet");
  t.equal(bucket.take(1, 1999), true);
  t.equal(bucket.take(4, 100_000), false, "never more than at once");
  t.equal(bucket.take(1, 100_000), false, "then all is gone");
  t.end();
});

t.test("a clock that is set back gives nothing, and takes nothing", (t) => {
  const bucket = new Bucket(2, 1, 10_000);
  t.equal(bucket.take(1, 5000), true);
  t.equal(bucket.take(1, 5000), true);
  t.equal(bucket.take(1, 5000), false);
  t.equal(bucket.take(1, 6000), true);
  t.end();
});
