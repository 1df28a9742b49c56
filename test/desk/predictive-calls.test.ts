/** Visitors are called before there are agents for them, over real telephony and an exchange in memory. */
import t from "tap";
import { createPlant, type Plant } from "./engine.ts";
import { answeredBefore, countsOf, LAW, PREDICTIVE, taught } from "./predictive.ts";
import { newStory, type Story, take } from "./random-steps.ts";
import { ANNA, BOB, settled } from "./stand.ts";

async function firm(test: Pick<typeof t, "teardown">, rules = PREDICTIVE, before = 0) {
  const plant = await createPlant(rules, { law: LAW, pacer: taught });
  test.teardown(() => plant[Symbol.asyncDispose]());
  if (before > 0) await answeredBefore(plant, before);
  return { plant, story: newStory() };
}
/** She comes, and lifts the receiver. */
async function onLine(plant: Plant, story: Story, agent: 0 | 1) {
  await take(plant, story, { agent, order: "come", pick: 0 });
  await take(plant, story, { agent, order: "lift", pick: 0 });
}
async function ask(plant: Plant, story: Story, ...picks: number[]) {
  for (const pick of picks) await take(plant, story, { visitor: "now", pick });
}
const states = (plant: Plant) =>
  Array.from(plant.engine().desk.contacts.all(), ({ interaction: i }) => `${i.number} ${i.state}`);
const calls = (plant: Plant) =>
  plant
    .engine()
    .telephony.calls()
    .map(({ number, state }) => `${number} ${state}`);
const attempts = (plant: Plant) =>
  plant
    .engine()
    .told.filter(({ what }) => what === "metric dialAttempt")
    .map(({ with: [result] }) => result);
const view = (plant: Plant) => plant.engine().desk.presence.view(ANNA).state;

t.test("who answers is joined with an agent on the line, one after the other", async (t) => {
  const { plant, story } = await firm(t);
  await onLine(plant, story, 0);
  const { desk, telephony } = plant.engine();
  t.match(desk.warmLine.handset("anna"), { waits: true }, "calls come by themselves");
  await ask(plant, story, 0, 1);
  t.same(calls(plant), ["+4930123000 dialling"], "nothing to spend: one number for each agent");
  t.same(states(plant), ["+4930123000 queued", "+4930123001 queued"]);
  t.equal(view(plant), "idle", "she has nothing in hand until somebody answers");
  await plant.pass(200);
  t.same(calls(plant), ["+4930123000 joined"]);
  const [contact] = desk.contacts.of("anna");
  t.match(contact, { automatic: true, interaction: { state: "active" } });
  t.equal(view(plant), "talking");
  t.same(plant.exchange.hears(telephony.calls()[0]?.legs[0]?.id ?? ""), ["in.1"]);
  plant.exchange.hangUp(telephony.calls()[0]?.legs[0]?.id ?? "");
  await settled();
  t.equal(view(plant), "wrapping");
  t.match(desk.warmLine.handset("anna"), { lineId: "in.1", waits: true }, "in her hand still");
  await take(plant, story, { agent: 0, order: "close", pick: 0 });
  t.same(calls(plant), ["+4930123001 dialling"], "the next one, without a word");
  await plant.pass(200);
  t.same(calls(plant), ["+4930123001 joined"]);
  t.same(await countsOf(plant), { answers: 2, drops: 0 });
  t.same(attempts(plant), ["answered"], "counted as they end");
});

t.test("more numbers than agents, and whoever finds none is told so in time", async (t) => {
  const { plant, story } = await firm(t, PREDICTIVE, 5_000);
  await onLine(plant, story, 0);
  await onLine(plant, story, 1);
  await ask(plant, story, 7, 0, 1, 2);
  t.equal(calls(plant).length, 4, "four numbers for two agents");
  await plant.pass(200);
  const now = calls(plant);
  t.equal(now.filter((call) => call.endsWith("joined")).length, 2);
  t.same(
    now.filter((call) => call.endsWith("waiting")),
    ["+4930123001 waiting"],
  );
  await plant.pass(1_999);
  t.equal(plant.engine().telephony.calls().length, 3, "he waits for as long as the law lets him");
  await plant.pass(1);
  t.ok(calls(plant).includes("+4930123001 announcing"));
  const told = plant.engine().telephony.calls().at(-1)?.legs[0];
  t.same(plant.exchange.hears(told?.id ?? ""), ["nobody_free"]);
  await plant.pass(1_000);
  t.equal(calls(plant).filter((call) => call.startsWith("+4930123001")).length, 0, "let go");
  t.same(await countsOf(plant), { answers: 5_003, drops: 1 });
  t.ok(attempts(plant).includes("dropped"));
  const kept = [...plant.engine().desk.contacts.all()].find(
    ({ interaction: i }) => i.number === "+4930123001",
  );
  t.match(kept?.interaction, { state: "queued" }, "he is kept");
  t.equal(
    kept?.interaction.restsUntilMs,
    plant.clock.nowMs() - 1_000 + 86_400_000,
    "and left alone for a day",
  );
});

