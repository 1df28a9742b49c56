/**
 * What every exchange must do, whatever its driver: run by `memory.test.ts` and `asterisk.test.ts`, unchanged. Numbers end
 * in what the called party does (486 is busy, and so on); telephones of agents do the same.
 */
import type { Test } from "tap";
import { createTelephony, type Telephony } from "../../src/cti/click-to-call.ts";
import type { Switch, SwitchEvent } from "../../src/cti/switch.ts";
import type { Call, LegEnd } from "../../src/model/call.ts";
import type { Clock } from "../../src/model/clock.ts";

/** An exchange to be tested, and the means to look behind its port. */
export interface Bench {
  readonly clock: Clock;
  connect(listener: (event: SwitchEvent) => void): Switch & AsyncDisposable;
  /** Lets time pass until the test holds; throws, naming what it waited for, after the limit. */
  until(what: string, test: () => boolean, limitMs?: number): Promise<void>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** Whose voices a leg hears. */
  hears(legId: string): Promise<string[]>;
  /** Legs and bridges of ours that exist at the exchange. */
  leftOver(): Promise<string[]>;
}

const RING_TIMEOUT_MS = 1_500;
const ANSWERS = "+4930123000";
const numberDoing = (what: string) => `+4930123${what}`;

/** Calls over the exchange, with all that is told of them. */
export function telephonyOn(
  bench: Pick<Bench, "clock" | "connect">,
  ringTimeoutMs = RING_TIMEOUT_MS,
) {
  const history: Call[] = [];
  const counted: string[] = [];
  const ups: boolean[] = [];
  const quiet = () => undefined;
  const telephony = createTelephony(
    {
      ringTimeoutMs,
      caller: () => ({ number: "+4930123999", name: "Crema" }),
    },
    {
      clock: bench.clock,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      metrics: {
        callStarted: () => void counted.push("started"),
        callEnded: (reason) => void counted.push(reason),
        switchUp: quiet,
      },
      calls: { changed: (call) => void history.push(call) },
      switches: { changed: (up) => void ups.push(up) },
      connect: (listener) => bench.connect(listener),
    },
  );
  const last = (callId: string) => history.findLast((call) => call.id === callId);
  return { telephony, history, counted, ups, last };
}

let calls = 0;

/** Starts a call with an id of its own. */
export function startCall(telephony: Telephony, telephone = "101", number = ANSWERS): Call {
  const callId = `call-${process.pid}-${++calls}`;
  return telephony.clickToCall({
    callId,
    interactionId: `interaction-${calls}`,
    agentTelephone: telephone,
    agentName: "Anna",
    number,
    site: "shop",
  });
}

