/**
 * What every exchange must do, whatever its driver: run by `memory.test.ts` and `asterisk.test.ts`, unchanged. Numbers end
 * in what the called party does (486 is busy, and so on); telephones of agents do the same.
 */
import type { Test } from "tap";
import { createTelephony, type Telephony } from "../../src/cti/telephony.ts";
import type { Ability, Sound, Switch, SwitchEvent } from "../../src/cti/switch.ts";
import { type Call, type LegEnd, legOf, type Party } from "../../src/model/call.ts";
import type { Clock } from "../../src/model/clock.ts";

/** An exchange to be tested, and the means to look behind its port. */
export interface Bench {
  readonly clock: Clock;
  connect(listener: (event: SwitchEvent) => void): Switch & AsyncDisposable;
  /** Lets time pass until the test holds; throws, naming what it waited for, after the limit. */
  until(what: string, test: () => boolean, limitMs?: number): Promise<void>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** Lifts the receiver of a telephone without dialling. */
  lift(telephone: string): void;
  /** A party puts the receiver down. */
  hangUp(legId: string): Promise<void>;
  /** What {@link connect} has given is cut off for good, as when its process is killed. */
  kill(): Promise<void>;
  /** Whose voices a leg hears, or `ringing`, `music`, `refusal`, `nobody_free`. */
  hears(legId: string): Promise<string[]>;
  /** What the driver says it cannot do, and why: tests of that are skipped, with the reason. */
  readonly cannot?: ReadonlyMap<Ability, string>;
  /** Legs and bridges of ours that exist at the exchange. */
  leftOver(): Promise<string[]>;
}

/** A telephone that answers does so after 0.2 s; the machine may be busy with other tests. */
const RING_TIMEOUT_MS = 4_000;
const ANSWERS = "+4930123000";
const numberDoing = (what: string) => `+4930123${what}`;

/** Calls over the exchange, with all that is told of them. */
export function telephonyOn(
  bench: Pick<Bench, "clock" | "connect">,
  ringTimeoutMs = RING_TIMEOUT_MS,
  found: readonly Call[] = [],
) {
  const history: Call[] = [];
  const kept = new Map(found.map((call) => [call.id, call]));
  const lines: string[] = [];
  /** What agents lift the receiver for. */
  const lifting: { for: "chooses" | "waits" } = { for: "chooses" };
  const counted: string[] = [];
  const ups: boolean[] = [];
  const quiet = () => undefined;
  let exchange: Switch | undefined;
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
      lines: {
        lifted(lineId, telephone) {
          lines.push(lineId);
          return telephone === "101" ? lifting.for : "refused";
        },
        dropped: (lineId) => void lines.push(`no ${lineId}`),
      },
      records: {
        async saveCalls(calls) {
          for (const call of calls) {
            if (call.state === "ended") kept.delete(call.id);
            else kept.set(call.id, call);
          }
        },
        openCalls: async () => [...kept.values()],
      },
      switches: { changed: (up) => void ups.push(up) },
      connect: (listener) => (exchange = bench.connect(listener)),
    },
    found,
  );
  const last = (callId: string) => history.findLast((call) => call.id === callId);
  const abilities = () => exchange?.abilities ?? new Set();
  return { telephony, history, counted, ups, kept, lines, lifting, last, abilities };
}

let calls = 0;

/** Starts a call with an id of its own. */
export function startCall(
  telephony: Telephony,
  telephone = "101",
  number = ANSWERS,
  lineId?: string,
): Call {
  const callId = `call-${process.pid}-${++calls}`;
  return telephony.clickToCall({
    callId,
    interactionId: `interaction-${calls}`,
    agent: "anna",
    telephone,
    number,
    site: "shop",
    ...(lineId !== undefined && { lineId }),
  });
}

/** Calls a visitor for whom there is no agent yet. */
export function startDialling(telephony: Telephony, number = ANSWERS): Call {
  const callId = `call-${process.pid}-${++calls}`;
  return telephony.dialOut({ callId, interactionId: `interaction-${calls}`, number, site: "shop" });
}

export async function nothingLeft(t: Pick<Test, "same">, bench: Bench): Promise<void> {
  let left = await bench.leftOver();
  for (let waits = 0; left.length > 0 && waits < 60; waits++) {
    await bench.pass(50);
    left = await bench.leftOver();
  }
  t.same(left, [], "nothing is left over at the exchange");
}

