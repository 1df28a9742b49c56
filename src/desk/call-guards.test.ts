import t from "tap";
import { ANNA, BOB, end, settled, type Stand, stand, visitOf } from "../../test/desk/stand.ts";
import type { Answer } from "./answer-form.ts";
import { isRefusal } from "./refusal.ts";

/** Invites a visitor of his own, and answers for him. The clock stands at Monday 2026-01-05, 11:00 in Berlin. */
async function ask(s: Stand, id: string, answer: Partial<Answer>, from: { address?: string } = {}) {
  s.visits.set(id, visitOf(id));
  const order = { sessionId: id, heading: "Hello", text: "Hello" };
  const invited = await s.desk.orders["/api/invite"](ANNA, order);
  if (isRefusal(invited)) throw new Error(invited.message);
  const site = s.desk.directory.site("shop");
  if (!site) throw new Error("no shop");
  const form = { invitation: invited.invitationId, choice: "phone", back: undefined } as const;
  const { address = `192.0.2.${id}` } = from;
  return s.desk.answers.answer({ ...form, ...answer }, { site, address, visitor: `v${id}` });
}

const callback = (number: string, time = "12:00", date = "2026-01-05") =>
  ({ choice: "callback", number, date, time }) as const;
const blocked = (s: Stand) =>
  s.told.filter(({ what }) => what === "metric dialBlocked").map((m) => m.with[0]);

t.test("a callback outside the calling hours is refused when it is asked for", async (t) => {
  await using s = await stand();
  t.match(await ask(s, "1", callback("030 123456", "20:00")), {
    ok: false,
    status: 422,
    field: "time",
    message: /Mon-Fri 08:00-20:00 \(Europe\/Berlin\) only\. Please choose another time/,
  });
  t.match(await ask(s, "2", callback("030 123456", "10:00", "2026-01-10")), { field: "time" });
  t.match(await ask(s, "3", callback("030 123456", "19:59")), { ok: true });
  t.same(blocked(s), ["hours", "hours"]);
});

t.test("and again when it is dialled", async (t) => {
  await using s = await stand();
  await ask(s, "1", callback("030 123456", "19:59"));
  const callbackId = (await s.records.openCallbacks())[0]?.id ?? "";
  s.clock.advance(9 * 3_600_000);
  const late = await s.desk.orders["/api/callbacks/accept"](ANNA, { callbackId });
  t.match(late, { status: 409, code: "not_called", message: /only/ });
  await settled();
  t.match(await s.records.openCallbacks(), [{ state: "due" }], "it is nobody's, and not lost");
  t.same([...s.desk.contacts.all()], []);
  s.clock.advance(12 * 3_600_000);
  const next = await s.desk.orders["/api/callbacks/accept"](ANNA, { callbackId });
  t.match(next, { interactionId: /./ }, "Tuesday 8:00");
});

t.test("do not call again: kept, and asked at every step", async (t) => {
  await using s = await stand();
  const now = { choice: "phone", number: "030 123456" } as const;
  const first = await ask(s, "1", now);
  await ask(s, "2", callback("030 123456"));
  await ask(s, "3", now);
  const other = await ask(s, "4", { ...now, number: "030 123457" });
  if (!first.ok || !first.contact || !other.ok || !other.contact) throw new Error("no contact");
  const { interactionId } = first.contact;
  await s.desk.orders["/api/contacts/accept"](ANNA, { interactionId });
  s.call(0, "joined");
  s.call(0, "ended", end("visitor", "hung_up"));
  const close = { interactionId, disposition: "do_not_call" };
  t.same(await s.desk.orders["/api/contacts/close"](ANNA, close), { ok: true });
  await settled();
  t.same(await s.records.openCallbacks(), [], "his callback is cancelled");
  t.same(
    [...s.desk.contacts.all()].map((c) => c.interaction.id),
    [other.contact.interactionId],
    "who waited with that number is let go, nobody else",
  );
  const never = { ok: false, status: 422, field: "number", message: /asked us not to call/ };
  t.match(await ask(s, "5", now), never);
  t.match(await ask(s, "6", callback("+49 30 123456")), never);

  await using again = await stand({ records: s.records, clock: s.clock });
  t.match(await ask(again, "7", now), never, "after a restart too");
  t.match(await s.records.doNotCall(), [
    { firm: "acme", number: "+4930123456", agent: "anna", addedMs: s.clock.nowMs() },
  ]);
});

t.test("do not call again, said between asking and dialling", async (t) => {
  await using s = await stand();
  await s.records.addDoNotCall({ firm: "acme", number: "+4930123456", agent: "bob", addedMs: 0 });
  await ask(s, "1", { choice: "phone", number: "030 123456" });
  await using again = await stand({ records: s.records, clock: s.clock });
  const [contact] = [...again.desk.contacts.all()];
  const interactionId = contact?.interaction.id ?? "";
  t.match(await again.desk.orders["/api/contacts/accept"](ANNA, { interactionId }), {
    code: "not_called",
  });
  t.equal(contact?.interaction.state, "queued");
  t.same(again.calls, []);
});

t.test("two contacts with one number: one after the other", async (t) => {
  await using s = await stand();
  const contacts = [];
  for (const id of ["1", "2"]) {
    const asked = await ask(s, id, { choice: "phone", number: "030 123456" });
    if (!asked.ok || !asked.contact) throw new Error("no contact");
    contacts.push({ interactionId: asked.contact.interactionId });
  }
  const [one, two] = contacts;
  if (!one || !two) throw new Error("no contacts");
  t.same(await s.desk.orders["/api/contacts/accept"](ANNA, one), { ok: true });
  t.match(await s.desk.orders["/api/contacts/accept"](BOB, two), {
    code: "not_called",
    message: /in hand already/,
  });
  s.call(0, "ended", end("visitor", "busy"));
  await s.desk.orders["/api/contacts/close"](ANNA, { ...one, disposition: "not_reached" });
  t.same(await s.desk.orders["/api/contacts/accept"](BOB, two), { ok: true });
  t.same(blocked(s), ["live_call"]);
});

t.test("callbacks of a day: by visitor, by number, by address", async (t) => {
  await using s = await stand();
  for (const id of ["1", "2", "3"]) t.match(await ask(s, id, callback("030 123456")), { ok: true });
  t.match(await ask(s, "4", callback("030 123456")), { ok: false, status: 429, message: /today/ });
  t.match(await ask(s, "5", callback("030 123457")), { ok: true });
  s.clock.advance(700_000);
  const address = { address: "2001:db8::1" };
  for (let n = 10; n < 20; n += 1) {
    if (n === 15) s.clock.advance(700_000);
    t.match(await ask(s, `${n}`, callback(`030 1300${n}`), address), { ok: true });
  }
  s.clock.advance(700_000);
  t.match(await ask(s, "20", callback("030 130020"), address), { ok: false, status: 429 });
  t.same(blocked(s), ["limit", "limit"]);
});

t.test("numbers that are not called are counted by why", async (t) => {
  await using s = await stand();
  for (const number of ["call me", "0900 1234567", "+43 1 5131234"]) {
    t.match(await ask(s, number.slice(0, 4), { choice: "phone", number }), { field: "number" });
  }
  t.same(blocked(s), ["number", "destination", "destination"]);
});