/** Adds the contract's tests. */
export function switchContract(t: Test, bench: Bench): void {
  const call = (
    name: string,
    run: (t: Test, on: ReturnType<typeof telephonyOn>) => Promise<void>,
    ringTimeoutMs = RING_TIMEOUT_MS,
  ) =>
    void t.test(name, async (t) => {
      const on = telephonyOn(bench, ringTimeoutMs);
      try {
        await bench.until("the exchange is up", () => on.telephony.up());
        await run(t, on);
        t.same(on.telephony.calls(), [], "no call is kept");
        let left = await bench.leftOver();
        for (let waits = 0; left.length > 0 && waits < 40; waits++) {
          await bench.pass(50);
          left = await bench.leftOver();
        }
        t.same(left, [], "nothing is left over at the exchange");
      } finally {
        await on.telephony[Symbol.asyncDispose]();
      }
    });
  const inState = (on: ReturnType<typeof telephonyOn>, id: string, state: Call["state"]) =>
    bench.until(`the call is ${state}`, () => on.last(id)?.state === state);

  call("joined: each hears the other, and the states come in order", async (t, on) => {
    const { id, state } = startCall(on.telephony);
    t.equal(state, "calling_agent");
    t.same(on.history, [], "nothing is told before the call is in hand");
    await inState(on, id, "joined");
    const states = on.history.map((call) => call.state);
    const order = states.filter((state, i) => state !== states[i - 1]);
    t.same(order, ["calling_agent", "calling_visitor", "joined"]);
    const steps = on.history.map((call) => call.legs.map((leg) => leg.state).join("+"));
    t.same(steps, [
      "ringing",
      "answered",
      "answered+dialling",
      "answered+ringing",
      "answered+answered",
      "joined+joined",
    ]);
    const now = on.telephony.call(id);
    t.ok(now?.joinedMs !== undefined && now.joinedMs >= now.startedMs);
    t.same(await bench.hears(`${id}.agent`), ["visitor"]);
    t.same(await bench.hears(`${id}.visitor`), ["agent"]);
    on.telephony.release(id);
    t.same(on.last(id)?.end, { party: "agent", reason: "released" });
    t.same(on.counted, ["started", "completed"]);
    const told = on.history.length;
    on.telephony.release(id);
    on.telephony.release("no such call");
    await bench.pass(200);
    t.equal(on.history.length, told, "releasing again changes nothing, and nothing comes after");
  });

  call("the visitor hangs up: the agent is freed", async (t, on) => {
    const { id } = startCall(on.telephony, "101", numberDoing("002"));
    await inState(on, id, "joined");
    await inState(on, id, "ended");
    t.same(on.last(id)?.end, { party: "visitor", reason: "hung_up" });
    t.same(
      on.last(id)?.legs.map((leg) => leg.end),
      ["released", "hung_up"],
    );
    t.same(on.counted, ["started", "completed"]);
  });

  call("the agent hangs up: the visitor is freed", async (t, on) => {
    const { id } = startCall(on.telephony, "002");
    await inState(on, id, "joined");
    await inState(on, id, "ended");
    t.same(on.last(id)?.end, { party: "agent", reason: "hung_up" });
  });

  const patiently = 10_000;
  call(
    "the agent hangs up while the visitor's telephone rings",
    async (t, on) => {
      const { id } = startCall(on.telephony, "002", numberDoing("408"));
      await inState(on, id, "calling_visitor");
      await inState(on, id, "ended");
      t.same(on.last(id)?.end, { party: "agent", reason: "hung_up" });
      t.equal(on.last(id)?.joinedMs, undefined);
    },
    patiently,
  );

  const notReached: readonly [digits: string, reason: LegEnd][] = [
    ["486", "busy"],
    ["603", "refused"],
    ["404", "unknown_number"],
    ["480", "unreachable"],
    ["503", "network_trouble"],
    ["408", "no_answer"],
  ];
  for (const [digits, reason] of notReached) {
    call(`the visitor is not reached: ${reason}`, async (t, on) => {
      const { id } = startCall(on.telephony, "101", numberDoing(digits));
      await inState(on, id, "ended");
      t.same(on.last(id)?.end, { party: "visitor", reason });
      t.equal(on.last(id)?.joinedMs, undefined);
      t.same(on.counted, ["started", reason]);
      const rang = on.history.some((call) => call.legs[1]?.state === "ringing");
      t.equal(rang, digits === "408" || digits === "603");
    });
  }

  const agentNotReached: readonly [telephone: string, reason: LegEnd][] = [
    ["486", "busy"],
    ["603", "refused"],
    ["408", "no_answer"],
    ["480", "unreachable"],
  ];
  for (const [telephone, reason] of agentNotReached) {
    call(`the agent is not reached: ${reason}`, async (t, on) => {
      const { id } = startCall(on.telephony, telephone);
      await inState(on, id, "ended");
      t.same(on.last(id)?.end, { party: "agent", reason });
      t.equal(on.last(id)?.legs.length, 1, "the visitor was never called");
    });
  }

  for (const state of ["calling_agent", "calling_visitor"] as const) {
    call(`released while ${state}`, async (t, on) => {
      const telephone = state === "calling_agent" ? "408" : "101";
      const { id } = startCall(on.telephony, telephone, numberDoing("408"));
      await bench.until(
        "it rings",
        () => on.last(id)?.legs.at(-1)?.state === "ringing" && on.last(id)?.state === state,
      );
      on.telephony.release(id);
      t.same(on.last(id)?.end, { party: "agent", reason: "released" });
      t.equal(on.telephony.call(id), undefined);
    });
  }

  call("released before anything was dialled", async (t, on) => {
    const { id } = startCall(on.telephony);
    on.telephony.release(id);
    await bench.pass(300);
    t.same(
      on.history.map((call) => call.state),
      ["ended"],
    );
  });

  call("two calls at once do not hear each other", async (t, on) => {
    const [one, two] = [startCall(on.telephony, "101"), startCall(on.telephony, "103")];
    await inState(on, one.id, "joined");
    await inState(on, two.id, "joined");
    t.same(await bench.hears(`${one.id}.agent`), ["visitor"]);
    t.equal(on.telephony.calls().length, 2);
    on.telephony.release(one.id);
    t.equal(on.telephony.call(two.id)?.state, "joined");
    on.telephony.release(two.id);
  });

  void t.test("the port: one end for each leg, and orders that are too late", async (t) => {
    const events: SwitchEvent[] = [];
    await using exchange = bench.connect((event) => events.push(event));
    await bench.until("the exchange is up", () => events.some((event) => event.type === "up"));
    const legId = `leg-${process.pid}-${++calls}`;
    const order = {
      legId,
      to: { kind: "agent", telephone: "101" } as const,
      from: { number: "+4930123999", name: 'a "quoted" <name>' },
      ringTimeoutMs: RING_TIMEOUT_MS,
    };
    await exchange.originate(order);
    await bench.until("it is answered", () => events.some((event) => event.type === "answered"));
    await t.rejects(
      exchange.join(`${legId}.bridge`, [legId, "nobody"]),
      { code: "WL_SWITCH_NO_SUCH_LEG" },
      "a leg that is not there cannot be joined",
    );
    await exchange.dissolve(`${legId}.bridge`);
    await Promise.all([exchange.release(legId), exchange.release(legId)]);
    const ends = () => events.filter((event) => event.type === "ended");
    await bench.until("it has ended", () => ends().length > 0);
    await exchange.release(legId);
    await exchange.release("nobody");
    await exchange.dissolve("nothing");
    await bench.pass(200);
    t.same(ends(), [{ type: "ended", legId, end: "released" }]);
    t.same(await bench.leftOver(), []);
  });
}
