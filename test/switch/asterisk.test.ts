import t from "tap";
import { asteriskBench } from "./asterisk-bench.ts";
import { switchContract } from "./contract.ts";

const bench = await asteriskBench(["101", "103", "002", "408", "486", "603"]);
t.teardown(() => bench.exchange[Symbol.asyncDispose]());

switchContract(t, bench);

t.test("nothing that was logged has a number in it", async (t) => {
  t.ok(bench.logged.length > 0);
  t.notMatch(JSON.stringify(bench.logged), /\+?4930123/);
});
