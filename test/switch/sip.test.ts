// The SIP driver against a peer that says exactly what a test wants: what real telephones do rarely, or never.
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { createSipSwitch, incomingLegId, type SipOptions } from "../../src/cti/sip/switch.ts";
import type { Origination, SwitchEvent } from "../../src/cti/switch.ts";
import { systemClock } from "../../src/model/clock.ts";
import { type Heard, sdp, startPeer } from "./sip-peer.ts";

const T1_MS = 40;

/** A driver on a trunk that says yes to OPTIONS, and is up. */
async function trunk(
  t: Test,
  options: Partial<SipOptions> = {},
  auto: Parameters<typeof startPeer>[0] = (request) =>
    request.start.startsWith("OPTIONS") ? "200 OK" : undefined,
) {
  const peer = await startPeer(auto);
  const events: SwitchEvent[] = [];
  const logged: { fields: object; message: string }[] = [];
  const note = (fields: object, message: string) => void logged.push({ fields, message });
  const kept = new Map<string, string>();
  const exchange = createSipSwitch(
    {
      transport: "udp",
      listen: { host: "127.0.0.1", port: 0 },
      server: { host: "127.0.0.1", port: peer.port },
      user: "4930123999",
      password: "secret",
      domain: "trunk.example",
      register: false,
      expiresMs: 60_000,
      timing: { t1Ms: T1_MS, t2Ms: 4 * T1_MS, t4Ms: 4 * T1_MS },
      ...options,
    },
    {
      clock: systemClock,
      log: { debug: note, info: note, warn: note, error: note },
      records: {
        async saveDialogs(legs) {
          for (const [legId, leg] of legs) {
            if (leg === undefined) kept.delete(legId);
            else kept.set(legId, leg);
          }
        },
        openDialogs: async () => ({}),
      },
    },
    (event) => events.push(event),
  );
  t.teardown(async () => {
    await exchange[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });
  const told = async (type: SwitchEvent["type"], count = 1, limitMs = 8_000) => {
    const those = () => events.filter((event) => event.type === type);
    for (const limit = Date.now() + limitMs; those().length < count; await sleep(5)) {
      if (Date.now() > limit) throw new Error(`waited in vain for ${type}`);
    }
    return those()[count - 1];
  };
  return { peer, exchange, events, logged, kept, told };
}

const order = (
  legId: string,
  number = "+4930123000",
  more: Partial<Origination> = {},
): Origination => ({
  legId,
  to: { kind: "public", number },
  from: { number: "+4930123999", name: "Crema" },
  ringTimeoutMs: 5_000,
  ...more,
});

/** A telephone is called and answers. Gives its INVITE. */
async function answered(
  on: Awaited<ReturnType<typeof trunk>>,
  legId: string,
  port: number,
  headers: string[] = [],
) {
  await on.told("up");
  await on.exchange.originate(order(legId));
  const invite = await on.peer.next(/^INVITE/);
  const before = on.events.filter(({ type }) => type === "answered").length;
  on.peer.reply(invite, "180 Ringing", { tag: legId });
  on.peer.reply(invite, "200 OK", {
    tag: legId,
    body: sdp(port),
    headers: ["Allow: INVITE, ACK, BYE, UPDATE", ...headers],
  });
  await on.told("answered", before + 1);
  return invite;
}

/** Two telephones that are joined; what each was told last. */
async function joined(on: Awaited<ReturnType<typeof trunk>>) {
  const agent = await answered(on, "agent", 4_000);
  t.match((await on.peer.next(/^ACK/)).body, "a=inactive", "it waits in silence");
  const visitor = await answered(on, "visitor", 5_000);
  const done = on.exchange.join("bridge", ["agent", "visitor"]);
  const offer = await on.peer.next(/^INVITE/);
  on.peer.reply(offer, "200 OK", { body: sdp(4_000, "sendrecv", 2) });
  await on.peer.next(/^ACK/);
  const ack = await on.peer.next(/^ACK/);
  await done;
  return { agent, visitor, offer, ack };
}

const callIdOf = (message: Heard) => message.one("Call-ID");

t.test("flow IV (RFC 3725): nobody is told of the other until both are there", async (t) => {
  const on = await trunk(t);
  const { agent, visitor, offer, ack } = await joined(on);
  t.equal(agent.body, "", "the agent's telephone is asked for its offer");
  t.equal(visitor.body, "", "so is the visitor's");
  t.equal(callIdOf(offer), callIdOf(agent));
  t.match(offer.body, "m=audio 5000", "the agent's is offered the visitor's sound");
  t.equal(callIdOf(ack), callIdOf(visitor));
  t.match(ack.body, "m=audio 4000", "and the visitor's answered with the agent's");
  t.same([...on.kept.keys()].toSorted(), ["agent", "visitor"]);
  for (const legId of ["agent", "visitor"]) {
    await on.exchange.release(legId);
    on.peer.reply(await on.peer.next(/^BYE/), "200 OK");
  }
  await on.told("ended", 2);
  t.same([...on.kept], []);
});

t.test(
  "a telephone puts the call on hold, and takes it up again: the other one is told",
  async (t) => {
    const on = await trunk(t);
    const { agent, visitor } = await joined(on);
    let version = 2;
    for (const [direction, opposite] of [
      ["sendonly", "recvonly"],
      ["sendrecv", "sendrecv"],
    ] as const) {
      on.peer.ask(agent, "INVITE", { tag: "agent", body: sdp(4_000, direction, ++version) });
      const told = await on.peer.next(/^INVITE/);
      t.equal(callIdOf(told), callIdOf(visitor));
      t.match(told.body, `a=${direction}`);
      on.peer.reply(told, "200 OK", { body: sdp(5_000, opposite, version) });
      const answer = await on.peer.next(/^SIP\/2.0 200/);
      t.match(answer.one("CSeq"), "INVITE");
      t.match(answer.body, `a=${opposite}`);
      on.peer.ask(agent, "ACK", { tag: "agent", seq: Number.parseInt(answer.one("CSeq")) });
    }
  },
);

t.test("the same description again is a refresh, and nobody else's business", async (t) => {
  const on = await trunk(t);
  const { agent } = await joined(on);
  on.peer.ask(agent, "INVITE", { tag: "agent", body: sdp(4_000, "sendrecv", 2) });
  const answer = await on.peer.next(/^SIP\/2.0 200/);
  t.match(answer.body, "m=audio 5000");
  on.peer.ask(agent, "ACK", { tag: "agent", seq: Number.parseInt(answer.one("CSeq")) });
  await sleep(5 * T1_MS);
  t.equal(on.peer.heard.filter(({ start }) => start.startsWith("INVITE")).length, 3);
});

t.test("offers that cross (491) are made again", async (t) => {
  const on = await trunk(t);
  const agent = await answered(on, "agent", 4_000);
  await on.peer.next(/^ACK/);
  await answered(on, "visitor", 5_000);
  const done = on.exchange.join("bridge", ["agent", "visitor"]);
  const offer = await on.peer.next(/^INVITE/);
  on.peer.ask(agent, "INVITE", { tag: "agent", body: sdp(4_000, "sendonly", 2) });
  const refused = await on.peer.next(/^SIP\/2.0 491/);
  t.equal(callIdOf(refused), callIdOf(agent));
  on.peer.reply(offer, "491 Request Pending");
  await on.peer.next(/^ACK/);
  const again = await on.peer.next(/^INVITE/);
  t.not(again.one("CSeq"), offer.one("CSeq"));
  on.peer.reply(again, "200 OK", { body: sdp(4_000, "sendrecv", 3) });
  await done;
});

t.test("an answer that crosses our CANCEL: acknowledged, and hung up at once", async (t) => {
  const on = await trunk(t);
  await on.told("up");
  await on.exchange.originate(order("leg", undefined, { ringTimeoutMs: 100 }));
  const invite = await on.peer.next(/^INVITE/);
  on.peer.reply(invite, "180 Ringing");
  const cancel = await on.peer.next(/^CANCEL/);
  t.equal(cancel.one("Via"), invite.one("Via"), "of the same branch");
  on.peer.reply(invite, "200 OK", { body: sdp(4_000) });
  on.peer.reply(cancel, "481 Call/Transaction Does Not Exist");
  t.match((await on.peer.next(/^ACK/)).body, "a=inactive");
  on.peer.reply(await on.peer.next(/^BYE/), "200 OK");
  t.match(await on.told("ended"), { legId: "leg", end: "no_answer" });
  t.same(
    on.events.filter(({ type }) => type === "answered"),
    [],
  );
});

t.test("before anything has come back, CANCEL waits (RFC 3261, section 9.1)", async (t) => {
  const on = await trunk(t);
  await on.told("up");
  await on.exchange.originate(order("leg"));
  const invite = await on.peer.next(/^INVITE/);
  await on.exchange.release("leg");
  await sleep(2 * T1_MS);
  t.notOk(on.peer.heard.some(({ start }) => start.startsWith("CANCEL")));
  on.peer.reply(invite, "100 Trying");
  on.peer.reply(await on.peer.next(/^CANCEL/), "200 OK");
  on.peer.reply(invite, "487 Request Terminated");
  await on.peer.next(/^ACK/);
  t.match(await on.told("ended"), { end: "released" });
});

t.test(
  "a 2xx that comes again gets its ACK again; that of a second telephone gets ACK and BYE",
  async (t) => {
    const on = await trunk(t);
    const invite = await answered(on, "leg", 4_000);
    const first = await on.peer.next(/^ACK/);
    on.peer.reply(invite, "200 OK", { tag: "leg", body: sdp(4_000) });
    const again = await on.peer.next(/^ACK/);
    t.equal(again.one("CSeq"), first.one("CSeq"));
    t.equal(again.body, first.body);
    on.peer.reply(invite, "200 OK", { tag: "other", body: sdp(6_000) });
    t.match((await on.peer.next(/^ACK/)).one("To"), "tag=other");
    t.match((await on.peer.next(/^BYE/)).one("To"), "tag=other");
    t.same(
      on.events.filter(({ type }) => type === "ended"),
      [],
    );
  },
);

t.test("a challenge to an INVITE is answered; a nonce that got stale too", async (t) => {
  const on = await trunk(t);
  await on.told("up");
  await on.exchange.originate(order("leg"));
  const challenge = (nonce: string, more = "") => [
    `Proxy-Authenticate: Digest realm="r", nonce="${nonce}", qop="auth", algorithm=SHA-256${more}`,
    `Proxy-Authenticate: Digest realm="r", nonce="${nonce}", qop="auth", algorithm=MD5`,
  ];
  on.peer.reply(await on.peer.next(/^INVITE/), "407 Proxy Authentication Required", {
    headers: challenge("one"),
  });
  t.match((await on.peer.next(/^ACK/)).one("CSeq"), "1 ACK");
  const second = await on.peer.next(/^INVITE/);
  t.equal(second.one("CSeq"), "2 INVITE");
  on.peer.reply(second, "407 Proxy Authentication Required", {
    headers: challenge("two", ", stale=true"),
  });
  const third = await on.peer.next(/^INVITE/);
  const value = third.one("Proxy-Authorization");
  t.match(value, /nonce="two".*algorithm=SHA-256.*nc=00000001/);
  t.equal(/ response="(\w+)"/.exec(value)?.[1], expected(value, third));
  on.peer.reply(third, "403 Forbidden");
  t.match(await on.told("ended"), { end: "network_trouble" });
});

/** What the answer to a challenge must be (RFC 7616, section 3.4.1). */
function expected(value: string, request: Heard): string {
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const field = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(value)?.[1] ?? "";
  const [method, uri] = request.start.split(" ");
  const secret = hash(`4930123999:r:secret`);
  return hash(
    `${secret}:${field("nonce")}:${field(" nc")}:${field("cnonce")}:auth:${hash(`${method}:${uri}`)}`,
  );
}

t.test(
  "registration: renewed in time, a longer interval if the trunk wants it, taken back at the end",
  async (t) => {
    const on = await trunk(t, { register: true, expiresMs: 1_000 }, () => undefined);
    const first = await on.peer.next(/^REGISTER sip:trunk.example/);
    t.equal(first.one("Expires"), "1");
    on.peer.reply(first, "423 Interval Too Brief", { headers: ["Min-Expires: 2"] });
    const second = await on.peer.next(/^REGISTER/);
    t.equal(second.one("Expires"), "2");
    t.same(on.events, []);
    on.peer.reply(second, "200 OK", { headers: ["Expires: 2"] });
    await on.told("up");
    const from = Date.now();
    const renewed = await on.peer.next(/^REGISTER/);
    t.ok(Date.now() - from < 2_000, "before it ends");
    t.equal(renewed.one("Call-ID"), first.one("Call-ID"));
    on.peer.reply(renewed, "503 Service Unavailable");
    await on.told("down");
    await t.rejects(on.exchange.originate(order("leg")), { code: "WL_SWITCH_DOWN" });
    on.peer.reply(await on.peer.next(/^REGISTER/), "200 OK");
    await on.told("up", 2);
    const ended = on.exchange[Symbol.asyncDispose]();
    const last = await on.peer.next(/^REGISTER/);
    t.equal(last.one("Expires"), "0");
    on.peer.reply(last, "200 OK");
    await ended;
  },
);

t.test("a password that is refused is told, and not tried again and again", async (t) => {
  let count = 0;
  const on = await trunk(t, { register: true }, (request, peer) => {
    count += 1;
    peer.reply(request, "401 Unauthorized", {
      headers: [`WWW-Authenticate: Digest realm="r", nonce="same"`],
    });
    return undefined;
  });
  await on.told("down");
  t.equal(count, 2);
  t.match(on.logged.at(-1), { fields: { failure: /user and password are refused/ } });
});

t.test(
  "nobody answers an INVITE: network trouble, and the trunk is asked whether it is there",
  async (t) => {
    let there = true;
    const on = await trunk(t, {}, (request) =>
      request.start.startsWith("OPTIONS") && there ? "200 OK" : undefined,
    );
    await on.told("up");
    there = false;
    await on.exchange.originate(order("leg"));
    t.match(await on.told("ended"), { end: "network_trouble" });
    const invites = on.peer.heard.filter(({ start }) => start.startsWith("INVITE"));
    t.ok(invites.length >= 6, `sent ${invites.length} times`);
    t.equal(new Set(invites.map(({ text }) => text)).size, 1, "the same each time");
    await on.told("down");
  },
);

t.test(
  "a session that is on us is refreshed; one that the other end forgets is ended (RFC 4028)",
  async (t) => {
    const on = await trunk(t);
    await answered(on, "ours", 4_000, ["Session-Expires: 1;refresher=uac"]);
    const update = await on.peer.next(/^UPDATE/);
    t.match(update.one("Session-Expires"), "1;refresher=uac");
    on.peer.reply(update, "200 OK", { headers: ["Session-Expires: 1;refresher=uac"] });
    on.peer.reply(await on.peer.next(/^UPDATE/), "481 Call/Transaction Does Not Exist");
    t.match(await on.told("ended"), { legId: "ours", end: "network_trouble" });
    await answered(on, "theirs", 5_000, ["Session-Expires: 1;refresher=uas"]);
    on.peer.reply(await on.peer.next(/^BYE/), "200 OK");
    t.match(await on.told("ended", 2), { legId: "theirs", end: "network_trouble" });
  },
);

t.test(
  "what a telephone may not ask: a transfer of its own, a dialog that is not there",
  async (t) => {
    const on = await trunk(t);
    const invite = await answered(on, "leg", 4_000);
    on.peer.ask(invite, "REFER", {
      tag: "leg",
      headers: ["Refer-To: <sip:+4990012345@trunk.example>"],
    });
    t.match((await on.peer.next(/^SIP\/2.0 405/)).one("Allow"), /^(?!.*REFER)/);
    on.peer.ask(invite, "BYE", { tag: "guessed" });
    await on.peer.next(/^SIP\/2.0 481/);
    on.peer.ask(invite, "OPTIONS", { tag: "leg" });
    await on.peer.next(/^SIP\/2.0 200/);
    on.peer.send("INVITE nonsense\r\n\r\n");
    t.same(
      on.events.filter(({ type }) => type === "ended"),
      [],
    );
    on.peer.ask(invite, "BYE", { tag: "leg", seq: 50, headers: ["Reason: Q.850;cause=38"] });
    t.match(await on.told("ended"), { end: "network_trouble" });
  },
);

t.test("calls from anybody but the trunk are not heard", async (t) => {
  const on = await trunk(t);
  await on.told("up");
  const port = Number(/:(\d+);/.exec(on.peer.heard[0]?.one("Via") ?? "")?.[1]);
  const call = (callId: string) =>
    [
      `INVITE sip:4930123999@127.0.0.1:${port} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${on.peer.port};branch=z9hG4bK${callId}`,
      "From: <sip:101@trunk.example>;tag=1",
      "To: <sip:4930123999@trunk.example>",
      `Call-ID: ${callId}`,
      "CSeq: 1 INVITE",
      `Contact: <sip:101@127.0.0.1:${on.peer.port}>`,
      "",
      "",
    ].join("\r\n");
  const stranger = createSocket("udp4");
  stranger.bind(0, "127.0.0.2");
  await once(stranger, "listening");
  stranger.send(call("strange"), port, "127.0.0.1");
  await sleep(50);
  stranger.close();
  on.peer.send(call("known"));
  t.match(await on.told("offered"), { legId: incomingLegId("known"), from: "101" });
  await on.peer.next(/^SIP\/2.0 180/);
  await on.exchange.release(incomingLegId("known"));
  t.equal((await on.peer.next(/^SIP\/2.0 480/)).one("Call-ID"), "known");
  t.equal(on.events.filter(({ type }) => type === "offered").length, 1);
});

t.test("names and numbers cannot add anything to a message", async (t) => {
  const on = await trunk(t);
  await on.told("up");
  const name = 'x" <sip:evil@e.example>\r\nX-Evil: 1\r\n\r\nINVITE';
  await on.exchange.originate(
    order("leg", "+49;x=1>\r\nX-Evil: 2", { from: { number: "1@evil>;tag=2", name } }),
  );
  const invite = await on.peer.next(/^INVITE/);
  t.match(invite.start, /^INVITE sip:\+49%3Bx%3D1%3E%0D%0AX-Evil%3A%202@trunk\.example SIP\/2\.0$/);
  t.same(invite.all("X-Evil"), []);
  t.match(
    invite.one("From"),
    /^"x\\" <sip:evil@e.example>X-Evil: 1INVITE" <sip:1%40evil%3E%3Btag%3D2@trunk\.example>;tag=\w+$/,
  );
});
