import t from "tap";
import type { Interaction, InteractionState } from "../model/interaction.ts";
import { audienceOf, inQueueOrder, loadOf } from "./queue.ts";

const contact = (changes: Partial<Interaction> = {}): Interaction => ({
  id: "i",
  kind: "phone",
  state: "queued",
  site: "shop",
  firm: "acme",
  sessionId: "s",
  address: "::1",
  url: "/",
  priority: 3,
  queuedMs: 0,
  ...changes,
});

t.test("priority comes before age", async (t) => {
  const late = contact({ id: "late", priority: 9, queuedMs: 9 });
  const early = contact({ id: "early", queuedMs: 1 });
  const later = contact({ id: "later", queuedMs: 2 });
  t.same([later, early, late].toSorted(inQueueOrder), [late, early, later]);
});

t.test("who sees a contact", async (t) => {
  const firm = [{ name: "anna" }, { name: "bob" }];
  t.same(audienceOf(contact(), firm), ["anna", "bob"]);
  t.same(audienceOf(contact({ state: "active", agent: "bob" }), firm), ["bob"]);
  t.same(audienceOf(contact({ state: "closed", agent: "bob" }), firm), []);
});

t.test("what an agent is doing", async (t) => {
  const of = (kind: "phone" | "chat", state: InteractionState, ringing = false) => ({
    interaction: contact({ kind, state }),
    ringing,
  });
  const cases = [
    [[], "idle", true],
    [[of("phone", "reserved")], "reserved", false],
    [[of("phone", "connecting", true)], "ringing", false],
    [[of("phone", "connecting")], "talking", false],
    [[of("phone", "active")], "talking", false],
    [[of("phone", "held")], "held", false],
    [[of("phone", "wrapping")], "wrapping", false],
    [[of("chat", "active")], "talking", true],
    [[of("chat", "wrapping")], "wrapping", true],
    [[of("chat", "active"), of("chat", "active"), of("chat", "active")], "talking", false],
    [[of("chat", "active"), of("phone", "wrapping")], "wrapping", false],
  ] as const;
  for (const [held, state, free] of cases) t.same(loadOf(held), { state, free });
});
