/** Desk and telephony over an exchange in memory, wired as the engine wires them: it can be killed, and started again. */
import { createMemorySwitch } from "../../src/cti/memory/switch.ts";
import type { Switch, SwitchEvent } from "../../src/cti/switch.ts";
import { createTelephony } from "../../src/cti/telephony.ts";
import type { AutomaticCalls } from "../../src/model/automatic-calls.ts";
import type { Call, Destination } from "../../src/model/call.ts";
import type { Clock, Timer } from "../../src/model/clock.ts";
import { openStore } from "../../src/store/open.ts";
import { FakeClock } from "../fake-clock.ts";
import { settled, type Stand, stand } from "./stand.ts";

type Store = Awaited<ReturnType<typeof openStore>>;

/** What outlives an engine: the clock, the disk, and the exchange with the telephones. */
export async function createPlant(
  automatic?: AutomaticCalls,
  predictive: Pick<NonNullable<Parameters<typeof stand>[0]>, "law" | "pacer" | "expected"> = {},
) {
  const clock = new FakeClock();
  const store = await openStore(":memory:");
  /** Where each leg leads to that was ever dialled, or came in. */
  const led = new Map<string, string>();
  const errors: string[] = [];
  let listener: (event: SwitchEvent) => void = () => undefined;
  const exchange = createMemorySwitch({ answerAfterMs: 200 }, clock, (event) => listener(event));
  let wired = true;
  let ids = 0;

  /** The exchange can be reached, or not. */
  const connected = (up: boolean) => {
    wired = up;
    exchange.connected(up);
  };

  async function start() {
    const life = mortal(clock, store);
    const log = {
      debug() {},
      info() {},
      warn() {},
      error: (fields: object, message: string) =>
        void errors.push(`${message} ${JSON.stringify(fields)}`),
    };
    let s: Stand | undefined;
    const early: Call[] = [];
    const telephony = createTelephony(
      { ringTimeoutMs: 20_000, caller: () => ({ number: "+49301", name: "Crema" }) },
      {
        clock: life.clock,
        log,
        metrics: { callStarted() {}, callEnded() {}, switchUp() {} },
        calls: { changed: (call) => (s ? s.desk.callChanged(call) : void early.push(call)) },
        lines: {
          lifted: (lineId, telephone) => s?.desk.warmLine.lifted(lineId, telephone) ?? "refused",
          dropped: (lineId) => s?.desk.warmLine.dropped(lineId),
        },
        records: life.records,
        switches: { changed: (up) => s?.desk.switchChanged(up) },
        connect(heard) {
          listener = heard;
          if (wired) clock.after(0, () => wired && exchange.connected(true));
          return life.only(noting(exchange));
        },
      },
      await store.openCalls(),
    );
    s = await stand({
      clock,
      deskClock: life.clock,
      records: life.records,
      telephony,
      randomId: () => `id${++ids}`,
      ...(automatic && { automatic }),
      ...predictive,
    });
    for (const call of early) s.desk.callChanged(call);
    s.desk.switchChanged(telephony.up());
    return { ...s, telephony, kill: () => life.kill() };
  }

  function noting(real: Switch): Switch & AsyncDisposable {
    const note = (legId: string, to: Destination) =>
      led.set(
        legId,
        to.kind === "agent" ? to.telephone : to.kind === "public" ? to.number : to.line,
      );
    return {
      ...real,
      originate(order) {
        note(order.legId, order.to);
        return real.originate(order);
      },
      async [Symbol.asyncDispose]() {},
    };
  }

  let engine = await start();
  clock.advance(0);
  return {
    clock,
    store,
    exchange,
    led,
    errors,
    connected,
    wired: () => wired,
    engine: () => engine,
    async lift(telephone: string) {
      led.set(exchange.lift(telephone), telephone);
      clock.advance(0);
      await settled();
    },
    /** Killed, or told to stop; then started again. */
    async restart(how: "killed" | "stopped") {
      if (how === "stopped") {
        await engine[Symbol.asyncDispose]();
        await engine.telephony[Symbol.asyncDispose]();
      }
      engine.kill();
      listener = () => undefined;
      exchange.connected(false);
      const visits = [...engine.visits];
      engine = await start();
      for (const [id, session] of visits) engine.visits.set(id, session);
    },
    async pass(ms: number) {
      clock.advance(ms);
      await settled();
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await engine.telephony[Symbol.asyncDispose]();
      engine.kill();
      await exchange[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

export type Plant = Awaited<ReturnType<typeof createPlant>>;

/** What a process has of the world until it is killed: then its timers do not fire, and what it orders is not heard. */
function mortal(clock: FakeClock, store: Store) {
  let alive = true;
  const timers = new Set<Timer>();
  const only = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, key): unknown {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== "function") return value;
        return (...args: unknown[]): unknown =>
          alive ? Reflect.apply(value, target, args) : new Promise(() => undefined);
      },
    });
  const mine: Clock = {
    nowMs: () => clock.nowMs(),
    steadyMs: () => clock.steadyMs(),
    after(ms, callback) {
      if (!alive) return { [Symbol.dispose]() {} };
      const timer = clock.after(ms, () => {
        timers.delete(timer);
        callback();
      });
      timers.add(timer);
      return {
        [Symbol.dispose]() {
          timers.delete(timer);
          timer[Symbol.dispose]();
        },
      };
    },
  };
  return {
    clock: mine,
    records: only({ ...store, async [Symbol.asyncDispose]() {} }),
    only,
    /** Gives how many timers were left. */
    kill() {
      alive = false;
      const left = timers.size;
      for (const timer of timers) timer[Symbol.dispose]();
      return left;
    },
  };
}
