/**
 * Whatever happens in whatever order: no agent is stuck, no contact is lost, nobody is called twice at once, every call ends, and no
 * more calls find no agent than the law allows.
 */
import { array, assert, asyncProperty, constantFrom } from "fast-check";
import t from "tap";
import { createPlant, type Plant } from "./engine.ts";
import { answeredBefore, countsOf, LAW, PREDICTIVE, taught } from "./predictive.ts";
import { newStory, step, type Story, take, telephonesInUse } from "./random-steps.ts";
import { ANNA, settled } from "./stand.ts";

/** Calls that no contact has: nobody of ours talks any more, or not yet. */
const NOBODYS = new Set(["transferred", "dialling", "waiting", "announcing"]);

/** What must hold whenever everything has settled. In words, what does not. */
async function wrongs(plant: Plant, story: Story): Promise<string[]> {
  const { desk, telephony } = plant.engine();
  const wrong = plant.errors.map((error) => `logged: ${error}`);
  for (const [telephone, count] of telephonesInUse(plant)) {
    if (count > 1) wrong.push(`${count} calls to ${telephone}`);
  }
  const calls = new Map(telephony.calls().map((call) => [call.id, call]));
  const contacts = [...desk.contacts.all()];
  for (const { interaction: i, callId = "" } of contacts) {
    if (i.state === "reserved") wrong.push(`${i.id} is stuck in reserved`);
    const inCall = i.state === "connecting" || i.state === "active" || i.state === "held";
    if (inCall && !calls.has(callId)) wrong.push(`${i.id} is ${i.state} without a call`);
    if ((i.agent === undefined) !== (i.state === "queued"))
      wrong.push(`${i.id} ${i.state} ${i.agent}`);
  }
  for (const call of calls.values()) {
    const its = contacts.some(({ callId }) => callId === call.id);
    if (!its && !NOBODYS.has(call.state)) wrong.push(`${call.id} is ${call.state}, and nobody's`);
  }
  for (const agent of desk.directory.agents()) {
    const busy = desk.contacts.of(agent.name).filter((c) => c.interaction.state !== "wrapping");
    if (busy.length > 1) wrong.push(`${agent.name} has ${busy.length} calls`);
  }
  for (const id of story.contacts) if (!desk.contacts.get(id)) wrong.push(`${id} is lost`);
  const stored = await plant.store.openInteractions();
  const states = (all: readonly { id: string; state: string }[]) =>
    all
      .map(({ id, state }) => `${id} ${state}`)
      .toSorted()
      .join();
  const [now, disk] = [states(contacts.map((c) => c.interaction)), states(stored)];
  if (now !== disk) wrong.push(`contacts are ${now}, on the disk ${disk}`);
  for (const callback of await plant.store.openCallbacks()) {
    const { id, state } = callback;
    const taken = state === "reserved" || state === "attempted";
    const its = contacts.filter(({ interaction }) => interaction.callbackId === id);
    if (taken && its.length !== 1) wrong.push(`callback ${id} is ${state}, by ${its.length}`);
  }
  const { answers, drops } = await countsOf(plant);
  if (drops > LIMIT * answers) wrong.push(`${drops} of ${answers} have found no agent`);
  const kept = (await plant.store.openCalls())
    .map(({ id }) => id)
    .toSorted()
    .join();
  const known = [...calls.keys()].toSorted().join();
  if (kept !== known) wrong.push(`calls are ${known}, on the disk ${kept}`);
  return wrong;
}

const PATIENCE_MS = LAW.patienceMs ?? 0;
const waiting = (plant: Plant) =>
  plant
    .engine()
    .telephony.calls()
    .flatMap(({ id, state }) => (state === "waiting" ? [id] : []));

/** Everybody goes home, and all receivers are put down. */
async function endOfDay(plant: Plant, story: Story): Promise<void> {
  plant.connected(true);
  for (const desk of story.desks.values()) desk[Symbol.dispose]();
  await plant.pass(20_000);
  for (const id of plant.exchange.leftOver()) plant.exchange.hangUp(id);
  await settled();
  await plant.pass(130_000);
}

