/** What the contract suite cannot bring about: exchanges that fail at the worst moment. */
import t from "tap";
import { FakeClock } from "../../test/fake-clock.ts";
import type { Call } from "../model/call.ts";
import { createTelephony } from "./telephony.ts";
import { ALL_ABILITIES, type Switch, SwitchError, type SwitchEvent } from "./switch.ts";

const quiet = () => undefined;
const order = {
  callId: "c1",
  interactionId: "i1",
  agent: "anna",
  telephone: "101",
  number: "+4930123000",
  site: "shop",
};

/** An exchange that does nothing by itself, and refuses what it is told to refuse. */
function scripted() {
  const orders: string[] = [];
  const history: Call[] = [];
  const lifted: string[] = [];
  const refuse = new Map<string, SwitchError>();
  const slow = new Map<string, Promise<void>>();
  let tell: (event: SwitchEvent) => void = quiet;
  const take = async (verb: string, what: string) => {
    orders.push(`${verb} ${what}`);
    await slow.get(verb);
    const error = refuse.get(verb);
    if (error) throw error;
  };
  const exchange: Switch & AsyncDisposable = {
    abilities: ALL_ABILITIES,
    originate: ({ legId }) => take("originate", legId),
    answer: (legId) => take("answer", legId),
    join: (bridgeId) => take("join", bridgeId),
    play: (legId, sound) => take("play", `${legId} ${sound}`),
    sendDigits: (legId) => take("sendDigits", legId),
    release: (legId) => take("release", legId),
    dissolve: (bridgeId) => take("dissolve", bridgeId),
    [Symbol.asyncDispose]: () => take("dispose", "all"),
  };
  const telephony = createTelephony(
    { ringTimeoutMs: 1_000, caller: () => ({ number: "", name: "Crema" }) },
    {
      clock: new FakeClock(),
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      metrics: { callStarted: quiet, callEnded: quiet, switchUp: quiet },
      calls: { changed: (call) => void history.push(call) },
      lines: {
        lifted: (lineId) => (lifted.push(lineId) > 0 ? "chooses" : "refused"),
        dropped: quiet,
      },
      records: { saveCalls: async () => undefined, openCalls: async () => [] },
      connect(listener) {
        tell = listener;
        return exchange;
      },
    },
  );
  const say = async (event: SwitchEvent) => {
    tell(event);
    await new Promise(setImmediate);
  };
  return { telephony, orders, history, lifted, refuse, slow, say };
}

const answered = (legId: string): SwitchEvent => ({ type: "answered", legId });
const down = new SwitchError("WL_SWITCH_DOWN", "away");

async function bothAnswered(on: ReturnType<typeof scripted>): Promise<void> {
  await on.say({ type: "up", legs: [], bridges: [] });
  on.telephony.clickToCall(order);
  await on.say(answered("c1.agent"));
  await on.say(answered("c1.visitor"));
}

t.test("never connected: a call ends at once, after it was given", async (t) => {
  const { telephony, history, orders } = scripted();
  t.equal(telephony.up(), false);
  t.equal(telephony.clickToCall(order).state, "calling_agent");
  t.same(history, []);
  await new Promise(setImmediate);
  t.match(history, [{ state: "ended", end: { party: "agent", reason: "switch_down" } }]);
  t.notOk(orders.some((o) => o.startsWith("originate")));
});

t.test("the exchange goes away when the visitor is to be dialled", async (t) => {
  const on = scripted();
  await on.say({ type: "up", legs: [], bridges: [] });
  on.telephony.clickToCall(order);
  await on.say({ type: "ringing", legId: "c1.agent" });
  on.refuse.set("originate", down);
  await on.say(answered("c1.agent"));
  t.match(on.history.at(-1), { end: { party: "visitor", reason: "switch_down" } });
  t.ok(on.orders.includes("release c1.agent"), "the agent is not left alone");
});

t.test(
  "the exchange goes away when the two are to be joined: they are when it is back",
  async (t) => {
    const on = scripted();
    on.refuse.set("join", down);
    await bothAnswered(on);
    t.equal(on.telephony.call("c1")?.state, "calling_visitor");
    await on.say({ type: "down" });
    on.refuse.clear();
    await on.say({ type: "up", legs: ["c1.agent", "c1.visitor"], bridges: [] });
    t.equal(on.telephony.call("c1")?.state, "joined");
    t.equal(on.orders.filter((o) => o === "join c1.bridge").length, 2);
  },
);

t.test("the exchange is back while the visitor is put on hold: he is, once more", async (t) => {
  const on = scripted();
  await bothAnswered(on);
  const played = Promise.withResolvers<void>();
  on.slow.set("play", played.promise);
  const holding = on.telephony.hold("c1");
  await on.say({ type: "up", legs: ["c1.agent", "c1.visitor"], bridges: ["c1.bridge"] });
  on.orders.length = 0;
  played.resolve();
  t.equal(await holding, "done");
  await new Promise(setImmediate);
  t.same(
    on.orders,
    ["play c1.visitor music", "join c1.bridge"],
    "what was done before may have been undone",
  );
});

t.test("the exchange cannot join: both are released, nothing is left", async (t) => {
  const on = scripted();
  on.refuse.set("join", new SwitchError("WL_SWITCH_REFUSED", "no"));
  await bothAnswered(on);
  t.match(on.history.at(-1), { end: { reason: "network_trouble" } });
  t.same(on.orders.slice(-3).sort(), [
    "dissolve c1.bridge",
    "release c1.agent",
    "release c1.visitor",
  ]);
});

t.test(
  "released while the two are being joined: the bridge does not outlive the call",
  async (t) => {
    const on = scripted();
    await on.say({ type: "up", legs: [], bridges: [] });
    on.telephony.clickToCall(order);
    await on.say(answered("c1.agent"));
    const joining = on.say(answered("c1.visitor"));
    on.telephony.release("c1");
    await joining;
    t.equal(on.orders.at(-1), "dissolve c1.bridge");
    t.equal(on.history.filter((call) => call.state === "ended").length, 1);
    t.notOk(on.history.some((call) => call.state === "joined"));
  },
);

t.test(
  "a call that is not for the warm line: nobody is asked, it is told so and let go",
  async (t) => {
    const on = scripted();
    await on.say({ type: "up", legs: [], bridges: [] });
    await on.say({ type: "misdialled", legId: "in.1" });
    await on.say(answered("in.1"));
    await on.say({ type: "played", legId: "in.1" });
    t.same(on.orders, ["answer in.1", "play in.1 refusal", "release in.1"]);
    t.same(on.lifted, []);
  },
);

t.test("an id is used once", async (t) => {
  const on = scripted();
  await on.say({ type: "up", legs: [], bridges: [] });
  on.telephony.clickToCall(order);
  t.throws(() => on.telephony.clickToCall(order), /c1/);
});

t.test("disposed: who talks goes on, who is being called is released", async (t) => {
  const on = scripted();
  await bothAnswered(on);
  on.telephony.clickToCall({ ...order, callId: "c2" });
  await new Promise(setImmediate);
  await on.telephony[Symbol.asyncDispose]();
  t.same(on.orders.slice(-2), ["release c2.agent", "dispose all"]);
});
