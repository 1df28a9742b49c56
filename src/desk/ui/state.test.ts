import * as fc from "fast-check";
import t from "tap";
import type { Interaction } from "../../model/interaction.ts";
import type { Session } from "../../model/session.ts";
import type { DeskState, FeedEvent, FeedMessage } from "../protocol.ts";
import { apply, type Known } from "./state.ts";

const desk: DeskState = {
  agent: {
    name: "anna",
    displayName: "Anna",
    firm: "f",
    telephone: "101",
    telephoneReady: true,
    status: "available",
    state: "idle",
    maySetPriority: false,
    address: "127.0.0.1",
  },
  alerts: [],
  invitations: [],
  contacts: [],
  callbacks: [],
  visitors: [],
  templates: [],
  dispositions: [],
  switchUp: true,
  conferences: true,
  browserChoices: [],
  colleagues: [],
  handset: {},
  nowMs: 0,
};

const session = (id: string, pages: number): Session => ({
  id,
  site: "s",
  state: "active",
  address: "192.0.2.1",
  startedMs: 0,
  lastAccessMs: 0,
  trail: [],
  pages,
  consent: "session",
  priority: 3,
});

const interaction = (id: string, state: Interaction["state"]): Interaction => ({
  id,
  kind: "chat",
  state,
  site: "s",
  firm: "f",
  sessionId: "v1",
  address: "192.0.2.1",
  url: "/",
  priority: 3,
  queuedMs: 0,
});

const chat = (interactionId: string, number: number) => ({
  interactionId,
  number,
  from: "visitor" as const,
  text: `message ${number}`,
  atMs: number,
});

const at = (event: FeedEvent, seq: number, epoch = "e"): FeedMessage => ({ ...event, epoch, seq });
const snapshot = at({ type: "snapshot", desk }, 0);
const all = (messages: readonly FeedMessage[]) =>
  messages.reduce<Known | undefined>((known, message) => apply(known, message), undefined);

t.test("nothing is known before the first snapshot", (t) => {
  t.equal(apply(undefined, at({ type: "switch", up: false }, 1)), undefined);
  t.equal(all([snapshot])?.switchUp, true);
  t.end();
});

t.test("a message that was applied, or is of another epoch, changes nothing", (t) => {
  const known = all([snapshot, at({ type: "switch", up: false }, 5)]);
  t.equal(apply(known, at({ type: "switch", up: true }, 5)), known);
  t.equal(apply(known, at({ type: "switch", up: true }, 4)), known);
  t.equal(apply(known, at({ type: "switch", up: true }, 6, "other")), known);
  t.equal(apply(known, at({ type: "switch", up: true }, 6))?.switchUp, true);
  t.end();
});

t.test("a visit is followed in its contact, and a chat message joins it once", (t) => {
  const known = all([
    snapshot,
    at({ type: "contact", contact: { interaction: interaction("c", "active"), messages: [] } }, 1),
    at({ type: "visitor", session: session("v1", 7) }, 2),
    at({ type: "chat", message: chat("c", 2) }, 3),
    at({ type: "chat", message: chat("c", 1) }, 4),
    at({ type: "chat", message: chat("c", 2) }, 5),
    at({ type: "chat", message: chat("nowhere", 1) }, 6),
  ]);
  t.equal(known?.contacts["c"]?.session?.pages, 7);
  t.same(
    known?.contacts["c"]?.messages.map((m) => m.number),
    [1, 2],
  );
  t.end();
});

t.test("a closed contact leaves; a snapshot replaces everything", (t) => {
  const known = all([
    snapshot,
    at({ type: "visitor", session: session("v1", 1) }, 1),
    at({ type: "contact", contact: { interaction: interaction("c", "active"), messages: [] } }, 2),
    at({ type: "contact", contact: { interaction: interaction("c", "closed"), messages: [] } }, 3),
  ]);
  t.same(known?.contacts, {});
  t.same(apply(known, at({ type: "snapshot", desk }, 9, "new")), {
    ...all([snapshot]),
    epoch: "new",
    seq: 9,
  });
  t.end();
});

const event: fc.Arbitrary<FeedEvent> = fc.oneof(
  fc.record({ type: fc.constant("switch" as const), up: fc.boolean() }),
  fc.tuple(fc.constantFrom("v1", "v2"), fc.nat(9)).map(([id, pages]) => ({
    type: "visitor" as const,
    session: session(id, pages),
  })),
  fc.constantFrom("v1", "v2").map((sessionId) => ({ type: "visitor_gone" as const, sessionId })),
  fc
    .tuple(fc.constantFrom("c1", "c2"), fc.constantFrom("queued", "active", "closed"))
    .map(([id, state]) => ({
      type: "contact" as const,
      contact: { interaction: interaction(id, state as "queued"), messages: [] },
    })),
  fc.tuple(fc.constantFrom("c1", "c2"), fc.integer({ min: 1, max: 4 })).map(([id, number]) => ({
    type: "chat" as const,
    message: chat(id, number),
  })),
  fc.constantFrom("c1", "c2").map((id) => ({ type: "contact_gone" as const, interactionId: id })),
);

t.test("cut anywhere and sent again from anywhere before, the desk ends the same", (t) => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), fc.nat(), fc.nat(), (events, cut, back) => {
      const messages = [snapshot, ...events.map((e, i) => at(e, i + 1))];
      const end = cut % messages.length;
      const resume = Math.min(end, 1 + (back % messages.length));
      const twice = [...messages.slice(0, end + 1), ...messages.slice(resume)];
      t.same(all(twice), all(messages));
    }),
    { numRuns: 60 },
  );
  t.end();
});
