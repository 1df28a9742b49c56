import t from "tap";
import {
  AGENTS,
  ANNA,
  BOB,
  end,
  EVE,
  refOf,
  settled,
  type Stand,
  stand,
  visitOf,
} from "../../test/desk/stand.ts";
import { openStore } from "../store/open.ts";
import type { Agent } from "../model/agent.ts";
import type { Interaction } from "../model/interaction.ts";
import type { Session } from "../model/session.ts";
import type { Answer } from "./answer-form.ts";
import type { FeedMessage } from "./protocol.ts";
import { isRefusal } from "./refusal.ts";

/** Opens the desk of an agent; what it is told is collected. */
function open(s: Stand, agent: Agent): { feed: FeedMessage[]; close(): void } {
  const feed: FeedMessage[] = [];
  const presence = s.desk.presence.deskOpened(agent, "192.0.2.99");
  const reading = s.desk.feed.read(agent.name, undefined, (json) => {
    feed.push(JSON.parse(json) as FeedMessage);
  });
  return {
    feed,
    close() {
      reading[Symbol.dispose]();
      presence[Symbol.dispose]();
    },
  };
}

function types(feed: readonly FeedMessage[]): string[] {
  return feed.map(({ type }) => type);
}

function visit(s: Stand, id: string, changes: Partial<Session> = {}): Session {
  const session = visitOf(id, changes);
  s.visits.set(id, session);
  return session;
}

/** Invites the visitor and lets him answer; the id of what came of it. */
async function ask(s: Stand, sessionId: string, answer: Partial<Answer>, agent: Agent = ANNA) {
  const invited = await s.desk.orders["/api/invite"](agent, {
    sessionId,
    heading: "Hello",
    text: "It is {{agent}}",
  });
  if (isRefusal(invited)) throw new Error(invited.message);
  const result = await reply(s, invited.invitationId, answer);
  return { ...invited, result };
}

function reply(s: Stand, invitation: string, answer: Partial<Answer>, address = "192.0.2.7") {
  const shop = s.desk.directory.site("shop");
  if (!shop) throw new Error("no shop");
  const form: Answer = { invitation, choice: "chat", back: undefined, ...answer };
  return s.desk.answers.answer(form, { site: shop, address, visitor: "hash" });
}

async function waiting(s: Stand, sessionId: string, answer: Partial<Answer>): Promise<string> {
  const { result } = await ask(s, sessionId, answer);
  if (!result.ok || !result.contact) throw new Error("no contact");
  return result.contact.interactionId;
}

t.test("new agents, sites and texts: open desks are told, who is gone is logged out", async (t) => {
  await using s = await stand();
  const anna = open(s, ANNA);
  const bob = open(s, BOB);
  visit(s, "s1");
  const interactionId = await waiting(s, "s1", {});
  t.same(await s.desk.orders["/api/contacts/accept"](BOB, { interactionId }), { ok: true });
  const carl = { ...BOB, name: "carl", displayName: "Carl" };
  const site = s.desk.directory.site("shop");
  if (!site) throw new Error("no site");
  s.desk.use({
    sites: [site, { ...site, name: "new" }],
    agents: [ANNA, carl],
    templates: [{ name: "bye", heading: "Bye", text: "It was {{agent}}" }],
  });
  const last = anna.feed.findLast((message) => message.type === "snapshot");
  t.match(last, {
    type: "snapshot",
    desk: {
      agent: { name: ANNA.name, status: "available" },
      templates: [{ name: "bye" }],
      colleagues: [{ name: "carl", free: false }],
    },
  });
  t.equal(bob.feed.filter(({ type }) => type === "snapshot").length, 1, "his desk is told no more");
  const { interaction } = s.desk.contacts.get(interactionId) ?? {};
  t.match(interaction, { state: "queued" }, "his contact waits for somebody else");
  t.equal(s.desk.staffing("shop").onDuty, 1);
  t.equal(s.desk.staffing("new").onDuty, 1);
});

