/** A chat that turns into a call within the same contact. */
import t from "tap";
import { lineOf } from "../../src/desk/talks.ts";
import type { Call } from "../../src/model/call.ts";
import { openStore } from "../../src/store/open.ts";
import { ANNA, BOB, end, refOf, settled, type Stand, stand, visitOf } from "./stand.ts";

/** A chat of Anna's. */
async function chat(s: Stand) {
  s.visits.set("s1", visitOf("s1"));
  const order = { sessionId: "s1", heading: "Hello", text: "It is {{agent}}" };
  const invited = await s.desk.orders["/api/invite"](ANNA, order);
  const site = s.desk.directory.site("shop");
  if (!("invitationId" in invited) || !site) throw new Error("not invited");
  const form = { invitation: invited.invitationId, choice: "chat", back: undefined } as const;
  const from = { site, address: "192.0.2.7", visitor: refOf("s1").visitorId ?? "" };
  const answer = await s.desk.answers.answer(form, from);
  if (!answer.ok || !answer.contact) throw new Error("not answered");
  const { interactionId } = answer.contact;
  await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
  const contact = s.desk.contacts.get(interactionId);
  if (!contact) throw new Error("no contact");
  return {
    contact,
    interactionId,
    line: lineOf(interactionId),
    card: () => s.desk.contacts.card(contact),
    offer: (open = true, agent = ANNA) =>
      s.desk.orders["/api/contacts/offer-call"](agent, { interactionId, open }),
    said: () => contact.messages.map(({ text }) => text),
  };
}

const started = (s: Stand) => s.told.filter(({ what }) => what === "clickToCall");

async function present(s: Stand) {
  const desk = s.desk.presence.deskOpened(ANNA, "::1");
  await settled();
  return desk;
}

t.test("offered, accepted with a press, talked, written beside it, and closed once", async (t) => {
  await using s = await stand({ browserCalls: "voice" });
  await present(s);
  const { contact, interactionId, line, card, offer, said } = await chat(s);
  t.match(await offer(true, BOB), { code: "forbidden" });
  t.same(await offer(), { ok: true });
  t.match(await offer(), { code: "too_late" }, "once");
  t.match(card(), { kind: "chat", state: "active", chat: true, offer: ["voip", "phone"] });
  t.match(s.desk.callOffers.answer(contact, "video"), { code: "bad_order" });
  t.same(s.desk.callOffers.answer(contact, "voip"), { ok: true });
  t.match(card(), { kind: "voip", state: "waiting", chat: true, offer: undefined });
  t.equal(started(s).length, 0, "his microphone comes first");
  t.ok("user" in (await s.desk.talks.open({ interactionId: contact.interaction.id })));
  s.readyLines.add(line);
  s.desk.lineChanged(line, "ready");
  t.match(started(s)[0]?.with, [{ interactionId, line, agent: "anna" }]);
  t.match(card(), { kind: "voip", state: "calling", chat: true });
  s.call(0, "joined");
  t.match(contact.interaction, { id: interactionId, kind: "voip", state: "active" });
  t.equal(s.desk.contacts.load("anna").free, false);
  t.same(await s.desk.chats.say(contact, "visitor", "Like this one?"), { ok: true });
  t.same(await s.desk.orders["/api/contacts/chat"](ANNA, { interactionId, text: "Yes" }), {
    ok: true,
  });
  await s.desk.orders["/api/contacts/release"](ANNA, { interactionId });
  t.match(contact.interaction, { kind: "chat", state: "active" }, "the call only");
  t.match(card(), { kind: "chat", state: "active" });
  t.equal(said().at(-1), "The call is over. The chat goes on.");
  await s.desk.orders["/api/contacts/release"](ANNA, { interactionId });
  const closing = { interactionId, disposition: "sale" };
  t.same(await s.desk.orders["/api/contacts/close"](ANNA, closing), { ok: true });
  t.equal(s.told.filter(({ what }) => what === "metric closed").length, 1);
  t.equal([...s.desk.contacts.all()].length, 0);
});

t.test(
  "by telephone: the number is mended on the spot; a call that fails is explained",
  async (t) => {
    await using s = await stand();
    await present(s);
    const { contact, card, offer, said } = await chat(s);
    await offer();
    t.same(card().offer, ["phone"], "talking by browser is off");
    t.match(s.desk.callOffers.answer(contact, "phone", "12"), { code: "not_called" });
    t.same(card().offer, ["phone"], "it is still open");
    t.same(s.desk.callOffers.answer(contact, "phone", "030 1234567"), { ok: true });
    t.match(started(s)[0]?.with, [{ number: "+49301234567" }]);
    t.match(card(), { kind: "phone", state: "calling", chat: true });
    s.call(0, "calling_visitor");
    s.call(0, "ended", end("visitor", "busy"));
    t.equal(said().at(-1), "There was no call: the line was busy. The chat goes on.");
    t.match(contact.interaction, { kind: "chat", state: "active", agent: "anna" });
    t.same(await offer(), { ok: true }, "and once more");
  },
);

