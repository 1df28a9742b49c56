import t from "tap";
import type { Call } from "../../model/call.ts";
import { callWords, duration, legWords, pageWords, priorityWords, roughly } from "./words.ts";

t.test("durations", (t) => {
  t.equal(duration(-5), "0:00");
  t.equal(duration(61_999), "1:01");
  t.equal(duration(3_605_000), "1:00:05");
  t.equal(roughly(59_000), "59 s");
  t.equal(roughly(125 * 60_000), "2 h 5 min");
  t.end();
});

const call: Call = {
  id: "1",
  interactionId: "i",
  site: "s",
  number: "+4930123",
  state: "calling_agent",
  legs: [],
  startedMs: 0,
};

t.test("a call in words, both telephones", (t) => {
  t.match(callWords(call), "Your telephone is ringing");
  t.equal(legWords(call, "visitor"), "not called yet");
  const busy: Call = {
    ...call,
    state: "ended",
    legs: [
      {
        id: "a",
        party: "agent",
        to: { kind: "agent", telephone: "101" },
        state: "ended",
        end: "released",
      },
      {
        id: "v",
        party: "visitor",
        to: { kind: "public", number: "+4930123" },
        state: "ended",
        end: "busy",
      },
    ],
    end: { party: "visitor", reason: "busy" },
  };
  t.equal(callWords(busy), "No connection. Visitor: busy.");
  t.equal(legWords(busy, "visitor"), "busy");
  t.equal(
    callWords({ ...busy, joinedMs: 1, end: { party: "visitor", reason: "hung_up" } }),
    "The call is over. Visitor: hung up.",
  );
  t.end();
});

t.test("pages and priorities", (t) => {
  t.equal(pageWords("/"), "Home page");
  t.equal(pageWords("/a/b?x=1#y"), "/a/b");
  t.same([0, 3, 4, 7].map(priorityWords), [
    "nuisance",
    "new contact",
    "known customer",
    "valued customer",
  ]);
  t.end();
});