t.test("alert → accept → invite → chat → closed", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  const session = visit(s, "s1");
  const anna = open(s, ANNA);
  const bob = open(s, BOB);
  const eve = open(s, EVE);
  s.desk.found(s.opportunity("o1", session), session);
  const alert = anna.feed.find((m) => m.type === "alert");
  if (alert?.type !== "alert") throw new Error("no alert");
  t.match(alert.alert, { state: "offered", opportunity: { id: "o1" }, session: { id: "s1" } });
  t.ok(types(bob.feed).includes("alert"), "every desk of the firm has it");
  t.notOk(types(eve.feed).includes("alert"), "no other firm's desk has");
  const alertId = alert.alert.id;

  t.same(await s.desk.orders["/api/alerts/accept"](ANNA, { alertId }), { ok: true });
  t.equal(bob.feed.at(-1)?.type, "alert_gone");
  t.match(await s.desk.orders["/api/alerts/accept"](BOB, { alertId }), { status: 409 });
  t.match(await s.desk.orders["/api/alerts/accept"](EVE, { alertId }), { status: 404 });
  const order = { sessionId: "s1", alertId, heading: "Hello", text: "It is {{agent}}" };
  const invited = await s.desk.orders["/api/invite"](ANNA, order);
  if (isRefusal(invited)) throw new Error(invited.message);
  t.match(await s.desk.orders["/api/invite"](ANNA, order), { status: 409 }, "one at a time");
  const shown = s.told.find(({ what }) => what === "show")?.with;
  t.match(shown?.[2], /It is Anna/, "the next page has a form for browsers without JavaScript");

  s.desk.shown(invited.invitationId);
  const result = await reply(s, invited.invitationId, { choice: "chat", name: "Zoë" });
  t.match(result, { ok: true, contact: { kind: "chat", state: "waiting" } });
  t.same(s.advanced("o1"), ["alerted", "invited", "accepted"]);
  t.same(s.told.find(({ what }) => what === "learn")?.with[1], {
    atMs: s.clock.nowMs(),
    name: "Zoë",
  });
  t.same(await reply(s, invited.invitationId, { choice: "chat" }), result, "a second click");
  if (!result.ok || !result.contact) throw new Error("no contact");
  const { interactionId } = result.contact;

  t.same(await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId }), { ok: true });
  t.match(await s.desk.orders["/api/contacts/accept"](BOB, { interactionId }), { status: 409 });
  t.ok(bob.feed.some(({ type }) => type === "contact_gone"));
  t.equal(s.desk.presence.view(ANNA).state, "talking");
  const contact = s.desk.contacts.get(interactionId);
  if (!contact) throw new Error("no contact");
  await s.desk.chats.say(contact, "visitor", "Is it loud?");
  await s.desk.orders["/api/contacts/chat"](ANNA, { interactionId, text: "Not at all" });
  t.match(await s.desk.orders["/api/contacts/chat"](BOB, { interactionId, text: "x" }), {
    status: 403,
  });
  const close = { interactionId, disposition: "sale" };
  t.match(await s.desk.orders["/api/contacts/close"](ANNA, close), { status: 409 }, "not yet");
  await s.desk.orders["/api/contacts/release"](ANNA, { interactionId });
  t.match(
    await s.desk.orders["/api/contacts/close"](ANNA, { interactionId, disposition: "nonsense" }),
    { status: 400, message: /sale/ },
  );
  t.same(await s.desk.orders["/api/contacts/close"](ANNA, close), { ok: true });
  t.equal(s.desk.presence.view(ANNA).state, "idle");
  t.same(
    (await s.records.chatMessages(interactionId)).map(({ number, from, text }) => [
      number,
      from,
      text,
    ]),
    [
      [1, "system", "Anna is here."],
      [2, "visitor", "Is it loud?"],
      [3, "agent", "Not at all"],
      [4, "system", "The conversation has ended."],
    ],
  );
  t.same(await s.records.openInteractions(), []);
  t.same(
    s.told.filter(({ what }) => what === "metric closed").map((m) => m.with),
    [["chat", "answered", "sale"]],
  );
});

t.test("alerts: rejected by all, expired, waiting for who comes on duty", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  const session = visit(s, "s1");
  const anna = open(s, ANNA);
  const bob = open(s, BOB);
  const raise = (id: string) => {
    s.desk.found(s.opportunity(id, session), session);
    const alert = anna.feed.findLast((m) => m.type === "alert");
    return alert?.type === "alert" ? alert.alert.id : "";
  };
  let alertId = raise("o1");
  await s.desk.orders["/api/alerts/reject"](ANNA, { alertId });
  t.equal(anna.feed.at(-1)?.type, "alert_gone");
  t.same(s.advanced("o1"), ["alerted"], "Bob may still want it");
  await s.desk.orders["/api/alerts/reject"](BOB, { alertId });
  t.same(s.advanced("o1"), ["alerted", "declined"]);

  alertId = raise("o2");
  s.clock.advance(119_999);
  t.same(s.advanced("o2"), ["alerted"]);
  s.clock.advance(1);
  t.same(s.advanced("o2"), ["alerted", "expired"]);
  t.equal(anna.feed.at(-1)?.type, "alert_gone");

  for (const agent of [ANNA, BOB]) {
    await s.desk.orders["/api/status"](agent, { status: "on_break" });
  }
  t.same(s.desk.staffing("shop"), { onDuty: 0, free: 0 });
  const before = bob.feed.length;
  s.desk.found(s.opportunity("o3", session), session);
  t.notOk(types(bob.feed.slice(before)).includes("alert"));
  await s.desk.orders["/api/status"](BOB, { status: "available" });
  t.ok(types(bob.feed.slice(before)).includes("alert"));
  s.desk.ended("s1", "shop");
  t.same(s.advanced("o3"), ["alerted", "expired"], "the visitor has left");
});

