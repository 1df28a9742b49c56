import * as fc from "fast-check";
import t from "tap";
import { ANNA, AGENTS, BOB, end, stand, visitOf } from "../../test/desk/stand.ts";
import { createFeed } from "./feed.ts";
import type { DeskState, FeedMessage } from "./protocol.ts";
import { isRefusal } from "./refusal.ts";

function collect() {
  const seqs: string[] = [];
  return {
    seqs,
    read: (json: string) => {
      const message = JSON.parse(json) as FeedMessage;
      seqs.push(message.type === "snapshot" ? `snapshot ${message.seq}` : String(message.seq));
    },
  };
}

const nobody = {} as DeskState;
const up = { type: "switch", up: true } as const;

t.test(
  "a desk goes on where it stopped; when that is no longer kept, it begins anew",
  async (t) => {
    const feed = createFeed({ epoch: "e", most: 4, snapshot: () => nobody });
    const first = collect();
    const reading = feed.read("anna", undefined, first.read);
    feed.publish(["anna", "bob"], up);
    feed.publish(["anna"], up);
    t.same(first.seqs, ["snapshot 0", "1", "2"]);
    reading[Symbol.dispose]();
    feed.publish(["anna"], up);
    t.same(first.seqs.length, 3, "nothing comes any more");
    const cases = [
      [{ epoch: "e", after: 2 }, ["3"]],
      [{ epoch: "e", after: 0 }, ["1", "2", "3"]],
      [{ epoch: "e", after: 3 }, []],
      [{ epoch: "e", after: 4 }, ["snapshot 3"]],
      [{ epoch: "other", after: 2 }, ["snapshot 3"]],
      [undefined, ["snapshot 3"]],
    ] as const;
    for (const [since, expected] of cases) {
      const later = collect();
      feed.read("anna", since, later.read)[Symbol.dispose]();
      t.same(later.seqs, expected, JSON.stringify(since));
    }
    for (let i = 0; i < 20; i++) feed.publish(["anna"], up);
    const late = collect();
    feed.read("anna", { epoch: "e", after: 3 }, late.read)[Symbol.dispose]();
    t.same(late.seqs, ["snapshot 23"]);
  },
);

t.test("what happens while nothing is kept for an agent is in the next snapshot", async (t) => {
  const feed = createFeed({ epoch: "e", most: 4, snapshot: () => nobody });
  const first = collect();
  feed.read("anna", undefined, first.read)[Symbol.dispose]();
  t.ok(feed.isKept("anna"));
  feed.rest("anna");
  t.notOk(feed.isKept("anna"));
  feed.publish(["anna"], up);
  for (const after of [0, 1]) {
    feed.rest("anna");
    const later = collect();
    feed.read("anna", { epoch: "e", after }, later.read)[Symbol.dispose]();
    t.same(later.seqs, ["snapshot 1"]);
  }
});

/** What a desk makes of its feed: the rules of `protocol.ts`, and no more. */
interface Screen {
  last: { epoch: string; after: number } | undefined;
  agent: unknown;
  switchUp: unknown;
  readonly lists: Record<
    "alerts" | "invitations" | "contacts" | "callbacks" | "visitors" | "colleagues" | "handset",
    Map<string, unknown>
  >;
}

function blank(): Screen {
  const list = () => new Map<string, unknown>();
  return {
    last: undefined,
    agent: undefined,
    switchUp: undefined,
    lists: {
      alerts: list(),
      invitations: list(),
      contacts: list(),
      callbacks: list(),
      visitors: list(),
      colleagues: list(),
      handset: list(),
    },
  };
}

