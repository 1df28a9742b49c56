/** Steps of a random story between agents, visitors, the exchange and the engine, and what each of them does to a plant. */
import { type Arbitrary, boolean, constantFrom, nat, oneof, record } from "fast-check";
import type { Agent } from "../../src/model/agent.ts";
import { legOf } from "../../src/model/call.ts";
import type { Contact } from "../../src/desk/contacts.ts";
import type { Plant } from "./engine.ts";
import { ANNA, BOB, refOf, settled, visitOf } from "./stand.ts";

/** Numbers that end in what the called party does; others answer. Few, so that several visitors leave the same. */
const NUMBERS = ["000", "001", "486", "408", "603", "404", "503", "002"].map((n) => `+4930123${n}`);
const AGENTS = [ANNA, BOB] as const;
const DISPOSITIONS = ["helped", "not_reached", "call_again", "do_not_call"] as const;

const ORDERS = [
  "come",
  "come",
  "leave",
  "log out",
  "take a break",
  "accept",
  "accept",
  "accept a callback",
  "release",
  "close",
  "close",
  "redial",
  "lift",
  "lift",
  "call on the line",
  "call back on the line",
  "find a number",
  "call the number found",
] as const;
const CALL_ORDERS = [
  "hold",
  "resume",
  "consult a colleague",
  "consult somebody outside",
  "conference",
  "transfer",
  "transfer to a colleague",
  "transfer outside",
  "press keys",
] as const;

const pick = nat({ max: 7 });

export const step = oneof(
  {
    weight: 9,
    arbitrary: record({ ms: constantFrom(0, 250, 250, 250, 500, 2_500, 21_000, 130_000) }),
  },
  { weight: 1, arbitrary: record({ ms: constantFrom(1_800_000, 43_200_000) }) },
  {
    weight: 4,
    arbitrary: record({ visitor: constantFrom("now", "now", "now", "later", "at once"), pick }),
  },
  {
    weight: 14,
    arbitrary: record({ agent: nat({ max: 1 }), order: constantFrom(...ORDERS), pick }),
  },
  {
    weight: 10,
    arbitrary: record({ callOrder: constantFrom(...CALL_ORDERS), pick }),
  },
  {
    weight: 3,
    arbitrary: record({ hangsUp: constantFrom("agent", "visitor", "third"), pick }),
  },
  {
    weight: 2,
    arbitrary: record({ exchange: constantFrom("lost", "back", "back", "started again") }),
  },
  {
    weight: 1,
    arbitrary: record({ engine: constantFrom("killed", "stopped"), desks: boolean() }),
  },
);

type Step = typeof step extends Arbitrary<infer S> ? S : never;

/** What the world has been promised, and may hold against us. */
export interface Story {
  /** Contacts that were acknowledged, and not closed by an agent. */
  readonly contacts: Set<string>;
  /** Callbacks that were acknowledged, by number. */
  callbacks: number;
  readonly desks: Map<Agent, Disposable>;
  visits: number;
}

export const newStory = (): Story => ({
  contacts: new Set(),
  callbacks: 0,
  desks: new Map(),
  visits: 0,
});

/** Takes one step, and lets everything settle. */
export async function take(plant: Plant, story: Story, what: Step): Promise<void> {
  if ("ms" in what) await plant.pass(what.ms);
  else if ("visitor" in what) await asks(plant, story, what.visitor, numberOf(what.pick));
  else if ("order" in what) await orders(plant, story, AGENTS[what.agent] ?? ANNA, what);
  else if ("callOrder" in what) {
    const { contacts } = plant.engine().desk;
    const talks =
      AGENTS.find((agent) => contacts.of(agent.name).some(({ call }) => call?.joinedMs)) ?? ANNA;
    await orders(plant, story, talks, { order: what.callOrder, pick: what.pick });
  } else if ("hangsUp" in what) {
    const calls = plant.engine().telephony.calls();
    const call = calls[what.pick % Math.max(1, calls.length)];
    const leg = call && legOf(call, what.hangsUp);
    if (leg) plant.exchange.hangUp(leg.id);
  } else if ("exchange" in what) exchangeIs(plant, what.exchange);
  else {
    await plant.restart(what.engine);
    const were = Array.from(story.desks.keys());
    story.desks.clear();
    for (const agent of what.desks ? were : []) {
      story.desks.set(agent, plant.engine().desk.presence.deskOpened(agent, "::1"));
    }
  }
  await settled();
}

const numberOf = (n: number) => NUMBERS[n] ?? "";

function exchangeIs(plant: Plant, what: "lost" | "back" | "started again"): void {
  if (what !== "started again") return plant.connected(what === "back");
  plant.connected(false);
  for (const id of plant.exchange.leftOver()) plant.exchange.hangUp(id);
  plant.connected(true);
}