t.test(
  "an agent who vanishes: his alert goes to the others, his contacts back to the queue",
  async (t) => {
    const s = await stand();
    t.teardown(() => s[Symbol.asyncDispose]());
    const session = visit(s, "s1");
    visit(s, "s2");
    const anna = open(s, ANNA);
    const bob = open(s, BOB);
    const chat = await waiting(s, "s2", { choice: "chat" });
    await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId: chat });
    s.desk.found(s.opportunity("o1", session), session);
    const alert = anna.feed.findLast((m) => m.type === "alert");
    const alertId = alert?.type === "alert" ? alert.alert.id : "";
    await s.desk.orders["/api/alerts/accept"](ANNA, { alertId });
    anna.close();
    s.clock.advance(14_999);
    const back = open(s, ANNA);
    s.clock.advance(60_000);
    t.equal(s.desk.presence.view(ANNA).status, "available", "a short absence changes nothing");
    t.match(s.desk.contacts.get(chat)?.interaction, { state: "active", agent: "anna" });
    back.close();
    s.clock.advance(15_000);
    t.equal(s.desk.presence.view(ANNA).status, "logged_out");
    t.match(s.desk.contacts.get(chat)?.interaction, { state: "queued", agent: undefined });
    t.ok(types(bob.feed.slice(-6)).includes("alert"), "Bob is offered the alert");
    t.same(await s.desk.orders["/api/contacts/accept"](BOB, { interactionId: chat }), { ok: true });
  },
);

t.test("telephone: joined, hung up, closed; one call at a time", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  for (const id of ["s1", "s2"]) visit(s, id);
  open(s, ANNA);
  const interactionId = await waiting(s, "s1", { choice: "phone", number: "030 123456" });
  const second = await waiting(s, "s2", { choice: "phone", number: "030 123457" });
  await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
  t.match(s.told.find(({ what }) => what === "clickToCall")?.with[0], {
    number: "+4930123456",
    agent: "anna",
    telephone: "101",
  });
  t.equal(s.desk.presence.view(ANNA).state, "ringing");
  t.match(await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId: second }), {
    status: 409,
  });
  s.call(0, "calling_visitor");
  s.call(0, "joined");
  t.equal(s.desk.presence.view(ANNA).state, "talking");
  t.equal(s.desk.contacts.get(interactionId)?.interaction.state, "active");
  s.call(0, "ended", end("visitor", "hung_up"));
  t.match(s.desk.contacts.get(interactionId)?.interaction, {
    state: "wrapping",
    outcome: "answered",
  });
  t.equal(s.desk.presence.view(ANNA).state, "wrapping");
  const close = { interactionId, disposition: "helped" };
  t.same(await s.desk.orders["/api/contacts/close"](ANNA, close), { ok: true });
});

t.test("telephone: what the far side says is what it is, and may be tried again", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  visit(s, "s1");
  open(s, ANNA);
  const interactionId = await waiting(s, "s1", { choice: "phone", number: "030 123456" });
  await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
  const outcomes = {
    busy: "busy",
    no_answer: "no_answer",
    refused: "refused",
    unreachable: "failed",
  };
  let index = 0;
  for (const [reason, outcome] of Object.entries(outcomes)) {
    s.call(index, "calling_visitor");
    s.call(index, "ended", end("visitor", reason as keyof typeof outcomes));
    t.match(
      s.desk.contacts.get(interactionId)?.interaction,
      { state: "wrapping", outcome },
      reason,
    );
    t.same(await s.desk.orders["/api/contacts/redial"](ANNA, { interactionId }), { ok: true });
    index += 1;
    t.equal(s.desk.contacts.get(interactionId)?.interaction.state, "connecting");
    s.call(index - 1, "joined");
    t.equal(s.desk.contacts.get(interactionId)?.interaction.state, "connecting", "old news");
  }
  await s.desk.orders["/api/contacts/release"](ANNA, { interactionId });
  t.match(s.desk.contacts.get(interactionId)?.interaction, {
    state: "wrapping",
    outcome: "failed",
  });
});

