import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { FakeClock } from "../../test/fake-clock.ts";
import { until } from "../../test/until.ts";
import { createAccessLog } from "./access-log.ts";

const record = {
  atMs: Date.UTC(2026, 0, 5, 10, 0, 0, 7),
  site: "shop",
  method: "GET",
  path: "/a",
  status: 200,
  bytes: 250,
  durationMs: 12,
  address: "203.0.113",
};

t.test("a hit says what criteria can be tried on", async (t) => {
  const clock = new FakeClock(record.atMs);
  const file = join(mkdtempSync(join(tmpdir(), "access-")), "log");
  const fd = openSync(file, "w");
  t.teardown(() => closeSync(fd));
  const log = createAccessLog("edge-1", clock, fd);
  const hit = {
    kind: "page",
    consent: "identified",
    cookie: "returned",
    visitor: "abc",
    language: "de-AT",
    referrer: "https://search.example",
    device: "mobile",
    noticed: { events: ['Anmeldung f\u00fcr "alle"'] },
  };
  log.record({ ...record, hit });
  log.record({ ...record, hit: { kind: "page", consent: "none", cookie: "none" } });
  clock.advance(250);
  const lines = await until("the lines", () => {
    const text = readFileSync(file, "utf8");
    return text.endsWith("\n") && text.trimEnd().split("\n");
  });
  const { kind, ...rest } = hit;
  t.match(JSON.parse(lines[0] ?? ""), { path: "/a", hit: kind, ...rest, msg: "request" });
  t.notMatch(lines[1], /visitor|language|referrer/);
});

t.test("a line for each request, soon and in order, whatever the path is", async (t) => {
  const clock = new FakeClock(Date.UTC(2026, 0, 5, 10, 0, 0, 7));
  const file = join(mkdtempSync(join(tmpdir(), "access-")), "log");
  const fd = openSync(file, "w");
  t.teardown(() => closeSync(fd));
  const log = createAccessLog("edge-1", clock, fd);
  const paths = ["/a", '/"b\\', "/caf\u00e9", "/\u0001"];
  for (const path of paths) {
    log.record({ ...record, path, atMs: clock.nowMs() });
    clock.advance(10);
  }
  t.equal(readFileSync(file, "utf8"), "", "not one write for each");
  clock.advance(250);
  const lines = await until("the lines", () => {
    const text = readFileSync(file, "utf8");
    return text.endsWith("\n") && text.trimEnd().split("\n");
  });
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  t.same(
    parsed.map(({ path }) => path),
    paths,
  );
  const { address: client, atMs: _, ...rest } = record;
  t.same(parsed[0], {
    level: "info",
    process: "edge-1",
    time: "2026-01-05T10:00:00.007Z",
    ...rest,
    client,
    msg: "request",
  });
  t.equal(parsed[3]?.["time"], "2026-01-05T10:00:00.037Z");
  t.equal(log.lost, 0);
});

t.test("what cannot be written is lost, and counted", async (t) => {
  const clock = new FakeClock();
  const fd = openSync("/dev/full", "w");
  t.teardown(() => closeSync(fd));
  const log = createAccessLog("edge-1", clock, fd);
  log.record(record);
  log.record(record);
  clock.advance(250);
  await until("the loss", () => log.lost === 2);
});

/** A line of the combined format, as programs that read it take it apart. */
const COMBINED =
  /^(\S+) (\S+) (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$/;

t.test("combined: as Apache and nginx write it, without what is private", async (t) => {
  const clock = new FakeClock(Date.UTC(2026, 0, 5, 10, 0, 0, 7));
  const file = join(mkdtempSync(join(tmpdir(), "access-")), "log");
  const log = createAccessLog("edge-1", clock, openSync(file, "w"), "combined");
  const browser = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0";
  const asked = { protocol: "HTTP/2.0", referrer: "https://search.example", agent: browser };
  log.record({ ...record, asked });
  log.record({ ...record, path: '/a"b\u00e9', atMs: record.atMs + 86_400_000, address: "" });
  // Whoever could end the value, or the line, could write lines of his own.
  const agent = 'x" 200 1 "-" "\\\n127.0.0.1 - - \r\t\u0000\u007f\u00e9';
  log.record({ ...record, asked: { protocol: "HTTP/1.0", agent } });
  log.record({ ...record, method: "", path: "", status: 400 });
  clock.advance(250);
  const text = await until("the lines", () => readFileSync(file, "utf8") || false);
  const at = "05/Jan/2026:10:00:00 +0000";
  t.same(
    text
      .trimEnd()
      .split("\n")
      .map((line) => COMBINED.exec(line)?.slice(1)),
    [
      ["203.0.113", "-", "-", at, "GET /a HTTP/2.0", "200", "250", asked.referrer, browser],
      ["-", "-", "-", at.replace("05", "06"), 'GET /a\\"b\\xe9 HTTP/1.1', "200", "250", "-", "-"],
      [
        "203.0.113",
        "-",
        "-",
        at,
        "GET /a HTTP/1.0",
        "200",
        "250",
        "-",
        'x\\" 200 1 \\"-\\" \\"\\\\\\x0a127.0.0.1 - - \\x0d\\x09\\x00\\x7f\\xe9',
      ],
      ["203.0.113", "-", "-", at, "-", "400", "250", "-", "-"],
    ],
  );
});

t.test(
  "another file takes over without a line lost or cut, and the one before is closed",
  async (t) => {
    const clock = new FakeClock();
    const folder = mkdtempSync(join(tmpdir(), "access-"));
    const files = ["a", "b", "c"].map((name) => join(folder, name));
    const [first = 0, ...others] = files.map((file) => openSync(file, "w"));
    const log = createAccessLog("edge-1", clock, first);
    const LINES = 3_000;
    for (let i = 0; i < LINES; i++) {
      log.record({ ...record, status: i });
      if (i === 1_000 || i === 2_000) log.redirect(others.shift() ?? 1, "json");
    }
    clock.advance(250);
    const read = () => files.map((file) => readFileSync(file, "utf8")).join("");
    await until("all lines", () => read().split("\n").length === LINES + 1);
    t.same(
      read()
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { status: number }).status),
      Array.from({ length: LINES }, (_, i) => i),
      "in order",
    );
    await until("it to be closed", () => {
      try {
        fstatSync(first);
        return false;
      } catch {
        return true;
      }
    });
    t.equal(log.lost, 0);
  },
);
