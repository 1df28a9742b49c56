import t from "tap";
import { within } from "./consent.ts";
import { firstVisit, seenAgain, withFacts, withNoticed } from "./visitor.ts";

const HOUR_MS = 3_600_000;
const past = withNoticed(firstVisit("v", 0), {
  purchases: [{ atMs: 1, order: "1" }],
  events: [{ name: "newsletter", atMs: 2 }],
  login: "ada",
  name: "Ada",
  number: "+4930123456",
  mail: "ada@example.org",
});
const known = withFacts(past, { atMs: 3, priority: 8 });
const now = withNoticed(seenAgain(known, HOUR_MS, 60_000), {
  purchases: [{ atMs: HOUR_MS, order: "2" }],
});

t.test("of a visitor is kept what he allows", async (t) => {
  t.equal(within(now, "none"), undefined);
  t.equal(within(now, "identified"), now);
  const { login, name, number, mail, ...nameless } = now;
  t.strictSame(within(now, "persistent"), nameless);
  t.strictSame(within(now, "session"), {
    ...firstVisit("v", HOUR_MS),
    purchases: [{ atMs: HOUR_MS, order: "2" }],
  });
  t.match([login, name, number, mail], ["ada", "Ada", "+4930123456", "ada@example.org"]);
});

t.test("what an agent said in this visit stays with it", async (t) => {
  const said = withFacts(now, { atMs: HOUR_MS + 1, priority: 0 });
  t.match(within(said, "session"), { priority: 0, factsAtMs: HOUR_MS + 1 });
  const first = firstVisit("v", 0);
  t.equal(within(first, "session"), first, "there is nothing else to be forgotten");
  t.equal(within(first, "persistent"), first);
});
