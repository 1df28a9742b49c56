import t from "tap";
import { createMemorySwitch, type MemorySwitch } from "../../src/cti/memory/switch.ts";
import { FakeClock } from "../fake-clock.ts";
import { type Bench, switchContract } from "./contract.ts";

const clock = new FakeClock();
let exchange: MemorySwitch | undefined;

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await new Promise(setImmediate);
}

const bench: Bench = {
  clock,
  connect: (listener) => (exchange = createMemorySwitch({ answerAfterMs: 200 }, clock, listener)),
  async until(what, test, limitMs = 10_000) {
    for (let waitedMs = 0; !test(); waitedMs += 20) {
      if (waitedMs > limitMs) throw new Error(`waited in vain until ${what}`);
      await pass(20);
    }
  },
  pass,
  hears: async (legId) =>
    (exchange?.hears(legId) ?? []).map((heard) => heard.slice(heard.lastIndexOf(".") + 1)),
  leftOver: async () => exchange?.leftOver() ?? [],
};

switchContract(t, bench);

t.test("a disposed exchange leaves no timer", async (t) => {
  t.equal(clock.timers, 0);
});
