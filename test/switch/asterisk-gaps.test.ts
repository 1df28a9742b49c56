/** What becomes of calls when the exchange, the wire to it, or we ourselves go away for a while. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import t from "tap";
import { WebSocket, WebSocketServer } from "ws";
import type { SwitchError, SwitchEvent } from "../../src/cti/switch.ts";
import { asteriskBench } from "./asterisk-bench.ts";
import { nothingLeft, startCall, telephonyOn } from "./contract.ts";
import { startRelay } from "./relay.ts";

const RINGS = "+4930123408";
const bench = await asteriskBench(["101", "408"]);
const { exchange } = bench;
t.teardown(() => bench[Symbol.asyncDispose]());

/** Calls over a wire that can be cut. */
async function overRelay(ringTimeoutMs?: number) {
  const relay = await startRelay(Number(new URL(exchange.ari.url).port));
  const url = `http://127.0.0.1:${relay.port}/ari`;
  const on = telephonyOn(
    { clock: bench.clock, connect: (listener) => bench.connectWith({ url }, listener) },
    ringTimeoutMs,
  );
  await bench.until("the exchange is up", () => on.telephony.up());
  return {
    ...on,
    relay,
    async [Symbol.asyncDispose]() {
      await on.telephony[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
    },
  };
}

t.test("the wire breaks while two talk: they go on, and so does the call", async (t) => {
  await using on = await overRelay();
  const { id } = startCall(on.telephony);
  await bench.until("joined", () => on.last(id)?.state === "joined");
  on.relay.cut();
  await bench.until("down is noticed", () => !on.telephony.up());
  t.equal(on.telephony.call(id)?.state, "joined");
  t.same(await bench.hears(`${id}.agent`), ["visitor"], "they still talk");

  const refused = startCall(on.telephony);
  await bench.until("a new call is refused", () => on.last(refused.id)?.state === "ended");
  t.same(on.last(refused.id)?.end, { party: "agent", reason: "switch_down" });

  on.relay.mend();
  await bench.until("up again", () => on.telephony.up());
  t.equal(on.telephony.call(id)?.state, "joined");
  t.same(on.ups, [true, false, true]);
  on.telephony.release(id);
  await nothingLeft(t, bench);
});

t.test("asked before it has been looked what is there: no leg is said to be gone", async (t) => {
  const on = telephonyOn(bench);
  await bench.until("the exchange is up", () => on.telephony.up());
  const { id } = startCall(on.telephony);
  await bench.until("joined", () => on.last(id)?.state === "joined");
  const visitor = `${id}.visitor`;
  // As after the process was killed: the next one knows nothing of its legs.
  const events: SwitchEvent[] = [];
  await using next = bench.connectWith({}, (event) => void events.push(event));
  const isUp = () => events.some(({ type }) => type === "up");
  const refusals = new Set<string>();
  while (!isUp()) {
    await next.play(visitor, "music").catch((error: SwitchError) => refusals.add(error.code));
    await bench.pass(1);
  }
  t.same([...refusals], ["WL_SWITCH_DOWN"]);
  await next.play(visitor, "music");
  t.same(await bench.hears(visitor), ["music"]);
  await next.release(visitor);
  await next.release(`${id}.agent`);
  await next.dissolve(`${id}.bridge`);
  await on.telephony[Symbol.asyncDispose]();
  await nothingLeft(t, bench);
});

t.test("released while the wire is broken: it is done when it is mended", async (t) => {
  await using on = await overRelay();
  const { id } = startCall(on.telephony);
  await bench.until("joined", () => on.last(id)?.state === "joined");
  on.relay.cut();
  await bench.until("down is noticed", () => !on.telephony.up());
  on.telephony.release(id);
  t.same(on.last(id)?.end, { party: "agent", reason: "released" });
  t.not((await bench.leftOver()).length, 0);
  on.relay.mend();
  await bench.until("up again", () => on.telephony.up());
  await nothingLeft(t, bench);
});

t.test("a leg ends while the wire is broken: the call ends when it is mended", async (t) => {
  await using on = await overRelay(20_000);
  const { id } = startCall(on.telephony, "101", RINGS);
  await bench.until("it rings", () => on.last(id)?.legs[1]?.state === "ringing");
  on.relay.cut();
  await bench.until("down is noticed", () => !on.telephony.up());
  await exchange.request("DELETE", `/channels/warmline.${id}.agent`);
  on.relay.mend();
  await bench.until("ended", () => on.last(id)?.state === "ended");
  t.same(on.last(id)?.end, { party: "agent", reason: "unseen" });
  await nothingLeft(t, bench);
});

t.test("who answers is there when the exchange has given us the channel, not before", async (t) => {
  // Between the two events joining is refused; on a busy exchange there is time for that.
  const held: (() => void)[] = [];
  let heldBack: RegExp | undefined = /"type": ?"StasisStart"/;
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (ours, request) => {
    const url = exchange.ari.url.replace(/^http/, "ws").replace(/\/ari$/, request.url ?? "");
    const theirs = new WebSocket(url, { auth: `${exchange.ari.user}:${exchange.ari.password}` });
    const isOpen = once(theirs, "open");
    ours.on("message", (data: Buffer) => void isOpen.then(() => theirs.send(data.toString())));
    theirs.on("message", (data: Buffer) => {
      const go = () => ours.send(data.toString());
      if (heldBack?.test(data.toString())) held.push(go);
      else go();
    });
    ours.on("close", () => theirs.close());
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const said: string[] = [];
  const driver = bench.connectWith({ url: `http://127.0.0.1:${port}/ari` }, (event) => {
    said.push(event.type);
  });
  await bench.until("up", () => said.includes("up"));
  const from = { number: "+4930123999", name: "Crema" };
  const to = { kind: "agent", telephone: "101" } as const;
  await driver.originate({ legId: "early", to, from, ringTimeoutMs: 20_000 });
  await bench.until("the channel is ours", () => held.length > 0);
  const state = await exchange.request("GET", "/channels/warmline.early");
  t.match(await state.json(), { state: "Up" });
  await bench.pass(50);
  t.notOk(said.includes("answered"), "answered, but not ours yet");
  heldBack = undefined;
  for (const go of held) go();
  await bench.until("answered", () => said.includes("answered"));
  await driver.release("early");
  await bench.until("ended", () => said.includes("ended"));
  await driver[Symbol.asyncDispose]();
  server.close();
  await nothingLeft(t, bench);
});

t.test("what others do on the same exchange is left alone", async (t) => {
  const theirs = { endpoint: "PJSIP/408", app: "another", channelId: "another.1", timeout: "20" };
  await using on = await overRelay();
  await exchange.request("POST", "/channels", theirs);
  on.relay.cut();
  await bench.until("down is noticed", () => !on.telephony.up());
  on.relay.mend();
  await bench.until("up again", () => on.telephony.up());
  await bench.pass(200);
  t.same(await bench.leftOver(), ["another.1"]);
  await exchange.request("DELETE", "/channels/another.1");
  await nothingLeft(t, bench);
});

t.test("the exchange is killed in mid-call, and started again", async (t) => {
  const on = telephonyOn(bench);
  await bench.until("the exchange is up", () => on.telephony.up());
  const { id } = startCall(on.telephony);
  await bench.until("joined", () => on.last(id)?.state === "joined");
  await exchange.crash();
  await bench.until("down is noticed", () => !on.telephony.up());
  t.equal(on.telephony.call(id)?.state, "joined", "nobody knows yet whether they still talk");
  await exchange.boot();
  await bench.until("ended", () => on.last(id)?.state === "ended", 20_000);
  t.same(on.last(id)?.end, { party: "agent", reason: "unseen" });
  t.same(on.counted, ["started", "unseen"]);
  // Calls that are gone are told while the rest is still being looked at.
  await bench.until("the exchange is up again", () => on.telephony.up());
  await on.telephony[Symbol.asyncDispose]();
  await nothingLeft(t, bench);
});

t.test("started while the exchange is away: says so once, and goes on trying", async (t) => {
  const relay = await startRelay(Number(new URL(exchange.ari.url).port));
  relay.cut();
  const from = bench.logged.length;
  const events: SwitchEvent[] = [];
  const url = `http://someone:secret@127.0.0.1:${relay.port}/ari`;
  const driver = bench.connectWith({ url }, (event) => events.push(event));
  await bench.until("it tells", () => events.length > 0);
  await bench.pass(1_000);
  t.same(events, [{ type: "down" }]);
  const warnings = bench.logged.slice(from);
  t.equal(warnings.length, 1);
  t.match(warnings[0]?.message, /cannot be reached/);
  t.match(JSON.stringify(warnings), new RegExp(`127.0.0.1:${relay.port}`));
  t.notMatch(JSON.stringify(warnings), /secret/);
  relay.mend();
  await bench.until("up", () => events.at(-1)?.type === "up");
  await driver[Symbol.asyncDispose]();
  await relay[Symbol.asyncDispose]();
});

t.test("a wrong password: the log says what to mend", async (t) => {
  const from = bench.logged.length;
  const events: SwitchEvent[] = [];
  const driver = bench.connectWith({ password: "wrong" }, (event) => events.push(event));
  await bench.until("it tells", () => events.length > 0);
  t.same(events, [{ type: "down" }]);
  t.match(JSON.stringify(bench.logged.slice(from)), /switch.user and switch.password/);
  t.notMatch(JSON.stringify(bench.logged), /"wrong"/);
  await driver[Symbol.asyncDispose]();
});