function apply(screen: Screen, message: FeedMessage): void {
  const { lists } = screen;
  if (screen.last && message.type !== "snapshot" && message.seq !== screen.last.after + 1) {
    throw new Error(`Message ${message.seq} came after ${screen.last.after}`);
  }
  screen.last = { epoch: message.epoch, after: message.seq };
  if (message.type === "snapshot") {
    const { desk } = message;
    Object.assign(screen, { agent: desk.agent, switchUp: desk.switchUp });
    lists.handset = new Map([["", desk.handset]]);
    lists.colleagues = new Map(desk.colleagues.map((c) => [c.name, c]));
    lists.alerts = new Map(desk.alerts.map((a) => [a.id, a]));
    lists.invitations = new Map(desk.invitations.map((i) => [i.id, i]));
    lists.contacts = new Map(desk.contacts.map((c) => [c.interaction.id, c]));
    lists.callbacks = new Map(desk.callbacks.map((c) => [c.id, c]));
    lists.visitors = new Map(desk.visitors.map((v) => [v.id, v]));
  } else if (message.type === "agent") screen.agent = message.agent;
  else if (message.type === "switch") screen.switchUp = message.up;
  else if (message.type === "handset") lists.handset.set("", message.handset);
  else if (message.type === "colleague") {
    lists.colleagues.set(message.colleague.name, message.colleague);
  } else if (message.type === "alert") lists.alerts.set(message.alert.id, message.alert);
  else if (message.type === "alert_gone") lists.alerts.delete(message.alertId);
  else if (message.type === "invitation") {
    const { invitation } = message;
    if (["sent", "shown"].includes(invitation.state))
      lists.invitations.set(invitation.id, invitation);
    else lists.invitations.delete(invitation.id);
  } else if (message.type === "contact") {
    lists.contacts.set(message.contact.interaction.id, message.contact);
  } else if (message.type === "contact_gone") lists.contacts.delete(message.interactionId);
  else if (message.type === "chat") {
    const contact = lists.contacts.get(message.message.interactionId) as { messages: unknown[] };
    contact.messages = [...contact.messages, message.message].filter(
      (m, i, all) => all.findIndex((o) => JSON.stringify(o) === JSON.stringify(m)) === i,
    );
  } else if (message.type === "callback")
    lists.callbacks.set(message.callback.id, message.callback);
  else if (message.type === "callback_gone") lists.callbacks.delete(message.callbackId);
  else if (message.type === "visitor") lists.visitors.set(message.session.id, message.session);
  else lists.visitors.delete(message.sessionId);
}

function contents(screen: Screen): unknown {
  const sorted = Object.entries(screen.lists).map(([name, list]) => [
    name,
    [...list].toSorted(([a], [b]) => a.localeCompare(b)),
  ]);
  return { agent: screen.agent, switchUp: screen.switchUp, sorted };
}

const STEPS = (
  "visit found leave accept_alert reject_alert invite chat phone callback decline ask_chat ask_phone ask_chat " +
  "ask_phone take take say joined busy hung_up close take_callback switch on_break available second minute"
).split(" ");

t.test("however often it is cut off, a desk shows what a new one would", async (t) => {
  const step = fc.record({
    what: fc.constantFrom(...STEPS),
    who: fc.integer({ min: 0, max: 1 }),
    which: fc.nat(3),
    cut: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      let ids = 0;
      const s = await stand({ randomId: () => `id${String(++ids).padStart(4, "0")}` });
      for (const id of ["s0", "s1", "s2"]) s.visits.set(id, visitOf(id));
      const screens = AGENTS.map(() => blank());
      const desks = AGENTS.map((agent) => s.desk.presence.deskOpened(agent, "::1"));
      const read = (index: number) => {
        const screen = screens[index] ?? blank();
        return s.desk.feed.read(AGENTS[index]?.name ?? "", screen.last, (json) =>
          apply(screen, JSON.parse(json) as FeedMessage),
        );
      };
      const reading = AGENTS.map((_, index) => read(index));
      for (const { what, who, which, cut } of steps) {
        // The connection breaks before the step, and is back after it.
        if (cut) reading[who]?.[Symbol.dispose]();
        await act(s, what, who === 0 ? ANNA : BOB, which, screens[who] ?? blank());
        if (cut) reading[who] = read(who);
      }
      s.clock.advance(500);
      for (const [index, agent] of AGENTS.entries()) {
        const fresh = blank();
        const look = s.desk.feed.read(agent.name, undefined, (json) => {
          apply(fresh, JSON.parse(json) as FeedMessage);
        });
        look[Symbol.dispose]();
        t.strictSame(contents(screens[index] ?? blank()), contents(fresh), agent.name);
      }
      t.same(
        s.told.filter(({ what }) => what === "error"),
        [],
      );
      for (const desk of desks) desk[Symbol.dispose]();
      await s[Symbol.asyncDispose]();
      t.equal(s.clock.timers, 0);
    }),
    { numRuns: 40 },
  );
});

