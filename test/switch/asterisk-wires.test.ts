// The SIP driver over TCP, TLS and a bad network, and with a trunk that goes away.
import t from "tap";
import { openWire } from "../../src/cti/sip/wire.ts";
import { nothingLeft, startCall, telephonyOn } from "./contract.ts";
import { sipBench, type SipHow } from "./sip-bench.ts";

const bench = await sipBench(["101"]);
t.teardown(() => bench[Symbol.asyncDispose]());

/** Calls over a trunk that is reached in a certain way. */
async function over(how: SipHow, limitMs?: number) {
  const on = telephonyOn(
    {
      clock: bench.clock,
      connect: (listener) => bench.connectWith(how, listener),
    },
    15_000,
  );
  await bench.until("the trunk is up", () => on.telephony.up(), limitMs);
  return { ...on, [Symbol.asyncDispose]: () => on.telephony[Symbol.asyncDispose]() };
}

const server = (port: number) => ({ server: { host: "127.0.0.1", port } });
const { port, securePort, certificate: ca } = bench.exchange.trunk;
for (const how of [
  { transport: "tcp", ...server(port) },
  { transport: "tls", ...server(securePort), ca },
] satisfies SipHow[]) {
  t.test(`over ${how.transport}: talk, hold, and the visitor hangs up`, async (t) => {
    await using on = await over(how);
    const { id } = startCall(on.telephony);
    await bench.until("joined", () => on.last(id)?.state === "joined");
    t.same(await bench.hears(`${id}.agent`), ["visitor"]);
    t.same(await bench.hears(`${id}.visitor`), ["agent"]);
    t.equal(await on.telephony.hold(id), "done");
    t.same(await bench.hears(`${id}.visitor`), []);
    t.equal(await on.telephony.resume(id), "done");
    await bench.hangUp(`${id}.visitor`);
    await bench.until("ended", () => on.last(id)?.state === "ended");
    t.same(on.last(id)?.end, { party: "visitor", reason: "hung_up" });
    await nothingLeft(t, bench);
  });
}

t.test("a certificate that nobody vouches for is not believed, and that is told", async (t) => {
  const ups: string[] = [];
  const how = { transport: "tls", ...server(securePort) } as const;
  const exchange = bench.connectWith(how, ({ type }) => ups.push(type));
  await bench.until("it is down", () => ups.includes("down"));
  t.match(
    JSON.stringify(bench.logged.at(-1)),
    /SELF_SIGNED_CERT[^"]*: see switch\.trunk\.server, transport and ca/,
  );
  await exchange[Symbol.asyncDispose]();
});

t.test("a fifth of all datagrams is lost, both ways: calls go as they should", async (t) => {
  let [seed, lost, sent] = [7, 0, 0];
  const falls = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    sent += 1;
    const fallen = seed % 5 === 0;
    if (fallen) lost += 1;
    return fallen;
  };
  const how: SipHow = {
    open: async (options, clock, listener) => {
      const wire = await openWire(options, clock, {
        ...listener,
        heard: (text, from) => falls() || listener.heard(text, from),
      });
      return {
        ...wire,
        async send(text, to) {
          if (!falls()) await wire.send(text, to);
        },
      };
    },
  };
  await using on = await over(how, 20_000);
  for (let round = 0; round < 4; round++) {
    const { id } = startCall(on.telephony);
    await bench.until("joined", () => on.last(id)?.state === "joined", 20_000);
    t.equal(await on.telephony.hold(id), "done");
    t.equal(await on.telephony.resume(id), "done");
    if (round === 0) t.same(await bench.hears(`${id}.visitor`), ["agent"]);
    on.telephony.release(id);
    await nothingLeft(t, bench);
  }
  t.ok(lost > 10, `${lost} of ${sent} datagrams were lost`);
});

t.test(
  "the trunk is gone in mid-call, and comes back: what it has forgotten has ended",
  async (t) => {
    await using on = await over({});
    const { id } = startCall(on.telephony);
    await bench.until("joined", () => on.last(id)?.state === "joined");
    await bench.exchange.crash();
    const vain = startCall(on.telephony);
    await bench.until("nobody answers", () => on.last(vain.id)?.state === "ended", 15_000);
    t.match(on.last(vain.id)?.end, { reason: "network_trouble" });
    await bench.until("down is noticed", () => !on.telephony.up(), 15_000);
    t.equal(on.telephony.call(id)?.state, "joined", "as far as we know they still talk");
    await bench.exchange.boot();
    await bench.exchange.phone("101");
    await bench.until("up again", () => on.telephony.up(), 30_000);
    await bench.until("the call is over", () => on.last(id)?.state === "ended");
    t.same(on.telephony.calls(), []);
    const next = startCall(on.telephony);
    await bench.until("joined", () => on.last(next.id)?.state === "joined");
    t.same(await bench.hears(`${next.id}.agent`), ["visitor"]);
    on.telephony.release(next.id);
    await nothingLeft(t, bench);
  },
);