t.test("an agent who becomes free in time gets who waits", async (t) => {
  const { plant, story } = await firm(t, PREDICTIVE, 5_000);
  await onLine(plant, story, 0);
  await take(plant, story, { agent: 1, order: "come", pick: 0 });
  await take(plant, story, { agent: 1, order: "take a break", pick: 0 });
  await take(plant, story, { agent: 1, order: "lift", pick: 0 });
  t.match(plant.engine().desk.warmLine.handset("bob"), { waits: true });
  await ask(plant, story, 0, 1);
  await plant.pass(200);
  t.same(calls(plant), ["+4930123000 joined", "+4930123001 waiting"]);
  await plant.pass(1_500);
  await take(plant, story, { agent: 1, order: "come", pick: 0 });
  t.same(calls(plant), ["+4930123000 joined", "+4930123001 joined"], "Bob is back");
  await plant.pass(2_000);
  t.same((await countsOf(plant)).drops, 0);
});

t.test("the limit: agents leave, and a restart forgets nothing", async (t) => {
  const { plant, story } = await firm(t, PREDICTIVE, 400);
  await onLine(plant, story, 0);
  await ask(plant, story, 0, 1, 7);
  t.equal(
    calls(plant).length,
    2,
    "one for her, and one that may be dropped if it comes to the worst",
  );
  plant.exchange.hangUp("in.1");
  await settled();
  t.same(calls(plant), ["+4930123000 dialling"], "without her the last one is given up");
  await plant.pass(200);
  await plant.pass(2_000);
  t.same(await countsOf(plant), { answers: 401, drops: 1 });
  await plant.pass(1_000);
  t.same(attempts(plant), ["given_up", "dropped"]);
  await plant.restart("killed");
  await plant.pass(0);
  t.same(await countsOf(plant), { answers: 401, drops: 1 }, "a restart keeps the counts");
  story.desks.clear();
  await onLine(plant, story, 0);
  t.same(calls(plant), ["+4930123002 dialling"], "who was given up, or dropped, rests");
  plant.exchange.hangUp("in.2");
  await settled();
  t.same(calls(plant), [], "nothing may be dropped now, so it is given up as well");
  t.same(await countsOf(plant), { answers: 401, drops: 1 });
});

t.test("callbacks: not reached, tried again later, three times at most", async (t) => {
  const { plant, story } = await firm(t);
  await take(plant, story, { visitor: "later", pick: 2 });
  await plant.pass(91 * 60_000);
  const callback = async () => (await plant.store.openCallbacks())[0];
  await onLine(plant, story, 0);
  for (const attempt of [1, 2]) {
    t.same(calls(plant), ["+4930123486 dialling"]);
    await plant.pass(250);
    t.match(await callback(), { state: "scheduled", attempts: attempt });
    await plant.pass(14 * 60_000);
    t.same(calls(plant), []);
    await plant.pass(2 * 60_000);
  }
  await plant.pass(250);
  t.equal(await callback(), undefined);
  t.same(attempts(plant), ["busy", "busy", "busy"]);
  t.same(states(plant), [], "no agent has had anything to do with it");
});

t.test("callbacks: answered, it is the agent's like any other", async (t) => {
  const { plant, story } = await firm(t);
  await take(plant, story, { visitor: "later", pick: 0 });
  await plant.pass(91 * 60_000);
  await onLine(plant, story, 0);
  t.equal(plant.engine().desk.staffing("shop").free, 0, "no invitation for an agent who is due");
  await plant.pass(200);
  t.same(states(plant), ["+4930123000 active"]);
  t.match((await plant.store.openCallbacks())[0], { state: "attempted", agent: "anna" });
  await take(plant, story, { agent: 0, order: "release", pick: 0 });
  await take(plant, story, { agent: 0, order: "close", pick: 0 });
  t.same(await plant.store.openCallbacks(), []);
});