/** One thing that happens; orders that do not fit the moment are refused, which is as good a test as any. */
async function act(
  s: Awaited<ReturnType<typeof stand>>,
  what: string,
  agent: typeof ANNA,
  which: number,
  screen: Screen,
): Promise<void> {
  const { orders } = s.desk;
  const pick = (list: Map<string, unknown>) => [...list.keys()].sort()[which] ?? "none";
  const id = `s${which}`;
  const session = s.visits.get(id);
  const interactionId = pick(screen.lists.contacts);
  const shop = s.desk.directory.site("shop");
  if (!shop) throw new Error("no shop");
  const answer = async (choice: "none" | "chat" | "phone" | "callback") => {
    const live = AGENTS.flatMap((a) => {
      const shown: string[] = [];
      const look = s.desk.feed.read(a.name, undefined, (json) => {
        const message = JSON.parse(json) as FeedMessage;
        if (message.type === "snapshot") shown.push(...message.desk.invitations.map((i) => i.id));
      });
      look[Symbol.dispose]();
      return shown;
    });
    await s.desk.answers.answer(
      {
        invitation: live[which % Math.max(1, live.length)] ?? "none",
        choice,
        number: "030 123456",
        date: "2026-01-05",
        time: "11:03",
        back: undefined,
      },
      { site: shop, address: `192.0.2.${which}`, visitor: id },
    );
  };
  const lastCall = s.calls.length - 1;
  const call = s.calls[lastCall];
  if (what === "visit") {
    const next = visitOf(id, { pages: (session?.pages ?? 0) + 1, lastAccessMs: s.clock.nowMs() });
    s.visits.set(id, next);
    s.desk.changed(next);
  } else if (what === "found" && session) {
    s.desk.found(s.opportunity(`o${s.told.length}`, session), session);
  } else if (what === "leave" && session) {
    s.visits.delete(id);
    s.desk.ended(id, "shop");
  } else if (what === "accept_alert") {
    await orders["/api/alerts/accept"](agent, { alertId: pick(screen.lists.alerts) });
  } else if (what === "reject_alert") {
    await orders["/api/alerts/reject"](agent, { alertId: pick(screen.lists.alerts) });
  } else if (what === "invite") {
    const invited = await orders["/api/invite"](agent, { sessionId: id, heading: "h", text: "t" });
    if (!isRefusal(invited) && which % 2 === 0) s.desk.shown(invited.invitationId);
  } else if (what === "ask_chat" || what === "ask_phone") {
    const invited = await orders["/api/invite"](agent, { sessionId: id, heading: "h", text: "t" });
    if (!isRefusal(invited)) await answer(what === "ask_chat" ? "chat" : "phone");
  } else if (what === "decline") await answer("none");
  else if (what === "chat" || what === "phone" || what === "callback") await answer(what);
  else if (what === "take") await orders["/api/contacts/accept"](agent, { interactionId });
  else if (what === "say") await orders["/api/contacts/chat"](agent, { interactionId, text: "x" });
  else if (what === "joined" && call?.state === "calling_agent") {
    s.call(lastCall, "calling_visitor");
    s.call(lastCall, "joined");
  } else if (what === "busy" && call?.state === "calling_agent") {
    s.call(lastCall, "calling_visitor");
    s.call(lastCall, "ended", end("visitor", "busy"));
  } else if (what === "hung_up") await orders["/api/contacts/release"](agent, { interactionId });
  else if (what === "close") {
    await orders["/api/contacts/close"](agent, { interactionId, disposition: "helped" });
  } else if (what === "take_callback") {
    await orders["/api/callbacks/accept"](agent, { callbackId: pick(screen.lists.callbacks) });
  } else if (what === "switch") s.desk.switchChanged(which % 2 === 0);
  else if (what === "on_break" || what === "available") {
    await orders["/api/status"](agent, { status: what });
  } else if (what === "second") s.clock.advance(1_000);
  else if (what === "minute") s.clock.advance(60_000);
}