t.test("declined, taken back, the window closed: the chat goes on", async (t) => {
  await using s = await stand({ browserCalls: "voice" });
  await present(s);
  const { contact, line, card, offer } = await chat(s);
  t.match(await offer(false), { code: "too_late" });
  await offer();
  t.same(s.desk.callOffers.answer(contact, "none"), { ok: true });
  t.match(s.desk.callOffers.answer(contact, "voip"), { code: "too_late" });
  await offer();
  s.desk.callOffers.answer(contact, "voip");
  t.same(await offer(false), { ok: true });
  t.match(card(), { kind: "chat", state: "active", offer: undefined });
  await offer();
  s.desk.callOffers.answer(contact, "voip");
  s.desk.talks.hangUp({ interactionId: contact.interaction.id, contact });
  t.match(card(), { kind: "chat", state: "active", offer: undefined });
  s.readyLines.add(line);
  s.desk.lineChanged(line, "ready");
  t.equal(started(s).length, 0);
});

t.test("no microphone: the same contact, by telephone; also out of a call", async (t) => {
  await using s = await stand({ browserCalls: "voice" });
  await present(s);
  const { contact, interactionId, line, offer } = await chat(s);
  await offer();
  s.desk.callOffers.answer(contact, "voip");
  t.match(await s.desk.talks.byTelephone(contact, "12"), { code: "not_called" });
  s.readyLines.add(line);
  s.desk.lineChanged(line, "ready");
  s.call(0, "joined");
  t.same(await s.desk.talks.byTelephone(contact, "030 1234567"), { contact });
  t.match(contact.interaction, { id: interactionId, kind: "phone", state: "connecting" });
  t.match(started(s)[1]?.with, [{ interactionId, number: "+49301234567" }]);
  t.equal([...s.desk.contacts.all()].length, 1);
});

t.test("the agent has another call by then: the visitor is told", async (t) => {
  await using s = await stand({ browserCalls: "voice" });
  await present(s);
  const { contact, line, offer, said, card } = await chat(s);
  await offer();
  s.desk.callOffers.answer(contact, "voip");
  await s.desk.orders["/api/number"](ANNA, { number: "030 7654321" });
  await s.desk.orders["/api/number/call"](ANNA, {});
  s.readyLines.add(line);
  s.desk.lineChanged(line, "ready");
  t.match(said().at(-1), /^Anna cannot come to the telephone at the moment/);
  t.equal(card().kind, "chat");
  t.match(await offer(), { code: "busy" });
});

for (const joined of [false, true]) {
  t.test(`the agent goes away, ${joined ? "talking" : "ringing"}: the chat waits`, async (t) => {
    await using s = await stand({ browserCalls: "voice" });
    const desk = await present(s);
    const { contact, line, offer } = await chat(s);
    await offer();
    s.desk.callOffers.answer(contact, "voip");
    s.readyLines.add(line);
    s.desk.lineChanged(line, "ready");
    if (joined) s.call(0, "joined");
    desk[Symbol.dispose]();
    s.clock.advance(16_000);
    await settled();
    if (joined) {
      t.match(contact.interaction, { state: "active", kind: "voip" }, "they talk on");
      s.call(0, "ended", end("visitor", "hung_up"));
    }
    t.match(contact.interaction, { state: "queued", kind: "chat", agent: undefined });
  });
}

t.test("after a restart: the call goes on with its chat, or the chat waits", async (t) => {
  for (const there of [true, false]) {
    const records = await openStore(":memory:");
    const first = await stand({ records, browserCalls: "voice" });
    await present(first);
    const { contact, interactionId, line, offer } = await chat(first);
    await offer();
    first.desk.callOffers.answer(contact, "voip");
    first.readyLines.add(line);
    first.desk.lineChanged(line, "ready");
    first.call(0, "joined");
    await settled();
    const [call] = first.calls as [Call];
    const second = await stand({
      records,
      browserCalls: "voice",
      ...(there && { callsBefore: [call] }),
    });
    const restored = second.desk.contacts.get(interactionId);
    t.match(
      restored?.interaction,
      there
        ? { state: "active", kind: "voip", beganAs: "chat", agent: "anna" }
        : { state: "queued", kind: "chat", agent: undefined },
    );
    t.ok(restored && restored.messages.length > 0);
    await first[Symbol.asyncDispose]();
  }
});
