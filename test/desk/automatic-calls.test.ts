/** Free agents are given whoever is first on the dial list, over real telephony and an exchange in memory. */
import t from "tap";
import type { AutomaticCalls } from "../../src/model/automatic-calls.ts";
import { createPlant, type Plant } from "./engine.ts";
import { newStory, type Story, take, telephonesInUse } from "./random-steps.ts";
import { ANNA, BOB, settled, visitOf } from "./stand.ts";

const ALL: AutomaticCalls = { mode: "progressive", callbacks: true, requests: true };

async function firm(test: Pick<typeof t, "teardown">, rules: AutomaticCalls) {
  const plant = await createPlant(rules);
  test.teardown(() => plant[Symbol.asyncDispose]());
  return { plant, story: newStory() };
}
const comes = (plant: Plant, story: Story, agent: 0 | 1) =>
  take(plant, story, { agent, order: "come", pick: 0 });
const states = (plant: Plant) =>
  Array.from(plant.engine().desk.contacts.all(), ({ interaction: i }) => `${i.number} ${i.state}`);
const attempts = (plant: Plant) =>
  plant
    .engine()
    .told.filter(({ what }) => what === "metric dialAttempt")
    .map(({ with: [result] }) => result);

t.test("who has asked to be called now waits for no agent's word", async (t) => {
  const { plant, story } = await firm(t, ALL);
  await take(plant, story, { visitor: "now", pick: 0 });
  await take(plant, story, { visitor: "now", pick: 1 });
  t.same(states(plant), ["+4930123000 queued", "+4930123001 queued"]);
  await comes(plant, story, 0);
  t.same(states(plant), ["+4930123000 connecting", "+4930123001 queued"], "one for each agent");
  const [contact] = plant.engine().desk.contacts.visibleTo("anna");
  t.equal(contact?.automatic, true, "her desk says that it has come by itself");
  for (const _ of [1, 2]) await plant.pass(250);
  t.same(states(plant), ["+4930123000 active", "+4930123001 queued"]);
  await comes(plant, story, 1);
  t.same(states(plant), ["+4930123000 active", "+4930123001 connecting"]);
  await take(plant, story, { agent: 0, order: "release", pick: 0 });
  t.same(attempts(plant), ["answered"]);
});

t.test(
  "none is given to an agent on a break, in a chat, or with work to do after a call",
  async (t) => {
    const { plant, story } = await firm(t, ALL);
    await comes(plant, story, 0);
    await take(plant, story, { agent: 0, order: "take a break", pick: 0 });
    await take(plant, story, { visitor: "now", pick: 0 });
    await take(plant, story, { visitor: "now", pick: 1 });
    t.same(states(plant), ["+4930123000 queued", "+4930123001 queued"]);
    await comes(plant, story, 0);
    for (const _ of [1, 2]) await plant.pass(250);
    await take(plant, story, { agent: 0, order: "release", pick: 0 });
    t.same(states(plant), ["+4930123000 wrapping", "+4930123001 queued"]);
    await take(plant, story, { agent: 0, order: "close", pick: 0 });
    t.same(states(plant), ["+4930123001 connecting"]);
  },
);

t.test(
  "none is given to an agent whose desk has just gone; to the next one, or when it is back",
  async (t) => {
    const { plant, story } = await firm(t, ALL);
    await comes(plant, story, 0);
    await take(plant, story, { agent: 0, order: "leave", pick: 0 });
    await take(plant, story, { visitor: "now", pick: 0 });
    t.equal(plant.engine().desk.staffing("shop").onDuty, 1, "she may only have loaded it again");
    t.same(states(plant), ["+4930123000 queued"]);
    using _ = plant.engine().desk.presence.deskOpened(ANNA, "::1");
    await settled();
    t.same(states(plant), ["+4930123000 connecting"]);
  },
);

