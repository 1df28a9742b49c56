import t from "tap";
import { begun, callOfLeg, dialVisitor, ended, joined, legIdOf, legMoved } from "./call-steps.ts";

const started = begun("c1", "i1", 1_000);
const both = legMoved(
  legMoved(dialVisitor(legMoved(started, "c1.agent", "answered")), "c1.visitor", "ringing"),
  "c1.visitor",
  "answered",
);

t.test("a call begins with the agent", (t) => {
  t.match(started, { state: "calling_agent", startedMs: 1_000 });
  t.same(started.legs, [{ id: "c1.agent", party: "agent", state: "dialling" }]);
  t.end();
});

t.test("the call of a leg is found by its id", (t) => {
  t.equal(callOfLeg(legIdOf("c.1", "agent")), "c.1");
  t.equal(callOfLeg(legIdOf("c.visitor", "visitor")), "c.visitor");
  t.equal(callOfLeg("something else"), "something else");
  t.end();
});

t.test("joined, then ended by the visitor", (t) => {
  const talking = joined(both, 2_000);
  t.same(
    talking.legs.map((leg) => leg.state),
    ["joined", "joined"],
  );
  const over = ended(talking, "visitor", "hung_up", 3_000);
  t.match(over, { state: "ended", joinedMs: 2_000, endedMs: 3_000 });
  t.same(over.end, { party: "visitor", reason: "hung_up" });
  t.same(
    over.legs.map((leg) => leg.end),
    ["released", "hung_up"],
  );
  t.equal(both.state, "calling_visitor", "the earlier ones are as they were");
  t.end();
});

t.test("late news of a leg change nothing", (t) => {
  t.equal(legMoved(both, "c1.agent", "ringing"), both);
  t.equal(legMoved(both, "c1.agent", "answered"), both);
  t.equal(legMoved(both, "nobody", "answered"), both);
  t.end();
});

t.test("moves that the tables do not know are refused", (t) => {
  const over = ended(started, "agent", "busy", 2_000);
  t.throws(() => ended(over, "agent", "busy", 3_000), { code: "WL_ILLEGAL_TRANSITION" });
  t.throws(() => joined(started, 2_000), { code: "WL_ILLEGAL_TRANSITION" });
  t.throws(() => dialVisitor(over), { code: "WL_ILLEGAL_TRANSITION" });
  t.end();
});