/** Adds the contract's tests. */
export function switchContract(t: Test, bench: Bench): void {
  const call = (
    name: string,
    run: (t: Test, on: ReturnType<typeof telephonyOn>) => Promise<void>,
    { ringTimeoutMs = RING_TIMEOUT_MS, needs }: { ringTimeoutMs?: number; needs?: Ability } = {},
  ) =>
    void t.test(name, { skip: (needs && bench.cannot?.get(needs)) ?? false }, async (t) => {
      const on = telephonyOn(bench, ringTimeoutMs);
      try {
        await bench.until("the exchange is up", () => on.telephony.up());
        await run(t, on);
        t.same(on.telephony.calls(), [], "no call is kept");
        t.same([...on.kept], [], "no call is written down");
        await nothingLeft(t, bench);
      } finally {
        await on.telephony[Symbol.asyncDispose]();
      }
    });
  /** What is heard where the exchange makes a sound, if it can make it. */
  const sound = (on: ReturnType<typeof telephonyOn>, which: Sound) =>
    on.abilities().has(which) ? [which] : [];
  const inState = (on: ReturnType<typeof telephonyOn>, id: string, state: Call["state"]) =>
    bench.until(`the call is ${state}`, () => {
      const call = on.last(id);
      if (call?.state === "ended" && state !== "ended")
        throw new Error(`not ${state} but ended: ${JSON.stringify(call.end)}`);
      return call?.state === state;
    });

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

  const patiently = { ringTimeoutMs: 10_000 };
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

  const talking = async (on: ReturnType<typeof telephonyOn>, telephone = "101") => {
    const { id } = startCall(on.telephony, telephone);
    await inState(on, id, "joined");
    return id;
  };
  /** What each party that is there hears. */
  const hearing = async (on: ReturnType<typeof telephonyOn>, id: string) => {
    const heard: Partial<Record<Party, string[]>> = {};
    for (const party of ["agent", "visitor", "third"] as const) {
      const leg = legOf(on.last(id) ?? startCall(on.telephony), party);
      if (leg && leg.state !== "ended") heard[party] = (await bench.hears(leg.id)).toSorted();
    }
    return heard;
  };
  const legIn = (on: ReturnType<typeof telephonyOn>, id: string, party: Party) => {
    const call = on.last(id);
    return call && legOf(call, party);
  };
  const colleague = (telephone = "102") => ({
    to: { kind: "agent", telephone } as const,
    agent: "bob",
  });
  const outside = (number = ANSWERS) => ({ to: { kind: "public", number } as const });
  const consulting = async (on: ReturnType<typeof telephonyOn>, third = colleague()) => {
    const id = await talking(on);
    await on.telephony.consult(id, third);
    await bench.until("the third talks", () => legIn(on, id, "third")?.state === "joined");
    return id;
  };

  call("held: the visitor hears music, the agent nothing; then they talk again", async (t, on) => {
    const id = await talking(on);
    t.equal(await on.telephony.hold(id), "done");
    t.equal(on.last(id)?.state, "held");
    t.equal(legIn(on, id, "visitor")?.state, "held");
    t.same(await hearing(on, id), { agent: [], visitor: sound(on, "music") });
    t.equal(await on.telephony.hold(id), "too_late");
    t.equal(await on.telephony.resume(id), "done");
    t.equal(on.last(id)?.state, "joined");
    t.same(await hearing(on, id), { agent: ["visitor"], visitor: ["agent"] });
    t.equal(await on.telephony.sendDigits(id, "1#"), "done");
    on.telephony.release(id);
    t.equal(await on.telephony.hold(id), "too_late");
  });

  for (const party of ["agent", "visitor"] as const) {
    call(`held, and the ${party} hangs up`, async (t, on) => {
      const id = await talking(on);
      await on.telephony.hold(id);
      await bench.hangUp(legIn(on, id, party)?.id ?? "");
      await inState(on, id, "ended");
      t.same(on.last(id)?.end, { party, reason: "hung_up" });
    });
  }

  call("attended transfer: the visitor waits, then talks with the third", async (t, on) => {
    const id = await consulting(on);
    t.same(await hearing(on, id), {
      agent: ["third"],
      visitor: sound(on, "music"),
      third: ["agent"],
    });
    t.equal(await on.telephony.transfer(id), "done");
    t.match(on.last(id), { state: "joined" });
    t.match(
      legIn(on, id, "agent"),
      { agent: "bob", state: "joined" },
      "the third is its agent now",
    );
    t.same(await hearing(on, id), { agent: ["visitor"], visitor: ["third"] });
    t.equal(on.last(id)?.legs[0]?.end, "released");
    t.equal(await on.telephony.hold(id), "done", "and holds as an agent does");
    on.telephony.release(id);
  });

  call("the agent hangs up in a consultation: that is a transfer", async (t, on) => {
    const id = await consulting(on);
    await bench.hangUp(`${id}.agent`);
    await inState(on, id, "joined");
    t.same(await hearing(on, id), { agent: ["visitor"], visitor: ["third"] });
    on.telephony.release(id);
  });

  call("consulting while the third's telephone rings", async (t, on) => {
    const id = await talking(on);
    await on.telephony.consult(id, colleague("408"));
    await bench.until("it rings", () => legIn(on, id, "third")?.state === "ringing");
    t.same(await bench.hears(`${id}.agent`), sound(on, "ringing"));
    await bench.until("given up", () => on.last(id)?.state === "held");
    t.equal(legIn(on, id, "third")?.end, "no_answer");
    t.same(
      await hearing(on, id),
      { agent: [], visitor: sound(on, "music") },
      "the visitor still waits",
    );
    t.equal(await on.telephony.resume(id), "done");
    on.telephony.release(id);
  });

  for (const [telephone, reason] of agentNotReached.filter(
    ([, reason]) => reason !== "no_answer",
  )) {
    call(`the third is not reached: ${reason}`, async (t, on) => {
      const id = await talking(on);
      await on.telephony.consult(id, colleague(telephone));
      await bench.until("back", () => on.last(id)?.state === "held");
      t.equal(legIn(on, id, "third")?.end, reason);
      on.telephony.release(id);
    });
  }

  call("a consultation is given up: back to the visitor", async (t, on) => {
    const id = await consulting(on);
    t.equal(await on.telephony.resume(id), "done");
    t.equal(on.last(id)?.state, "joined");
    t.equal(legIn(on, id, "third")?.end, "released");
    t.same(await hearing(on, id), { agent: ["visitor"], visitor: ["agent"] });
    on.telephony.release(id);
  });

  call("the visitor hangs up in a consultation: all are freed", async (t, on) => {
    const id = await consulting(on);
    await bench.hangUp(`${id}.visitor`);
    await inState(on, id, "ended");
    t.same(on.last(id)?.end, { party: "visitor", reason: "hung_up" });
  });

  call(
    "conference: each hears the two others; the third leaves, two go on",
    async (t, on) => {
      const id = await consulting(on);
      t.equal(await on.telephony.conference(id), "done");
      t.same(await hearing(on, id), {
        agent: ["third", "visitor"],
        visitor: ["agent", "third"],
        third: ["agent", "visitor"],
      });
      await bench.hangUp(legIn(on, id, "third")?.id ?? "");
      await inState(on, id, "joined");
      t.same(await hearing(on, id), { agent: ["visitor"], visitor: ["agent"] });
      on.telephony.release(id);
    },
    { needs: "conference" },
  );

  call(
    "conference: the agent leaves, two go on",
    async (t, on) => {
      const id = await consulting(on);
      await on.telephony.conference(id);
      await bench.hangUp(`${id}.agent`);
      await inState(on, id, "joined");
      t.same(await hearing(on, id), { agent: ["visitor"], visitor: ["third"] });
      on.telephony.release(id);
    },
    { needs: "conference" },
  );

  call("blind transfer to a colleague", async (t, on) => {
    const id = await talking(on);
    t.equal(await on.telephony.transfer(id, colleague()), "done");
    t.equal(on.last(id)?.state, "transferring");
    t.equal(legIn(on, id, "agent")?.end, "released");
    await inState(on, id, "joined");
    t.same(await hearing(on, id), { agent: ["visitor"], visitor: ["third"] });
    t.equal(legIn(on, id, "agent")?.agent, "bob");
    on.telephony.release(id);
  });

  call("blind transfer to an outside number, which hangs up in the end", async (t, on) => {
    const id = await talking(on);
    await on.telephony.transfer(id, outside());
    await inState(on, id, "transferred");
    t.equal(await on.telephony.hold(id), "too_late", "it is nobody's any more");
    await bench.hangUp(legIn(on, id, "third")?.id ?? "");
    await inState(on, id, "ended");
    t.same(on.last(id)?.end, { party: "third", reason: "hung_up" });
    t.same(on.counted, ["started", "completed"]);
  });

  call("blind transfer that is not answered: the agent gets the visitor back", async (t, on) => {
    const id = await talking(on);
    await on.telephony.transfer(id, colleague("408"));
    await bench.until("it rings", () => legIn(on, id, "third")?.state === "ringing");
    t.same(await bench.hears(`${id}.visitor`), sound(on, "ringing"));
    await inState(on, id, "calling_agent");
    await inState(on, id, "joined");
    t.match(legIn(on, id, "agent"), { agent: "anna", state: "joined" });
    t.same(await hearing(on, id), { agent: ["visitor"], visitor: ["agent"] });
    on.telephony.release(id);
  });

  call("warm line: the receiver is lifted, then the number is known", async (t, on) => {
    bench.lift("101");
    await bench.until("it is told", () => on.lines.length > 0);
    const [lineId = ""] = on.lines;
    await bench.pass(300);
    t.same(await bench.hears(lineId), sound(on, "ringing"));
    const { id, legs } = startCall(on.telephony, "101", ANSWERS, lineId);
    t.match(legs, [{ id: lineId, state: "answered" }]);
    await inState(on, id, "joined");
    t.same(await hearing(on, id), { agent: ["visitor"], visitor: ["agent"] });
    t.equal(await on.telephony.hold(id), "done");
    t.equal(await on.telephony.resume(id), "done");
    await bench.hangUp(lineId);
    await inState(on, id, "ended");
    t.same(on.last(id)?.end, { party: "agent", reason: "hung_up" });
    t.same(on.lines, [lineId], "the line is a call's, and not dropped");
  });

  call(
    "warm line: whoever is no agent is told so, and let go",
    async (t, on) => {
      bench.lift("103");
      await bench.until("it is told", () => on.lines.length > 0);
      await bench.pass(300);
      t.same(await bench.hears(on.lines[0] ?? ""), sound(on, "refusal"));
      await nothingLeft(t, bench);
      t.equal(on.lines.length, 1);
    },
    { needs: "refusal" },
  );

  call("warm line: the receiver is put down, or the line is let go", async (_t, on) => {
    for (const release of [false, true]) {
      bench.lift("101");
      const before = on.lines.length;
      await bench.until("it is told", () => on.lines.length > before);
      const lineId = on.lines.at(-1) ?? "";
      await bench.pass(300);
      if (release) on.telephony.releaseLine(lineId);
      else await bench.hangUp(lineId);
      await bench.until("dropped", () => on.lines.at(-1) === `no ${lineId}`);
    }
  });

  /** An agent lifts the receiver to be given calls. */
  const lifts = async (on: ReturnType<typeof telephonyOn>) => {
    on.lifting.for = "waits";
    bench.lift("101");
    await bench.until("it is told", () => on.lines.length > 0);
    await bench.pass(300);
    return { agent: "anna", telephone: "101", lineId: on.lines[0] ?? "" };
  };

  call(
    "the visitor first: joined with an agent on the line, one after the other",
    async (t, on) => {
      const anna = await lifts(on);
      t.same(await bench.hears(anna.lineId), [], "who waits for calls hears nothing");
      for (const round of [1, 2]) {
        const { id, state, legs } = startDialling(on.telephony);
        t.equal(state, "dialling");
        t.match(legs, [{ party: "visitor", state: "dialling" }]);
        t.equal(await on.telephony.connect(id, anna), "too_late", "nobody is there yet");
        await inState(on, id, "waiting");
        if (round === 1) t.same(await bench.hears(`${id}.visitor`), []);
        t.equal(await on.telephony.connect(id, anna), "done");
        t.equal(on.last(id)?.state, "joined");
        t.same(await hearing(on, id), { visitor: ["agent"], agent: ["visitor"] });
        t.equal(await on.telephony.connect(id, anna), "too_late");
        await bench.hangUp(`${id}.visitor`);
        await inState(on, id, "ended");
        t.same(on.last(id)?.end, { party: "visitor", reason: "hung_up" });
        t.equal(on.lines.length, 1 + round, "the receiver is in the agent's hand still");
      }
      t.same(await bench.hears(anna.lineId), [], "and the line is silent again");
      on.telephony.releaseLine(anna.lineId);
      await bench.until("dropped", () => on.lines.at(-1) === `no ${anna.lineId}`);
    },
  );

  call("the visitor first, and the agent hangs up in the end", async (t, on) => {
    const anna = await lifts(on);
    const { id } = startDialling(on.telephony);
    await inState(on, id, "waiting");
    await on.telephony.connect(id, anna);
    await bench.hangUp(anna.lineId);
    await inState(on, id, "ended");
    t.same(on.last(id)?.end, { party: "agent", reason: "hung_up" });
    t.same(on.lines, [anna.lineId], "his line is gone with it");
    const next = startDialling(on.telephony);
    await inState(on, next.id, "waiting");
    t.equal(await on.telephony.connect(next.id, anna), "failed", "he cannot be joined any more");
    t.equal(on.last(next.id)?.state, "waiting");
    on.telephony.release(next.id);
  });

  call("the visitor first, and nobody is free: he is told so, and let go", async (t, on) => {
    const { id } = startDialling(on.telephony);
    await inState(on, id, "waiting");
    t.equal(await on.telephony.turnAway(id), "done");
    if (on.abilities().has("nobody_free")) {
      t.equal(on.last(id)?.state, "announcing");
      t.same(await bench.hears(`${id}.visitor`), ["nobody_free"]);
    }
    await inState(on, id, "ended");
    t.same(on.last(id)?.end, { party: "agent", reason: "released" });
    t.equal(on.last(id)?.joinedMs, undefined);
    t.equal(await on.telephony.turnAway(id), "too_late");
  });

  call("the visitor first, and he is not reached, or hangs up", async (t, on) => {
    const busy = startDialling(on.telephony, numberDoing("486"));
    await inState(on, busy.id, "ended");
    t.same(on.last(busy.id)?.end, { party: "visitor", reason: "busy" });
    const { id } = startDialling(on.telephony);
    await inState(on, id, "waiting");
    await bench.hangUp(`${id}.visitor`);
    await inState(on, id, "ended");
    t.same(on.last(id)?.end, { party: "visitor", reason: "hung_up" });
    const ringing = startDialling(on.telephony, numberDoing("408"));
    await bench.until("it rings", () => on.last(ringing.id)?.legs[0]?.state === "ringing");
    on.telephony.release(ringing.id);
  });

  for (const state of ["dialling", "waiting"] as const) {
    call(`our process is killed while ${state}: the next one finds the call`, async (t, on) => {
      const { id } = startDialling(
        on.telephony,
        state === "dialling" ? numberDoing("408") : ANSWERS,
      );
      await inState(on, id, state);
      await bench.until("it is written down", () => on.kept.get(id)?.state === state);
      const found = [...on.kept.values()];
      on.kept.clear();
      await bench.kill();
      const after = telephonyOn(bench, RING_TIMEOUT_MS, found);
      await bench.until("the exchange is up", () => after.telephony.up());
      t.equal(after.telephony.call(id)?.state, state);
      after.telephony.release(id);
      await nothingLeft(t, bench);
      await after.telephony[Symbol.asyncDispose]();
      for (const one of on.telephony.calls()) on.telephony.release(one.id);
      await bench.pass(50);
    });
  }

  for (const state of ["joined", "held", "calling_visitor"] as const) {
    call(
      `our process is killed while ${state}: the next one goes on with the call`,
      async (t, on) => {
        const number = state === "calling_visitor" ? numberDoing("408") : ANSWERS;
        const { id } = startCall(on.telephony, "101", number);
        await inState(on, id, state === "held" ? "joined" : state);
        if (state === "held") await on.telephony.hold(id);
        await bench.until("it is written down", () => on.kept.get(id)?.state === state);
        const found = [...on.kept.values()];
        on.kept.clear();
        await bench.kill();
        const after = telephonyOn(bench, RING_TIMEOUT_MS, found);
        t.equal(after.telephony.call(id)?.state, state, "known before the exchange is reached");
        await bench.until("the exchange is up", () => after.telephony.up());
        await bench.pass(200);
        t.equal(after.telephony.call(id)?.state, state);
        if (state !== "calling_visitor") {
          t.same(
            await bench.hears(`${id}.visitor`),
            state === "held" ? sound(after, "music") : ["agent"],
          );
          if (state === "held") t.equal(await after.telephony.resume(id), "done");
          t.same(await bench.hears(`${id}.agent`), ["visitor"], "they talk");
        }
        after.telephony.release(id);
        await nothingLeft(t, bench);
        await after.telephony[Symbol.asyncDispose]();
        for (const one of on.telephony.calls()) on.telephony.release(one.id);
        await bench.pass(50);
      },
    );
  }

  void t.test("our process is killed before a call is written down: it is let go", async (t) => {
    const before = telephonyOn(bench);
    await bench.until("the exchange is up", () => before.telephony.up());
    const { id } = startCall(before.telephony);
    await bench.until("joined", () => before.last(id)?.state === "joined");
    await bench.kill();
    const after = telephonyOn(bench);
    await bench.until("the exchange is up", () => after.telephony.up());
    await nothingLeft(t, bench);
    await after.telephony[Symbol.asyncDispose]();
    await before.telephony[Symbol.asyncDispose]();
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