/** An agent who is there can call whoever waits, and close it. */
async function canWork(plant: Plant): Promise<string[]> {
  const { desk } = plant.engine();
  const { contacts, orders } = desk;
  // She chooses herself.
  desk.use({ ...plant.engine().entries(), automatic: {} });
  const wrong: string[] = [];
  using _ = desk.presence.deskOpened(ANNA, "::1");
  orders["/api/status"](ANNA, { status: "available" });
  await settled();
  for (const { interaction } of contacts.of("anna")) {
    const own = { interactionId: interaction.id, disposition: "helped" };
    const closed = await orders["/api/contacts/close"](ANNA, own);
    if (!("ok" in closed && closed.ok)) wrong.push(`${own.interactionId} stays open`);
  }
  for (const { interaction } of contacts.all()) {
    if (interaction.state !== "queued") continue;
    const { id: interactionId } = interaction;
    const taken = await orders["/api/contacts/accept"](ANNA, { interactionId });
    if ("code" in taken && taken.code === "not_called") continue;
    await settled();
    orders["/api/contacts/release"](ANNA, { interactionId });
    await settled();
    const own = { interactionId, disposition: "helped" };
    const closed = await orders["/api/contacts/close"](ANNA, own);
    if (!("ok" in closed && closed.ok))
      wrong.push(`${interactionId} cannot be worked on: ${JSON.stringify([taken, closed])}`);
  }
  return wrong;
}

const steps = array(step, { minLength: 10, maxLength: 60, size: "max" });
const rules = constantFrom("off" as const, "progressive" as const, "predictive" as const);
const LIMIT = LAW.dropLimit ?? 0;
/** So few that one more drop, or two, would be too many. */
const ANSWERED_BEFORE = 40;

// Of the file as a whole: 200 stories take more than the half minute that tap gives it.
if (process.env["RUNS"] !== undefined) t.setTimeout(600_000);

t.test(
  "random stories, a few seconds of them; RUNS and SEED for more",
  { timeout: 600_000 },
  async () => {
    await assert(
      asyncProperty(steps, rules, async (steps, mode) => {
        await using plant = await createPlant({ ...PREDICTIVE, mode }, { law: LAW, pacer: taught });
        if (mode === "predictive") await answeredBefore(plant, ANSWERED_BEFORE);
        const story = newStory();
        for (const agent of [0, 1]) await take(plant, story, { agent, order: "come", pick: 0 });
        if (mode === "predictive") {
          for (const agent of [0, 1]) await take(plant, story, { agent, order: "lift", pick: 0 });
          for (const pick of [1, 7]) await take(plant, story, { visitor: "now", pick });
        }
        for (const visitor of ["now", "at once"] as const)
          await take(plant, story, { visitor, pick: 0 });
        for (const _ of [1, 2, 3]) await take(plant, story, { ms: 250 });
        for (const [index, what] of steps.entries()) {
          const waited = "ms" in what && what.ms >= PATIENCE_MS ? waiting(plant) : [];
          await take(plant, story, what);
          if (waiting(plant).some((id) => waited.includes(id)))
            throw new Error(`somebody waits for an agent still, after step ${index}`);
          const wrong = await wrongs(plant, story);
          if (wrong.length > 0) throw new Error(`after step ${index}: ${wrong.join("; ")}`);
        }
        await endOfDay(plant, story);
        const left = [
          ...plant.exchange.leftOver(),
          ...plant
            .engine()
            .telephony.calls()
            .map(({ id }) => id),
        ];
        if (left.length > 0) throw new Error(`left over: ${left.join()}`);
        const wrong = [...(await wrongs(plant, story)), ...(await canWork(plant))];
        if (wrong.length > 0) throw new Error(`at the end: ${wrong.join("; ")}`);
      }),
      {
        numRuns: Number(process.env["RUNS"] ?? 60),
        // The same each time, so that a change is found wrong by itself and not by chance.
        seed: Number(process.env["SEED"] ?? 1),
        ...(process.env["RUNS"] === undefined && { interruptAfterTimeLimit: 5_000 }),
      },
    );
  },
);
