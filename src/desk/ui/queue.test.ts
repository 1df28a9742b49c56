import t from "tap";
import { exampleContact, exampleDesk } from "../../../test/ui/examples.ts";
import { apply, type Known } from "./state.ts";
import { waiting } from "./queue.ts";

const NOW = 1_800_000_000_000;
const known = (more: Partial<ReturnType<typeof exampleDesk>> = {}) =>
  apply(undefined, {
    type: "snapshot",
    epoch: "e",
    seq: 0,
    desk: { ...exampleDesk(NOW), ...more },
  }) as Known;

t.test("one list of all that waits, in three orders", (t) => {
  const ids = (order: "priority" | "age" | "kind") => waiting(known(), order).map((e) => e.id);
  t.same(ids("priority"), ["c-jane", "cb-2", "a-1", "c-chat"]);
  t.same(ids("age"), ["cb-2", "c-jane", "a-1", "c-chat"]);
  t.same(ids("kind"), ["c-jane", "c-chat", "cb-2", "a-1"]);
  t.end();
});

t.test("what is in somebody's hands, or not due, does not wait", (t) => {
  const desk = known({
    contacts: [exampleContact("c", NOW, { state: "active", agent: "anna" })],
    alerts: [{ ...exampleDesk(NOW).alerts[0]!, state: "accepted" }],
    callbacks: exampleDesk(NOW).callbacks.filter((c) => c.state === "scheduled"),
  });
  t.same(waiting(desk, "age"), []);
  t.end();
});

t.test("an entry says who, where and why", (t) => {
  const entries = waiting(known(), "priority");
  t.match(entries[0], {
    kind: "phone",
    name: "Jane Dove",
    about: "/machines/doppio.html",
    priority: 7,
  });
  t.match(entries[1], { kind: "callback", about: "Which grinder for the Piccolo?" });
  t.match(entries[2], { kind: "alert", reason: /pages >= 3/, address: "198.51.100.23" });
  t.match(entries[3], { kind: "chat", forMe: true });
  t.end();
});