/** A new visitor wants to be called, or is called without having asked. */
async function asks(plant: Plant, story: Story, how: string, number: string): Promise<void> {
  const { desk, visits, ...engine } = plant.engine();
  const id = `s${++story.visits}`;
  const session = visitOf(id, { number, address: `2001:db8::${story.visits}` });
  visits.set(id, session);
  const before = new Set(Array.from(desk.contacts.all(), (c) => c.interaction.id));
  const mode = how === "at once" ? ("call_at_once" as const) : ("invite_first" as const);
  desk.found(engine.opportunity(`o${story.visits}`, session, { mode }), session);
  await settled();
  if (how !== "at once") {
    const card = desk.invitations.cardFor(id);
    if (!card) return;
    const site = desk.directory.site("shop");
    if (!site) throw new Error("no shop");
    const due = new Date(plant.clock.nowMs() + 90 * 60_000).toISOString();
    const result = await desk.answers.answer(
      {
        invitation: card.id,
        choice: how === "later" ? "callback" : "phone",
        number,
        date: due.slice(0, 10),
        time: due.slice(11, 16),
        back: undefined,
      },
      { site, address: session.address, visitor: refOf(id).visitorId ?? id },
    );
    if (result.ok && how === "later") story.callbacks += 1;
  }
  for (const { interaction } of desk.contacts.all()) {
    if (!before.has(interaction.id)) story.contacts.add(interaction.id);
  }
}

async function orders(
  plant: Plant,
  story: Story,
  agent: Agent,
  { order, pick: n }: { order: (typeof ORDERS | typeof CALL_ORDERS)[number]; pick: number },
): Promise<void> {
  const { desk } = plant.engine();
  const { presence, contacts, orders: give } = desk;
  const other = agent === ANNA ? BOB : ANNA;
  const waiting = [...contacts.all()].filter((c) => c.interaction.state === "queued");
  const chosen = (from: readonly Contact[]) => from[n % Math.max(1, from.length)];
  const interactionId = chosen(contacts.of(agent.name))?.interaction.id ?? "none";
  const queuedId = chosen(waiting)?.interaction.id ?? "none";
  const outside = { number: numberOf(n) };
  const callbacks = await plant.store.openCallbacks();
  const callbackId = callbacks[n % Math.max(1, callbacks.length)]?.id ?? "none";
  switch (order) {
    case "come":
      if (!story.desks.has(agent)) story.desks.set(agent, presence.deskOpened(agent, "::1"));
      return void give["/api/status"](agent, { status: "available" });
    case "leave":
      story.desks.get(agent)?.[Symbol.dispose]();
      return void story.desks.delete(agent);
    case "log out":
      return presence.loggedOut(agent);
    case "take a break":
      return void give["/api/status"](agent, { status: "on_break" });
    case "accept":
      return void give["/api/contacts/accept"](agent, { interactionId: queuedId });
    case "accept a callback":
      return void give["/api/callbacks/accept"](agent, { callbackId });
    case "release":
      return void give["/api/contacts/release"](agent, { interactionId });
    case "close": {
      const disposition = DISPOSITIONS[n % DISPOSITIONS.length] ?? "helped";
      const closed = { interactionId, disposition };
      const done = await give["/api/contacts/close"](agent, closed);
      if (!("ok" in done && done.ok)) return;
      story.contacts.delete(interactionId);
      if (disposition !== "do_not_call") return;
      // Whoever must not be called again waits no longer.
      for (const id of story.contacts) if (!contacts.get(id)) story.contacts.delete(id);
      return;
    }
    case "redial":
      return void give["/api/contacts/redial"](agent, { interactionId });
    case "hold":
      return void (await give["/api/calls/hold"](agent, { interactionId }));
    case "resume":
      return void (await give["/api/calls/resume"](agent, { interactionId }));
    case "consult a colleague":
      return void (await give["/api/calls/consult"](agent, {
        interactionId,
        third: { agent: other.name },
      }));
    case "consult somebody outside":
      return void (await give["/api/calls/consult"](agent, { interactionId, third: outside }));
    case "conference":
      return void (await give["/api/calls/conference"](agent, { interactionId }));
    case "transfer":
      return void (await give["/api/calls/transfer"](agent, { interactionId }));
    case "transfer to a colleague":
      return void (await give["/api/calls/transfer"](agent, {
        interactionId,
        third: { agent: other.name },
      }));
    case "transfer outside":
      return void (await give["/api/calls/transfer"](agent, { interactionId, third: outside }));
    case "press keys":
      return void (await give["/api/calls/digits"](agent, { interactionId, digits: "1#" }));
    case "lift":
      // Nobody lifts a receiver that is off the hook.
      if (telephonesInUse(plant).has(agent.telephone) || !plant.wired()) return;
      return plant.lift(agent.telephone);
    case "call on the line":
      return void give["/api/line/contact"](agent, { interactionId: queuedId });
    case "call back on the line":
      return void give["/api/line/callback"](agent, { callbackId });
    case "find a number":
      return void give["/api/number"](agent, outside);
    case "call the number found": {
      const before = new Set(Array.from(contacts.all(), (c) => c.interaction.id));
      void give["/api/number/call"](agent, {});
      for (const { interaction: i } of contacts.all()) {
        if (!before.has(i.id) && i.callbackId === undefined) story.contacts.add(i.id);
      }
    }
  }
}

/** Where the legs lead that exist at the exchange. */
export function telephonesInUse(plant: Plant): Map<string, number> {
  const inUse = new Map<string, number>();
  for (const id of plant.exchange.leftOver()) {
    const where = plant.led.get(id);
    // Whoever is being turned away on the warm line is about to put the receiver down.
    if (where !== undefined && plant.exchange.hears(id)[0] !== "refusal")
      inUse.set(where, (inUse.get(where) ?? 0) + 1);
  }
  return inUse;
}
