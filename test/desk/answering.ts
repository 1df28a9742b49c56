/** A process to be killed: takes requests for callbacks one after the other, and says of each when it is acknowledged. */
import { openStore } from "../../src/store/open.ts";
import { ANNA, stand, visitOf } from "./stand.ts";

const [file = ":memory:", count = "1"] = process.argv.slice(2);
const s = await stand({ records: await openStore(file) });
const shop = s.desk.directory.site("shop");
if (!shop) throw new Error("no shop");
for (let n = 1; n <= Number(count); n++) {
  const sessionId = `s${n}`;
  s.visits.set(sessionId, visitOf(sessionId));
  const order = { sessionId, heading: "Hello", text: "Hello" };
  const invited = await s.desk.orders["/api/invite"](ANNA, order);
  if (!("invitationId" in invited)) throw new Error(invited.message);
  // Half of them want to be called later, half of them now.
  const choice = n % 2 === 0 ? "phone" : "callback";
  const number = `030 ${100_000 + n}`;
  const result = await s.desk.answers.answer(
    {
      invitation: invited.invitationId,
      choice,
      number,
      date: "2026-01-06",
      time: "10:00",
      back: undefined,
    },
    { site: shop, address: `2001:db8::${n}`, visitor: `v${n}` },
  );
  if (!result.ok) throw new Error(result.message);
  process.stdout.write(`${choice} +4930${100_000 + n}\n`);
}
process.stdout.write("done\n");
