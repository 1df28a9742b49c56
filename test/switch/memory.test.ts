import t from "tap";
import { createMemorySwitch, type MemorySwitch } from "../../src/cti/memory/switch.ts";
import { FakeClock } from "../fake-clock.ts";
import type { SwitchEvent } from "../../src/cti/switch.ts";
import { type Bench, switchContract } from "./contract.ts";

const clock = new FakeClock();
let exchange: MemorySwitch | undefined;
let listener: (event: SwitchEvent) => void;
let killed = false;

/** A new exchange, or the old one again for the process that comes after one that was killed. */
function connect(next: typeof listener): MemorySwitch {
  listener = next;
  if (killed && exchange) {
    killed = false;
    const same = exchange;
    clock.after(0, () => same.connected(true));
    return same;
  }
  exchange = createMemorySwitch({ answerAfterMs: 200 }, clock, (event) => listener(event));
  return exchange;
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await new Promise(setImmediate);
}

const bench: Bench = {
  clock,
  connect,
  lift: (telephone) => void exchange?.lift(telephone),
  hangUp: async (legId) => exchange?.hangUp(legId),
  async kill() {
    killed = true;
    listener = () => undefined;
    exchange?.connected(false);
  },
  async until(what, test, limitMs = 10_000) {
    for (let waitedMs = 0; !test(); waitedMs += 20) {
      if (waitedMs > limitMs) throw new Error(`waited in vain until ${what}`);
      await pass(20);
    }
  },
  pass,
  hears: async (legId) =>
    (exchange?.hears(legId) ?? []).map((heard) => {
      // A leg of `call.agent`, or one that came in; or a sound.
      const [first = "", party = first] = heard.split(".");
      return first === "in" ? "agent" : party;
    }),
  leftOver: async () => exchange?.leftOver() ?? [],
};

switchContract(t, bench);

t.test("a disposed exchange leaves no timer", async (t) => {
  t.equal(clock.timers, 0);
});