t.test(
  "telephone: an agent who does not answer, or is gone, leaves the contact to the others",
  async (t) => {
    const s = await stand();
    t.teardown(() => s[Symbol.asyncDispose]());
    visit(s, "s1");
    const anna = open(s, ANNA);
    const interactionId = await waiting(s, "s1", { choice: "phone", number: "030 123456" });
    await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
    s.call(0, "ended", end("agent", "no_answer"));
    t.match(s.desk.contacts.get(interactionId)?.interaction, { state: "queued", agent: undefined });
    t.equal(s.desk.presence.view(ANNA).state, "idle");
    await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
    anna.close();
    s.clock.advance(15_000);
    t.equal(s.desk.contacts.get(interactionId)?.interaction.state, "queued");
    t.equal(s.calls[1]?.state, "ended", "his telephone rings no longer");
    s.desk.switchChanged(false);
    open(s, BOB);
    t.match(await s.desk.orders["/api/contacts/accept"](BOB, { interactionId }), {
      status: 409,
      code: "switch_down",
    });
  },
);

t.test("call at once: an agent who is free and the visitor are called, or nobody is", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  const atOnce = async (id: string, changes: Partial<Session>) => {
    const session = visit(s, id, changes);
    s.desk.found(s.opportunity(`of ${id}`, session, { mode: "call_at_once" }), session);
    await settled();
    return s.advanced(`of ${id}`);
  };
  t.same(s.desk.staffing("shop"), { onDuty: 0, free: 0 });
  open(s, ANNA);
  t.same(s.desk.staffing("shop"), { onDuty: 1, free: 1 });
  t.same(await atOnce("s1", {}), ["expired"], "no number");
  t.same(await atOnce("s2", { number: "+4930123456" }), ["alerted", "accepted"]);
  t.match(s.calls, [{ state: "calling_agent" }]);
  t.same(s.desk.staffing("shop"), { onDuty: 1, free: 0 });
  t.same(await atOnce("s3", { number: "+4930123457" }), ["alerted", "accepted"]);
  t.same([s.calls.length, s.desk.contacts.waiting("acme")], [1, 1], "nobody is free: he waits");
  open(s, BOB);
  t.same(s.desk.staffing("shop"), { onDuty: 2, free: 0 }, "who waits is first");
  t.equal(s.desk.contacts.waiting("other"), 0);
  t.end();
});

t.test("a visit with an open page is held until the last one is closed", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  visit(s, "s1");
  const heard = () => s.told.filter(({ what }) => /^(hold|let go)$/.test(what)).map((o) => o.what);
  const [first, second] = [1, 2].map(() => s.desk.streams.open("shop", refOf("s1"), () => {}));
  t.same(heard(), ["hold"]);
  first?.[Symbol.dispose]();
  t.same(heard(), ["hold"]);
  second?.[Symbol.dispose]();
  t.same(heard(), ["hold", "let go"]);
  t.end();
});

t.test(
  "when very many visitors click, desks are told of the latest, and of no end they missed",
  async (t) => {
    const s = await stand();
    t.teardown(() => s[Symbol.asyncDispose]());
    const { feed } = open(s, ANNA);
    for (let i = 0; i < 150; i += 1) s.desk.changed(visit(s, `v${i}`));
    s.clock.advance(500);
    const shown = feed.flatMap((m) => (m.type === "visitor" ? [m.session.id] : []));
    t.same([shown.length, shown[0], shown.at(-1)], [100, "v50", "v149"]);
    for (const id of ["v0", "v149"]) s.desk.ended(id, "shop");
    s.clock.advance(500);
    t.same(
      feed.flatMap((m) => (m.type === "visitor_gone" ? [m.sessionId] : [])),
      ["v149"],
    );
    t.end();
  },
);

t.test("a campaign without words of its own for an offer has the standing ones", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  const session = visit(s, "s1");
  const { message: _, ...silent } = s.opportunity("o1", session, {
    mode: "invite_first",
    offer: "callback_all_busy",
  });
  s.desk.found(silent, session);
  const id = s.told.find(({ what }) => what === "show")?.with[1] as string;
  t.match(s.desk.invitations.openCard(id)?.heading, /in conversation/);
});

