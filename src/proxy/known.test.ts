import t from "tap";
import { exchangeWith } from "../../test/proxy/exchange.ts";
import { Known } from "./known.ts";

const headFor = (host: string) => exchangeWith({ headers: { host } }).asked.head;

t.test("what is known of a connection is learnt anew when it changes", async (t) => {
  const known = new Known();
  const client = { address: "203.0.113.9", secure: false };
  let made = 0;
  const make = () => `made ${++made}`;
  known.learn(headFor("Shop.example:8080"), client);
  t.same([known.authority, known.host], ["Shop.example:8080", "shop.example"]);
  t.equal(known.forwarding(make), "made 1");
  known.learn(headFor("Shop.example:8080"), client);
  t.equal(known.forwarding(make), "made 1");
  known.learn(headFor("other"), client);
  t.equal(known.host, "other");
  t.equal(known.forwarding(make), "made 2");

  t.equal(known.shortAddress, "203.0.113");
  t.equal(known.addressKey("agent", "salt", make), "made 3");
  t.equal(known.addressKey("agent", "salt", make), "made 3");
  t.equal(known.addressKey("other", "salt", make), "made 4");
  t.equal(known.addressKey("other", "new day", make), "made 5");

  t.equal(known.find("a=1; wl=x", "wl", false).value, "x");
  t.equal(known.find("a=1; wl=y", "wl", false).value, "y");
  const opened = { ok: false, reason: "tampered" } as const;
  t.equal(
    known.opened("shop", "y", () => opened),
    opened,
  );
  t.equal(
    known.opened("shop", "y", () => ({ ok: false, reason: "version" })),
    opened,
  );
  t.match(
    known.opened("other", "y", () => ({ ok: false, reason: "version" })),
    { reason: "version" },
  );
});
