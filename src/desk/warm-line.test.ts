/** The warm line at the desk: who is let in, what becomes of a line, and when a found number may be called. */
import t from "tap";
import { ANNA, type Stand, stand, visitOf } from "../../test/desk/stand.ts";
import { isRefusal } from "./refusal.ts";

const NUMBER = "+4930123001";
const HOUR_MS = 3_600_000;

/** The orders that the telephony was given. */
const called = (s: Stand) => s.told.filter(({ what }) => what === "clickToCall");

/** A visitor asks to be called later at {@link NUMBER}; the callback. */
async function asksForLater(s: Stand): Promise<string> {
  s.visits.set("later", visitOf("later"));
  const order = { sessionId: "later", heading: "Hello", text: "Hello" };
  const invited = await s.desk.orders["/api/invite"](ANNA, order);
  const site = s.desk.directory.site("shop");
  if (isRefusal(invited) || !site) throw new Error("not invited");
  const when = { date: "2026-01-05", time: "12:00", back: undefined };
  await s.desk.answers.answer(
    { invitation: invited.invitationId, choice: "callback", number: NUMBER, ...when },
    { site, address: "2001:db8::1", visitor: "later" },
  );
  const [callback] = await s.records.openCallbacks();
  if (!callback) throw new Error("no callback");
  return callback.id;
}

t.test("only an agent who is there and does not talk is let in", async (t) => {
  await using s = await stand();
  const { warmLine, presence, orders } = s.desk;
  t.equal(warmLine.lifted("line", ANNA.telephone), "refused", "not at work");
  using _ = presence.deskOpened(ANNA, "::1");
  s.desk.switchChanged(true);
  t.equal(warmLine.lifted("line", "999"), "refused", "nobody's telephone");
  t.equal(warmLine.lifted("line", ANNA.telephone), "chooses");
  t.same(warmLine.handset("anna"), { lineId: "line" });
  warmLine.dropped("line");
  t.same(warmLine.handset("anna"), {});
  await orders["/api/number"](ANNA, { number: NUMBER });
  await orders["/api/number/call"](ANNA, {});
  t.equal(warmLine.lifted("line", ANNA.telephone), "refused", "in a call");
});

t.test(
  "a callback is called on the line that is lifted; what comes too late lets it go",
  async (t) => {
    await using s = await stand();
    const { warmLine, presence, orders } = s.desk;
    using _ = presence.deskOpened(ANNA, "::1");
    s.desk.switchChanged(true);
    const callbackId = await asksForLater(s);
    t.match(await orders["/api/line/callback"](ANNA, { callbackId }), { code: "too_late" });
    warmLine.lifted("first", ANNA.telephone);
    t.match(await orders["/api/line/callback"](ANNA, { callbackId: "none" }), {
      code: "not_found",
    });
    t.match(
      s.told.filter(({ what }) => what === "releaseLine"),
      [{ with: ["first"] }],
    );
    warmLine.lifted("second", ANNA.telephone);
    t.same(await orders["/api/line/callback"](ANNA, { callbackId }), { ok: true });
    t.match(called(s), [{ with: [{ lineId: "second", number: NUMBER }] }]);
    t.match(s.desk.contacts.of("anna"), [{ interaction: { callbackId } }]);
    t.same(warmLine.handset("anna"), {}, "the line is a call's now");
  },
);

t.test("a found number is whose who asked to be called at it", async (t) => {
  await using s = await stand();
  using _ = s.desk.presence.deskOpened(ANNA, "::1");
  s.desk.switchChanged(true);
  const callbackId = await asksForLater(s);
  t.same(await s.desk.orders["/api/number"](ANNA, { number: "030 123001" }), { number: NUMBER });
  await s.desk.orders["/api/number/call"](ANNA, {});
  t.match(s.desk.contacts.of("anna"), [{ interaction: { callbackId } }]);
});

t.test("nobody is called by night who has not asked for it", async (t) => {
  await using s = await stand();
  s.clock.advance(12 * HOUR_MS);
  using _ = s.desk.presence.deskOpened(ANNA, "::1");
  s.desk.switchChanged(true);
  s.visits.set("v", visitOf("v", { number: "+4930123002" }));
  for (const number of [NUMBER, "+4930123002"]) {
    await s.desk.orders["/api/number"](ANNA, { number });
    t.match(await s.desk.orders["/api/number/call"](ANNA, {}), { code: "not_called" });
    t.same([...s.desk.contacts.all()], [], "and nothing is left of it");
    t.same(s.desk.warmLine.handset("anna"), { number }, "it can be tried again by day");
  }
  t.same(called(s), []);
});

t.test("a visitor of another firm's site who has the number is none of our business", async (t) => {
  await using s = await stand();
  using _ = s.desk.presence.deskOpened(ANNA, "::1");
  s.desk.switchChanged(true);
  s.visits.set("w", visitOf("w", { site: "other", number: NUMBER, name: "Mr Red" }));
  await s.desk.orders["/api/number"](ANNA, { number: NUMBER });
  await s.desk.orders["/api/number/call"](ANNA, {});
  const [contact] = s.desk.contacts.of("anna");
  t.match(contact?.interaction, { number: NUMBER, firm: "acme" });
  t.notOk("name" in (contact?.interaction ?? {}));
});
