/** What random stories have found: nobody's telephone rings twice, whoever calls it and why. */
import t from "tap";
import { legOf } from "../../src/model/call.ts";
import { createPlant } from "./engine.ts";
import { newStory, take, telephonesInUse } from "./random-steps.ts";
import { ANNA, BOB } from "./stand.ts";

async function talking(test: Pick<typeof t, "teardown">) {
  const plant = await createPlant();
  test.teardown(() => plant[Symbol.asyncDispose]());
  const story = newStory();
  await take(plant, story, { agent: 0, order: "come", pick: 0 });
  await take(plant, story, { visitor: "at once", pick: 0 });
  for (const _ of [1, 2]) await take(plant, story, { ms: 250 });
  const [contact] = plant.engine().desk.contacts.of("anna");
  if (contact?.call?.state !== "joined") throw new Error("they do not talk");
  return { plant, story, interactionId: contact.interaction.id, number: "+4930123000" };
}

t.test("the visitor cannot be consulted about himself, nor anybody twice", async (t) => {
  const { plant, interactionId, number } = await talking(t);
  const { orders, contacts } = plant.engine().desk;
  for (const order of ["/api/calls/consult", "/api/calls/transfer"] as const) {
    const refused = await orders[order](ANNA, { interactionId, third: { number } });
    t.match(refused, { code: "not_called", message: /in hand already/ });
  }
  t.equal(telephonesInUse(plant).get(number), 1);
  await orders["/api/calls/consult"](ANNA, { interactionId, third: { number: "+4930123001" } });
  await plant.pass(250);
  t.equal(contacts.get(interactionId)?.call?.state, "consulting");
  plant.engine().desk.presence.seen(BOB, "::1");
  orders["/api/number"](BOB, { number: "+4930123001" });
  t.match(orders["/api/number/call"](BOB, {}), { code: "not_called" });
});

t.test(
  "who was handed on is not called while he talks, though his contact is closed",
  async (t) => {
    const { plant, interactionId, number } = await talking(t);
    const { orders, contacts, presence } = plant.engine().desk;
    await orders["/api/calls/transfer"](ANNA, { interactionId, third: { number: "+4930123001" } });
    await plant.pass(250);
    await orders["/api/contacts/close"](ANNA, { interactionId, disposition: "helped" });
    t.equal(contacts.get(interactionId), undefined);
    presence.seen(BOB, "::1");
    orders["/api/number"](BOB, { number });
    t.match(orders["/api/number/call"](BOB, {}), { code: "not_called" });
    t.equal(telephonesInUse(plant).get(number), 1);
    for (const call of plant.engine().telephony.calls()) {
      plant.exchange.hangUp(legOf(call, "visitor")?.id ?? "");
    }
    t.match(orders["/api/number/call"](BOB, {}), { interactionId: String }, "afterwards he may be");
  },
);

t.test("a number that is being called is refused, whoever asks, and nothing breaks", async (t) => {
  const { plant, number } = await talking(t);
  const { orders, contacts } = plant.engine().desk;
  for (const agent of [ANNA, BOB]) {
    orders["/api/number"](agent, { number });
    t.match(orders["/api/number/call"](agent, {}), { code: /^(busy|not_called)$/ });
  }
  t.equal([...contacts.all()].length, 1, "no contact is made of it");
});

t.test("an agent with the receiver in his hand: his telephone is not rung", async (t) => {
  const plant = await createPlant();
  t.teardown(() => plant[Symbol.asyncDispose]());
  const story = newStory();
  await take(plant, story, { agent: 0, order: "come", pick: 0 });
  await plant.lift("101");
  const { desk } = plant.engine();
  const { lineId = "" } = desk.warmLine.handset("anna");
  await take(plant, story, { visitor: "at once", pick: 0 });
  t.equal(desk.contacts.waiting(), 1, "he is no free agent for a call that nobody asked for");
  const [waiting] = desk.contacts.all();
  const interactionId = waiting?.interaction.id ?? "";
  t.match(desk.orders["/api/contacts/accept"](ANNA, { interactionId }), { ok: true });
  await plant.pass(250);
  await plant.pass(250);
  const [call] = plant.engine().telephony.calls();
  t.match(call, { state: "joined", legs: [{ id: lineId }, {}] }, "his own call goes by that line");
  t.equal(telephonesInUse(plant).get("101"), 1);
  t.equal(desk.warmLine.handset("anna").lineId, undefined);
});

t.test("a colleague with the receiver in his hand is not free", async (t) => {
  const { plant, story, interactionId } = await talking(t);
  await take(plant, story, { agent: 1, order: "come", pick: 0 });
  await plant.lift("102");
  const { orders } = plant.engine().desk;
  const third = { agent: "bob" };
  t.match(await orders["/api/calls/consult"](ANNA, { interactionId, third }), { code: "busy" });
});
