import t from "tap";
import { createOrphans } from "./orphans.ts";

function orphans() {
  const done: string[] = [];
  const made = createOrphans(
    (legId) => void done.push(`release ${legId}`),
    (callId) => void done.push(`dissolve ${callId}`),
  );
  return { ...made, done };
}

t.test("two who talk go on; when one hangs up the other is released", (t) => {
  const { found, heard, done } = orphans();
  found(["a.agent", "b.visitor", "a.visitor", "b.agent"]);
  t.same(done, []);
  heard({ type: "ended", legId: "a.visitor", end: "hung_up" });
  t.same(done, ["release a.agent", "dissolve a"]);
  heard({ type: "ended", legId: "a.agent", end: "released" });
  t.equal(done.length, 2, "once");
  t.end();
});

t.test("one alone has nobody to talk to", (t) => {
  const { found, done } = orphans();
  found(["a.agent"]);
  t.same(done, ["release a.agent", "dissolve a"]);
  t.end();
});

t.test("somebody who was still being called finds nobody: both are released", (t) => {
  const { found, heard, done } = orphans();
  found(["a.agent", "a.visitor"]);
  heard({ type: "answered", legId: "a.visitor" });
  t.same(done, ["release a.agent", "release a.visitor", "dissolve a"]);
  t.end();
});

t.test("a partner that vanished in a later gap", (t) => {
  const { found, done } = orphans();
  found(["a.agent", "a.visitor"]);
  found(["a.agent"]);
  t.same(done, ["release a.agent", "dissolve a"]);
  t.end();
});

t.test("legs of nobody are ignored", (t) => {
  const { heard, done } = orphans();
  heard({ type: "ended", legId: "x.agent", end: "hung_up" });
  t.same(done, []);
  t.end();
});