t.test(
  "invite first, and out of hours: a callback is stored before the visitor is told",
  async (t) => {
    const s = await stand();
    t.teardown(() => s[Symbol.asyncDispose]());
    const session = visit(s, "s1", { number: "+4930999999" });
    const changes = { mode: "invite_first", offer: "callback_out_of_hours" } as const;
    s.desk.found(s.opportunity("o1", session, changes), session);
    const id = s.told.find(({ what }) => what === "show")?.with[1] as string;
    const card = s.desk.invitations.openCard(id);
    t.match(card, {
      heading: "Hello from our team",
      choices: ["callback", "none"],
      number: "+4930999999",
      hours: "Mon 08:00-18:00 (Europe/Berlin)",
    });
    // The clock stands at 2026-01-05 11:00 in Berlin.
    const form = {
      choice: "callback",
      number: "030 123456",
      date: "2026-01-05",
      time: "10:00",
    } as const;
    t.match(await reply(s, id, { choice: "chat" }), { ok: false, field: "choice" });
    t.match(await reply(s, id, { ...form, number: undefined }), { ok: false, field: "number" });
    t.match(await reply(s, id, { ...form, number: "abc" }), { ok: false, field: "number" });
    t.match(await reply(s, id, form), { ok: false, field: "time", message: /past/ });
    t.match(await reply(s, id, { ...form, date: "2026-02-30" }), { ok: false, field: "date" });
    t.match(await reply(s, id, { ...form, date: "2026-03-07" }), { ok: false, field: "date" });
    t.same(await s.records.openCallbacks(), []);
    const good = { ...form, date: "2026-01-06", time: "09:30", topic: "prices" };
    t.match(await reply(s, id, good), { ok: true, choice: "callback" });
    t.match(await reply(s, id, good), { ok: true, choice: "callback" }, "a second click");
    const stored = await s.records.openCallbacks();
    t.match(stored, [
      {
        state: "scheduled",
        number: "+4930123456",
        topic: "prices",
        dueMs: Date.UTC(2026, 0, 6, 8, 30),
        evidence: { url: "/prices", typed: "030 123456", text: /Please call me at/ },
      },
    ]);
    t.equal(stored.length, 1);
  },
);

t.test("a callback falls due, is made, and comes back when nobody was reached", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  visit(s, "s1");
  const anna = open(s, ANNA);
  const form = {
    choice: "callback",
    number: "030 123456",
    date: "2026-01-05",
    time: "12:00",
  } as const;
  await ask(s, "s1", form);
  const [callback] = await s.records.openCallbacks();
  const callbackId = callback?.id ?? "";
  s.clock.advance(3_600_000 - 1);
  t.equal((await s.records.openCallbacks())[0]?.state, "scheduled");
  s.clock.advance(1);
  await settled();
  t.equal((await s.records.openCallbacks())[0]?.state, "due");
  t.match(anna.feed.at(-1), { type: "callback", callback: { state: "due" } });
  t.match(await s.desk.orders["/api/callbacks/accept"](EVE, { callbackId }), { status: 404 });

  for (const attempt of [1, 2, 3]) {
    const accepted = await s.desk.orders["/api/callbacks/accept"](ANNA, { callbackId });
    if (isRefusal(accepted)) throw new Error(accepted.message);
    t.match(await s.desk.orders["/api/callbacks/accept"](BOB, { callbackId }), { status: 409 });
    s.call(attempt - 1, "calling_visitor");
    s.call(attempt - 1, "ended", end("visitor", "no_answer"));
    const close = { ...accepted, disposition: "not_reached" };
    t.same(await s.desk.orders["/api/contacts/close"](ANNA, close), { ok: true });
    await settled();
    const [now] = await s.records.openCallbacks();
    if (attempt === 3) t.equal(now, undefined, "given up after three attempts");
    else t.match(now, { state: "scheduled", attempts: attempt, dueMs: s.clock.nowMs() + 900_000 });
    s.clock.advance(900_000);
  }
});

t.test(
  "a callback whose agent does not answer his own telephone stays in the job file",
  async (t) => {
    const s = await stand();
    t.teardown(() => s[Symbol.asyncDispose]());
    visit(s, "s1");
    open(s, ANNA);
    const form = {
      choice: "callback",
      number: "030 123456",
      date: "2026-01-05",
      time: "12:00",
    } as const;
    await ask(s, "s1", form);
    const callbackId = (await s.records.openCallbacks())[0]?.id ?? "";
    await s.desk.orders["/api/callbacks/accept"](ANNA, { callbackId });
    s.call(0, "ended", end("agent", "no_answer"));
    await settled();
    t.match(await s.records.openCallbacks(), [
      { state: "scheduled", attempts: 0, agent: undefined },
    ]);
    t.same(await s.records.openInteractions(), []);
    t.same(await s.desk.orders["/api/callbacks/cancel"](BOB, { callbackId }), { ok: true });
    await settled();
    t.same(await s.records.openCallbacks(), []);
  },
);

