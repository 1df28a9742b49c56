import t from "tap";
import { asteriskBench } from "./asterisk-bench.ts";
import { nothingLeft, startCall, switchContract, telephonyOn } from "./contract.ts";

const bench = await asteriskBench(["101", "102", "103", "002", "408", "486", "603"]);
t.teardown(() => bench[Symbol.asyncDispose]());

switchContract(t, bench);

t.test("while the visitor's telephone rings the agent hears it; afterwards no more", async (t) => {
  const { telephony, last } = telephonyOn(bench, 20_000);
  await bench.until("the exchange is up", () => telephony.up());
  const { id } = startCall(telephony, "101", "+4930123408");
  await bench.until("it rings", () => last(id)?.legs[1]?.state === "ringing");
  t.same(await bench.hears(`${id}.agent`), ["ringing"]);
  telephony.release(id);
  const next = startCall(telephony);
  await bench.until("joined", () => last(next.id)?.state === "joined");
  t.same(await bench.hears(`${next.id}.agent`), ["visitor"]);
  telephony.release(next.id);
  await telephony[Symbol.asyncDispose]();
});

t.test("a telephone dials a number itself: it is told no, and is no warm line", async (t) => {
  const { telephony, lines } = telephonyOn(bench);
  await bench.until("the exchange is up", () => telephony.up());
  bench.exchange.lift("101", "+4930123000");
  let leg: string | undefined;
  while ((leg = (await bench.leftOver())[0]) === undefined) await bench.pass(50);
  t.same(await bench.exchange.hears(leg), ["refusal"]);
  await nothingLeft(t, bench);
  t.same(lines, []);
  await telephony[Symbol.asyncDispose]();
});

t.test("nothing that was logged has a number in it", async (t) => {
  t.ok(bench.logged.length > 0);
  t.notMatch(JSON.stringify(bench.logged), /\+?4930123/);
});
