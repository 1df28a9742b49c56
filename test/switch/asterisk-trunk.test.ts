// The SIP driver, with an Asterisk as its trunk: there are the telephones, and their tones.
import t from "tap";
import { nothingLeft, startCall, switchContract, telephonyOn } from "./contract.ts";
import { sipBench } from "./sip-bench.ts";

const bench = await sipBench(["101", "102", "103", "002", "408", "486", "603"]);
t.teardown(() => bench[Symbol.asyncDispose]());

switchContract(t, bench);

t.test("a conference is refused, and all is as it was", async (t) => {
  const { telephony, last } = telephonyOn(bench);
  await bench.until("the trunk is up", () => telephony.up());
  const { id } = startCall(telephony);
  await bench.until("joined", () => last(id)?.state === "joined");
  await telephony.consult(id, { to: { kind: "agent", telephone: "102" }, agent: "bob" });
  const third = `${id}.third.3`;
  await bench.until("the third talks", () => last(id)?.legs.at(-1)?.state === "joined");
  t.equal(await telephony.conference(id), "cannot");
  t.equal(telephony.call(id)?.state, "consulting");
  t.same(await bench.hears(`${id}.agent`), ["third"]);
  t.same(await bench.hears(third), ["agent"]);
  t.same(await bench.hears(`${id}.visitor`), []);
  telephony.release(id);
  await nothingLeft(t, bench);
  await telephony[Symbol.asyncDispose]();
});

t.test("warm line: whoever is no agent is let go, for want of words", async (t) => {
  const { telephony, lines } = telephonyOn(bench);
  await bench.until("the trunk is up", () => telephony.up());
  bench.lift("103");
  await bench.until("it is told", () => lines.length === 1);
  await nothingLeft(t, bench);
  t.same(telephony.calls(), []);
  await telephony[Symbol.asyncDispose]();
});

t.test("nothing that was logged has a number in it", async (t) => {
  t.ok(bench.logged.length > 0);
  t.notMatch(JSON.stringify(bench.logged), /\+?4930123/);
});
