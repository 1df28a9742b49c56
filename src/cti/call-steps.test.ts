import t from "tap";
import { type Call, type CallState, callTransitions, legOf, type LegState } from "../model/call.ts";
import {
  dialled,
  ended,
  entered,
  handedOver,
  isThere,
  legEnded,
  legMoved,
  placesOf,
} from "./call-steps.ts";

const blank: Call = {
  id: "c1",
  interactionId: "i1",
  site: "shop",
  number: "+4930123000",
  state: "calling_agent",
  legs: [],
  startedMs: 1_000,
};
const agent = { party: "agent", to: { kind: "agent", telephone: "101" }, agent: "anna" } as const;
const visitor = { party: "visitor", to: { kind: "public", number: "+4930123000" } } as const;
const colleague = {
  party: "third",
  to: { kind: "agent", telephone: "102" },
  agent: "bob",
} as const;
const outside = { party: "third", to: { kind: "public", number: "+4930123001" } } as const;

const answers = (call: Call) => legMoved(call, call.legs.at(-1)?.id ?? "", "answered");
const started = dialled(blank, agent);
const both = answers(entered(dialled(answers(started), visitor), "calling_visitor", 1_500));
const talking = entered(both, "joined", 2_000);
const withThird = (third: typeof colleague | typeof outside) =>
  entered(answers(entered(dialled(talking, third), "consulting", 3_000)), "consulting", 3_100);
const consulting = withThird(colleague);
const dialling = dialled({ ...blank, state: "dialling" }, visitor);
const states = (call: Call) => call.legs.map((leg) => leg.state);

/** A call in each state. */
const inState: Readonly<Record<CallState, Call>> = {
  calling_agent: answers(started),
  calling_visitor: both,
  dialling,
  waiting: entered(answers(dialling), "waiting", 1_500),
  announcing: entered(entered(answers(dialling), "waiting", 1_500), "announcing", 3_500),
  joined: talking,
  held: entered(talking, "held", 3_000),
  consulting,
  conference: entered(consulting, "conference", 4_000),
  transferring: entered(
    dialled(legEnded(talking, "c1.agent", "released"), colleague),
    "transferring",
    3_000,
  ),
  transferred: handedOver(withThird(outside), 4_000),
  ended: ended(talking, "visitor", "hung_up", 5_000),
};

const where: Readonly<Record<CallState, Record<string, string>>> = {
  calling_agent: { "c1.agent": "silence" },
  calling_visitor: { "c1.agent": "ringing", "c1.visitor": "silence" },
  dialling: {},
  waiting: { "c1.visitor": "silence" },
  announcing: { "c1.visitor": "nobody_free" },
  joined: { "c1.agent": "bridge", "c1.visitor": "bridge" },
  held: { "c1.agent": "bridge", "c1.visitor": "music" },
  consulting: { "c1.agent": "bridge", "c1.visitor": "music", "c1.third.3": "bridge" },
  conference: { "c1.agent": "bridge", "c1.visitor": "bridge", "c1.third.3": "bridge" },
  transferring: { "c1.visitor": "ringing" },
  transferred: { "c1.visitor": "bridge", "c1.third.3": "bridge" },
  ended: {},
};

for (const [name, call] of Object.entries(inState) as [CallState, Call][]) {
  t.test(`${name}: where each leg belongs`, (t) => {
    t.equal(call.state, name);
    t.same(Object.fromEntries(placesOf(call)), where[name]);
    const bridged = call.legs.filter((leg) => placesOf(call).get(leg.id) === "bridge");
    if (bridged.length > 1) t.ok(bridged.every((leg) => leg.state === "joined"));
    t.end();
  });

  t.test(`${name}: may enter what the table says, and nothing else`, (t) => {
    for (const next of Object.keys(callTransitions) as CallState[]) {
      const enter = () => entered(call, next, 9_000);
      if (next === name || callTransitions[name].includes(next)) t.equal(enter().state, next);
      else t.throws(enter, { code: "WL_ILLEGAL_TRANSITION" }, next);
    }
    t.end();
  });

  t.test(`${name}: every leg may end it, once`, (t) => {
    for (const party of ["agent", "visitor", "third"] as const) {
      const over = () => ended(call, party, "hung_up", 9_000);
      if (name === "ended") {
        t.throws(over, { code: "WL_ILLEGAL_TRANSITION" });
        continue;
      }
      t.match(over(), { state: "ended", endedMs: 9_000, end: { party, reason: "hung_up" } });
      t.ok(states(over()).every((state) => state === "ended"));
    }
    t.end();
  });
}

t.test("joined, then ended by the visitor", (t) => {
  const over = inState.ended;
  t.match(over, { joinedMs: 2_000, endedMs: 5_000 });
  t.same(
    over.legs.map((leg) => leg.end),
    ["released", "hung_up"],
  );
  t.equal(both.state, "calling_visitor", "the earlier ones are as they were");
  t.end();
});

t.test("on hold and back: talked since the first time", (t) => {
  t.same(states(inState.held), ["joined", "held"]);
  t.match(entered(inState.held, "joined", 8_000), { joinedMs: 2_000 });
  t.end();
});

t.test("while the third's telephone rings the agent hears it", (t) => {
  const ringing = entered(dialled(talking, colleague), "consulting", 3_000);
  t.same(Object.fromEntries(placesOf(ringing)), { "c1.agent": "ringing", "c1.visitor": "music" });
  t.end();
});

t.test("handed over to a colleague: he is its agent from then on", (t) => {
  const his = handedOver(consulting, 4_000);
  t.match(his, { state: "joined", joinedMs: 2_000 });
  t.match(legOf(his, "agent"), { id: "c1.third.3", agent: "bob", state: "joined" });
  t.equal(legOf(his, "third"), undefined);
  t.match(his.legs[0], { id: "c1.agent", state: "ended", end: "released" });
  t.match(legOf(inState.transferred, "third"), { state: "joined" });
  t.throws(() => handedOver(talking, 4_000), /nobody/);
  t.end();
});

t.test("late news of a leg change nothing", (t) => {
  t.equal(legMoved(both, "c1.agent", "ringing"), both);
  t.equal(legMoved(both, "c1.agent", "answered"), both);
  t.equal(legMoved(inState.held, "c1.visitor", "answered"), inState.held);
  t.equal(legMoved(both, "nobody", "answered"), both);
  t.equal(legEnded(inState.ended, "c1.agent", "busy"), inState.ended);
  t.end();
});

t.test("there, or not", (t) => {
  const there: Record<LegState, boolean> = {
    dialling: false,
    ringing: false,
    answered: true,
    joined: true,
    held: true,
    ended: false,
  };
  for (const [state, is] of Object.entries(there) as [LegState, boolean][]) {
    t.equal(isThere({ ...agent, id: "x", state }), is, state);
  }
  t.equal(isThere(undefined), false);
  t.end();
});
