import t from "tap";
import { handOn, inheritedSockets, passedSockets } from "./passed-sockets.ts";

const from = (count: number, names?: string, pid = "7") =>
  passedSockets(
    {
      LISTEN_PID: pid,
      LISTEN_FDS: String(count),
      ...(names !== undefined && { LISTEN_FDNAMES: names }),
    },
    7,
  );

t.test("sockets are found by their names, or by their order", (t) => {
  t.same(from(2, "https:http"), { https: 3, http: 4 });
  t.same(from(1, "https"), { https: 3 });
  t.same(from(2, "warmline.socket:warmline.socket"), { http: 3, https: 4 });
  t.same(from(1), { http: 3 });
  t.same(from(0), {});
  t.same(passedSockets({}, 7), {});
  t.same(from(2, "http:https", "8"), {}, "those of another process");
  for (const [count, names] of [
    [2, "http:http"],
    [2, "http:desk"],
    [3, undefined],
  ] as const) {
    t.throws(() => from(count, names), { code: "WL_START" }, `${names}`);
  }
  t.end();
});

t.test("a child inherits them behind the channel to its parent", (t) => {
  t.same(handOn({}), { files: [], environment: {} });
  const { files, environment } = handOn({ https: 3, http: 4 });
  t.same(files, [4, 3]);
  const inherited = { ...environment, LISTEN_PID: "1", LISTEN_FDS: "2" };
  t.same(inheritedSockets(inherited, 7), { http: 4, https: 5 });
  t.same(inheritedSockets({ LISTEN_PID: "7", LISTEN_FDS: "1" }, 7), { http: 3 });
  t.end();
});