t.test(
  "not more than five requests of one visitor, number or address in ten minutes",
  async (t) => {
    const s = await stand();
    t.teardown(() => s[Symbol.asyncDispose]());
    open(s, ANNA);
    const invite = async (n: number) => {
      visit(s, `s${n}`);
      const order = { sessionId: `s${n}`, heading: "Hello", text: "Hello" };
      const invited = await s.desk.orders["/api/invite"](ANNA, order);
      return isRefusal(invited) ? "" : invited.invitationId;
    };
    const shop = s.desk.directory.site("shop");
    if (!shop) throw new Error("no shop");
    const ask = async (n: number) =>
      s.desk.answers.answer(
        { invitation: await invite(n), choice: "phone", number: "030 123456", back: undefined },
        { site: shop, address: `192.0.2.${n}`, visitor: `v${n}` },
      );
    for (const n of [1, 2, 3, 4, 5]) t.match(await ask(n), { ok: true });
    t.match(await ask(6), { ok: false, status: 429 });
    s.clock.advance(600_001);
    t.match(await ask(7), { ok: true });
  },
);

t.test(
  "a request that could not be stored is not acknowledged, and can be sent again",
  async (t) => {
    const store = await openStore(":memory:");
    let broken = true;
    let running: (() => void) | undefined;
    const records = {
      ...store,
      async saveInteraction(interaction: Interaction) {
        if (broken) throw new Error("disk full");
        await new Promise<void>((resolve) => (running = resolve));
        await store.saveInteraction(interaction);
      },
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
    const s = await stand({ records });
    t.teardown(() => s[Symbol.asyncDispose]());
    visit(s, "s1");
    const order = { sessionId: "s1", heading: "Hello", text: "Hello" };
    const invited = await s.desk.orders["/api/invite"](ANNA, order);
    if (isRefusal(invited)) throw new Error(invited.message);
    const { invitationId } = invited;
    await t.rejects(reply(s, invitationId, { choice: "chat" }), /disk full/);
    t.equal(s.desk.contacts.waiting(), 0);
    t.ok(s.desk.invitations.openCard(invitationId), "the invitation stands");

    broken = false;
    const [one, two] = [1, 2].map(() => reply(s, invitationId, { choice: "chat" }));
    await settled();
    t.equal(s.desk.contacts.waiting(), 0, "not shown before it is stored");
    s.clock.advance(300_000);
    t.ok(s.desk.invitations.openCard(invitationId), "an answer on its way keeps it open");
    running?.();
    t.match(await one, { ok: true, choice: "chat" });
    t.same(await two, await one, "two clicks, one contact");
    t.equal(s.desk.contacts.waiting(), 1);
  },
);

t.test("after a restart nothing is lost", async (t) => {
  const first = await stand();
  for (const id of ["s1", "s2", "s3"]) visit(first, id);
  open(first, ANNA);
  open(first, BOB);
  const chat = await waiting(first, "s1", { choice: "chat" });
  const phone = await waiting(first, "s2", { choice: "phone", number: "030 123456" });
  const wrapping = await waiting(first, "s3", { choice: "phone", number: "030 123457" });
  await first.desk.orders["/api/contacts/accept"](ANNA, { interactionId: chat });
  await first.desk.orders["/api/contacts/accept"](ANNA, { interactionId: phone });
  first.call(0, "joined");
  await first.desk.orders["/api/contacts/accept"](BOB, { interactionId: wrapping });
  first.call(1, "calling_visitor");
  first.call(1, "ended", end("visitor", "busy"));
  await settled();
  const second = await stand({ records: first.records, clock: first.clock });
  t.match(second.desk.contacts.get(chat), {
    interaction: { state: "queued", agent: undefined },
    messages: [{ text: "Anna is here." }],
  });
  t.match(
    second.desk.contacts.get(phone)?.interaction,
    { state: "wrapping", agent: "anna", outcome: "answered", endedMs: first.clock.nowMs() },
    "they may be talking still: nobody else calls",
  );
  t.match(
    second.desk.contacts.get(wrapping)?.interaction,
    { state: "queued", agent: undefined, outcome: undefined },
    "who was not reached is not left to an agent who may not come back",
  );
  await first.desk[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

t.test("after a restart in the middle of callbacks, the job file has them", async (t) => {
  const first = await stand();
  for (const agent of [ANNA, BOB]) open(first, agent);
  for (const [n, agent] of [ANNA, BOB].entries()) {
    visit(first, `s${n}`);
    const number = `030 12345${n}`;
    await ask(first, `s${n}`, { choice: "callback", number, date: "2026-01-05", time: "11:30" });
    const callback = (await first.records.openCallbacks()).find((c) => c.sessionId === `s${n}`);
    await first.desk.orders["/api/callbacks/accept"](agent, { callbackId: callback?.id ?? "" });
  }
  first.call(1, "calling_visitor");
  first.call(1, "joined");
  first.call(1, "ended", end("visitor", "hung_up"));
  await settled();
  const second = await stand({ records: first.records, clock: first.clock });
  await settled();
  t.match(await second.records.openCallbacks(), [
    { sessionId: "s0", state: "scheduled", attempts: 0, agent: undefined },
    { sessionId: "s1", state: "attempted", attempts: 1, agent: "bob" },
  ]);
  const [wrapping] = [...second.desk.contacts.all()];
  t.match(wrapping?.interaction, { state: "wrapping", agent: "bob", outcome: "answered" });
  const interactionId = wrapping?.interaction.id ?? "";
  const close = { interactionId, disposition: "helped" };
  t.same(await second.desk.orders["/api/contacts/close"](BOB, close), { ok: true });
  await settled();
  t.match(await second.records.openCallbacks(), [{ sessionId: "s0" }]);
  t.equal((await second.records.openCallbacks()).length, 1);
  t.same(await second.records.openInteractions(), []);
  await first.desk[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

t.test("who was not reached does not wait for an agent who has gone home", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  for (const id of ["s1", "s2"]) visit(s, id);
  const anna = open(s, ANNA);
  const interactionId = await waiting(s, "s1", { choice: "phone", number: "030 123456" });
  await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
  s.call(0, "calling_visitor");
  s.call(0, "ended", end("visitor", "busy"));
  anna.close();
  s.clock.advance(15_000);
  t.match(s.desk.contacts.get(interactionId)?.interaction, { state: "queued", agent: undefined });

  const bob = open(s, BOB);
  const when = { date: "2026-01-05", time: "11:30" };
  await ask(s, "s2", { choice: "callback", number: "030 123457", ...when });
  const callbackId = (await s.records.openCallbacks())[0]?.id ?? "";
  await s.desk.orders["/api/callbacks/accept"](BOB, { callbackId });
  s.call(1, "calling_visitor");
  s.call(1, "ended", end("visitor", "no_answer"));
  bob.close();
  s.clock.advance(15_000);
  await settled();
  t.match(await s.records.openCallbacks(), [{ state: "scheduled", agent: undefined }]);
});

t.test("a callback is acknowledged again only if it is what was stored", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  for (const id of ["s1", "s2"]) visit(s, id);
  open(s, ANNA);
  const form = {
    choice: "callback",
    number: "030 123456",
    date: "2026-01-05",
    time: "12:00",
  } as const;
  const chat = await ask(s, "s1", { choice: "chat" });
  const interactionId = (chat.result.ok && chat.result.contact?.interactionId) || "";
  await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
  await s.desk.orders["/api/contacts/release"](ANNA, { interactionId });
  await s.desk.orders["/api/contacts/close"](ANNA, { interactionId, disposition: "helped" });
  t.match(await reply(s, chat.invitationId, form), { ok: false, status: 409 });
  t.same(await s.records.openCallbacks(), []);

  const { invitationId } = await ask(s, "s2", form);
  t.match(await reply(s, invitationId, form), { ok: true, choice: "callback" });
  t.match(await reply(s, invitationId, { ...form, time: "14:00" }), { ok: false, status: 409 });
  t.equal((await s.records.openCallbacks()).length, 1);
});

t.test("a callback falls due by the clock on the wall, also when that was set", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  visit(s, "s1");
  const when = { date: "2026-01-05", time: "14:00" };
  await ask(s, "s1", { choice: "callback", number: "030 123456", ...when });
  s.clock.jump(3 * 3_600_000);
  s.clock.advance(30_000);
  await settled();
  t.match(await s.records.openCallbacks(), [{ state: "due" }]);
});

t.test("after a restart, a message that was never stored leaves its number free", async (t) => {
  const first = await stand();
  visit(first, "s1");
  open(first, ANNA);
  const id = await waiting(first, "s1", { choice: "chat" });
  await first.records.addChatMessage({
    number: 2,
    interactionId: id,
    from: "visitor",
    text: "the second",
    atMs: 0,
  });
  const second = await stand({ records: first.records, clock: first.clock });
  const contact = second.desk.contacts.get(id);
  if (!contact) throw new Error("no contact");
  t.same(await second.desk.chats.say(contact, "visitor", "the third"), { ok: true });
  t.equal(contact.messages.at(-1)?.number, 3);
  await first.desk[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

t.test("a job file that has lost what a contact remembers ends nothing", async (t) => {
  const first = await stand();
  visit(first, "s1");
  open(first, BOB);
  const when = { date: "2026-01-05", time: "11:30" };
  await ask(first, "s1", { choice: "callback", number: "030 123456", ...when });
  const [scheduled] = await first.records.openCallbacks();
  if (!scheduled) throw new Error("no callback");
  await first.desk.orders["/api/callbacks/accept"](BOB, { callbackId: scheduled.id });
  first.call(0, "joined");
  first.call(0, "ended", end("visitor", "hung_up"));
  await settled();
  await first.records.updateCallback({ ...scheduled, state: "due" });
  const second = await stand({ records: first.records, clock: first.clock });
  const bob = open(second, BOB);
  const [contact] = [...second.desk.contacts.all()];
  const interactionId = contact?.interaction.id ?? "";
  const redial = () => second.desk.orders["/api/contacts/redial"](BOB, { interactionId });
  t.same(await redial(), { ok: true });
  t.doesNotThrow(() => second.call(0, "calling_visitor"));
  t.doesNotThrow(() => second.call(0, "ended", end("visitor", "busy")));
  bob.close();
  t.doesNotThrow(() => second.clock.advance(15_000));
  await settled();
  t.match(await second.records.openCallbacks(), [{ state: "due", attempts: 1 }]);
  await first.desk[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

t.test("an alert about another visitor is not taken by the way", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  const session = visit(s, "s1");
  visit(s, "s2");
  const anna = open(s, ANNA);
  open(s, BOB);
  s.desk.found(s.opportunity("o1", session), session);
  const alert = anna.feed.findLast((m) => m.type === "alert");
  const alertId = alert?.type === "alert" ? alert.alert.id : "";
  const order = { sessionId: "s2", alertId, heading: "Hello", text: "Hello" };
  t.match(await s.desk.orders["/api/invite"](ANNA, order), { status: 400 });
  t.same(await s.desk.orders["/api/alerts/accept"](BOB, { alertId }), { ok: true });
});

t.test("a number that a refuser typed is not shown to whoever shares his row", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  visit(s, "s1", { consent: "none", number: "+4930123456", name: "Zoë" });
  const order = { sessionId: "s1", heading: "Hello", text: "Hello" };
  const invited = await s.desk.orders["/api/invite"](ANNA, order);
  if (isRefusal(invited)) throw new Error(invited.message);
  const card = s.desk.invitations.openCard(invited.invitationId);
  t.match(card, { number: undefined, name: undefined });
});

t.test("orders keep to the agent's firm and to his rights", async (t) => {
  const s = await stand();
  t.teardown(() => s[Symbol.asyncDispose]());
  visit(s, "s1");
  const interactionId = await waiting(s, "s1", { choice: "chat" });
  const refusals = [
    [404, s.desk.orders["/api/invite"](EVE, { sessionId: "s1", heading: "x", text: "x" })],
    [404, s.desk.orders["/api/visitors/page"](EVE, { sessionId: "s1", path: "/x" })],
    [404, s.desk.orders["/api/visitors/explain"](EVE, { sessionId: "s1" })],
    [404, s.desk.orders["/api/visitors/priority"](EVE, { sessionId: "s1", priority: 1 })],
    [404, s.desk.orders["/api/contacts/accept"](EVE, { interactionId })],
    [404, s.desk.orders["/api/contacts/release"](EVE, { interactionId })],
    [403, s.desk.orders["/api/contacts/release"](ANNA, { interactionId })],
    [403, s.desk.orders["/api/visitors/priority"](BOB, { sessionId: "s1", priority: 1 })],
  ] as const;
  for (const [status, refusal] of refusals) t.match(await refusal, { status });
  t.match(s.desk.orders["/api/visitors/explain"](ANNA, { sessionId: "s1" }), {
    campaigns: [{ campaign: "again", why: "cool_down", conditions: [{ facts: [{ value: 2 }] }] }],
  });
  t.same(await s.desk.orders["/api/visitors/priority"](ANNA, { sessionId: "s1", priority: 0 }), {
    ok: true,
  });
  for (const path of [
    "//evil.example",
    "/\\evil",
    "https://x",
    "x",
    "/a\nb",
    "/.warmline/chat",
    "/a/../.warmline/x",
  ]) {
    const refused = await s.desk.orders["/api/visitors/page"](ANNA, { sessionId: "s1", path });
    t.match(refused, { status: 400 }, path);
  }
  const path = "/machines/one?x=1";
  t.same(await s.desk.orders["/api/visitors/page"](ANNA, { sessionId: "s1", path }), {
    at: "next",
  });
  t.match(s.told.findLast(({ what }) => what === "sendOn")?.with, [{ id: "s1" }, path]);
});

t.test("no timer outlives the desk", async (t) => {
  const s = await stand();
  const session = visit(s, "s1");
  for (const agent of AGENTS) open(s, agent).close();
  s.desk.found(s.opportunity("o1", session), session);
  s.desk.changed(session);
  await s[Symbol.asyncDispose]();
  t.equal(s.clock.timers, 0);
});