t.test(
  "killed while a number rings, and while somebody waits: ended, listed, counted",
  async (t) => {
    for (const [ms, drops] of [
      [100, 0],
      [200, 1],
    ] as const) {
      const { plant, story } = await firm(t, PREDICTIVE, 5_000);
      await onLine(plant, story, 0);
      await ask(plant, story, 0);
      // Nobody is there when he answers.
      plant.exchange.hangUp("in.1");
      await plant.pass(ms);
      t.equal(calls(plant).length, 1);
      await plant.restart("killed");
      await plant.pass(250);
      t.same(calls(plant), []);
      t.same(plant.exchange.leftOver(), []);
      t.same(states(plant), ["+4930123000 queued"]);
      t.equal((await countsOf(plant)).drops, drops);
    }
  },
);

t.test("numbers of other countries are dialled when an agent has them already", async (t) => {
  const { plant, story } = await firm(t, { ...PREDICTIVE, jurisdiction: "US" }, 5_000);
  await take(plant, story, { agent: 1, order: "come", pick: 0 });
  await ask(plant, story, 0, 1);
  t.same(calls(plant), [], "Bob has not lifted the receiver");
  await onLine(plant, story, 0);
  t.same(calls(plant), ["+4930123000 calling_visitor"], "one number for one agent");
  t.equal(view(plant), "talking");
  await plant.pass(200);
  t.same(states(plant), ["+4930123000 active", "+4930123001 queued"]);
  await take(plant, story, { agent: 0, order: "release", pick: 0 });
  t.match(plant.engine().desk.warmLine.handset("anna"), { waits: true });
  t.same(await countsOf(plant), { answers: 5_000, drops: 0 });
});

t.test("an agent whose telephone cannot be lifted in advance is rung first", async (t) => {
  const { plant, story } = await firm(t);
  const { desk, telephony } = plant.engine();
  desk.use(plant.engine().entries({ ...BOB, telephone: "+4930123001" }));
  await onLine(plant, story, 0);
  await take(plant, story, { agent: 1, order: "come", pick: 0 });
  await ask(plant, story, 0, 7);
  t.same(calls(plant), ["+4930123000 dialling", "+4930123002 calling_agent"]);
  t.match(telephony.calls().at(-1)?.legs, [{ agent: "bob" }], "Bob at home");
});

t.test(
  "a receiver that was left beside the telephone is no line when its agent is gone",
  async (t) => {
    const { plant, story } = await firm(t);
    await onLine(plant, story, 0);
    await plant.pass(3_600_000);
    t.same(plant.exchange.leftOver(), ["in.1"], "she waits for as long as she likes");
    await take(plant, story, { agent: 0, order: "leave", pick: 0 });
    await plant.pass(15_000);
    t.same(plant.exchange.leftOver(), []);
    t.same(plant.engine().desk.warmLine.handset("anna"), {});
  },
);

t.test("agents are kept for who accepts an invitation, as many as can be expected", async (t) => {
  let expected = 0;
  const plant = await createPlant(PREDICTIVE, {
    law: LAW,
    pacer: taught,
    expected: () => expected,
  });
  t.teardown(() => plant[Symbol.asyncDispose]());
  const story = newStory();
  await onLine(plant, story, 0);
  await onLine(plant, story, 1);
  expected = 1.4;
  await ask(plant, story, 0, 7);
  t.same(calls(plant), ["+4930123000 dialling"], "one of the two is for who accepts");
  expected = 0.3;
  await plant.pass(2_000);
  t.ok(calls(plant).includes("+4930123002 dialling"), "it is looked at again by itself");
});

t.test(
  "callbacks: who found no agent is called again another day, and keeps his attempts",
  async (t) => {
    const { plant, story } = await firm(t, PREDICTIVE, 400);
    await take(plant, story, { visitor: "later", pick: 0 });
    await plant.pass(91 * 60_000);
    await onLine(plant, story, 0);
    plant.exchange.hangUp("in.1");
    await plant.pass(200);
    t.same(calls(plant), ["+4930123000 waiting"]);
    await plant.pass(2_000);
    const [callback] = await plant.store.openCallbacks();
    t.match(callback, {
      state: "scheduled",
      attempts: 0,
      dueMs: plant.clock.nowMs() + 86_400_000,
    });
    await plant.pass(1_000);
    t.same(calls(plant), []);
    t.same(states(plant), [], "no contact has come of it");
  },
);