t.test("an agent who does not answer is paused, and the next one gets the visitor", async (t) => {
  const { plant, story } = await firm(t, ALL);
  await comes(plant, story, 0);
  await comes(plant, story, 1);
  await take(plant, story, { visitor: "now", pick: 0 });
  const { desk, telephony } = plant.engine();
  const leg = telephony.calls()[0]?.legs[0];
  t.equal(leg?.agent, "anna");
  plant.exchange.hangUp(leg?.id ?? "");
  await settled();
  t.same(states(plant), ["+4930123000 wrapping"], "she has declined, and keeps it");
  await take(plant, story, { agent: 0, order: "close", pick: 0 });
  const session = visitOf("deaf", { number: "+4930123001" });
  plant.engine().visits.set("deaf", session);
  // Bob's turn, whose telephone is never answered.
  desk.use(plant.engine().entries({ ...BOB, telephone: "408" }));
  desk.presence.say(ANNA, "on_break");
  desk.found(plant.engine().opportunity("o-deaf", session, { mode: "call_at_once" }), session);
  await settled();
  t.equal(desk.contacts.load("bob").state, "ringing");
  await plant.pass(20_000);
  t.equal(desk.presence.view(BOB).status, "on_break");
  t.same(states(plant), ["+4930123001 queued"], "the visitor keeps his place");
  desk.presence.say(ANNA, "available");
  await settled();
  t.same(states(plant), ["+4930123001 connecting"], "and is the next agent's at once");
  t.equal(desk.contacts.load("anna").state, "ringing");
  t.same(attempts(plant), [], "no number was dialled in vain");
});

t.test("callbacks that are due, but not out of hours", async (t) => {
  const { plant, story } = await firm(t, { ...ALL, requests: false });
  await comes(plant, story, 0);
  await take(plant, story, { visitor: "now", pick: 0 });
  await take(plant, story, { visitor: "later", pick: 1 });
  t.same(states(plant), ["+4930123000 queued"], "the firm leaves requests to its agents");
  await plant.pass(100 * 60_000);
  t.same(states(plant), ["+4930123000 queued", "+4930123001 connecting"]);
  await plant.pass(250);
  await plant.pass(250);
  await take(plant, story, { agent: 0, order: "release", pick: 1 });
  await take(plant, story, { agent: 0, order: "take a break", pick: 0 });
  await take(plant, story, { agent: 0, order: "close", pick: 0 });
  await take(plant, story, { visitor: "later", pick: 2 });
  // Into the night.
  await plant.pass(12 * 3_600_000);
  await comes(plant, story, 0);
  t.same(states(plant), ["+4930123000 queued"]);
  // The next morning, without a word from anybody.
  await plant.pass(11 * 3_600_000);
  for (const _ of [1, 2]) await plant.pass(31_000);
  t.same(states(plant), ["+4930123000 queued", "+4930123486 wrapping"], "called, and busy");
});

t.test("two who have left the same number are not called at once", async (t) => {
  const { plant, story } = await firm(t, ALL);
  for (const _ of [1, 2]) await take(plant, story, { visitor: "now", pick: 0 });
  await comes(plant, story, 0);
  await comes(plant, story, 1);
  for (const _ of [1, 2]) await plant.pass(250);
  t.same(states(plant), ["+4930123000 active", "+4930123000 queued"]);
  t.equal(telephonesInUse(plant).get("+4930123000"), 1);
});

t.test(
  "a call that nobody has asked for keeps to the calling hours, list or no list",
  async (t) => {
    for (const rules of [ALL, { ...ALL, mode: "off" as const }]) {
      const { plant, story } = await firm(t, rules);
      await comes(plant, story, 0);
      // 23:00 in Berlin.
      await plant.pass(12 * 3_600_000);
      await take(plant, story, { visitor: "at once", pick: 0 });
      t.same(states(plant), []);
      t.same(plant.engine().advanced("o1"), ["expired"]);
    }
  },
);
