/** What origins may send, and what a visitor then gets. */
import t from "tap";
import { FakeClock } from "../fake-clock.ts";
import { until } from "../until.ts";
import { head, rawOrigin, rawVisitor, standBefore } from "./data-path-stand.ts";

const GET = head("GET /a", "Connection: close");

t.test("no answer in time is 504, none at all 502", async (t) => {
  await using silent = await rawOrigin(() => undefined);
  await using closing = await rawOrigin(({ socket }) => socket.destroy());
  const timeouts = { connectMs: 300, responseMs: 300 };
  await using slow = await standBefore([silent.url], { timeouts });
  await using broken = await standBefore([closing.url], { timeouts });
  await using refused = await standBefore(["http://127.0.0.1:1"], { timeouts });
  const statusOf = async (port: number) => {
    using visitor = rawVisitor(port, GET);
    return (await visitor.whole()).slice(0, 12);
  };
  t.equal(await statusOf(slow.port), "HTTP/1.1 504");
  t.same(slow.errors, ["timeout"]);
  t.equal(await statusOf(broken.port), "HTTP/1.1 502");
  t.equal(closing.connections.length, 2, "asked once more on a new connection");
  t.equal(await statusOf(refused.port), "HTTP/1.1 502");
  t.same(refused.errors, ["connect"]);
});

t.test("a limit is never reached before its time", async (t) => {
  await using origin = await rawOrigin(() => undefined);
  const clock = new FakeClock();
  // Looked at once a second.
  const timeouts = { connectMs: 4000, responseMs: 4000 };
  await using stand = await standBefore([origin.url], { timeouts, clock });
  clock.advance(999);
  using visitor = rawVisitor(stand.port, GET);
  await until("the request to be sent on", () => origin.connections[0]?.received);
  clock.advance(3999);
  t.same(stand.errors, []);
  clock.advance(1001);
  t.match(await visitor.whole(), /^HTTP\/1\.1 504 /);
});

t.test("a body that stands still is cut, an event stream is not", async (t) => {
  await using origin = await rawOrigin(({ received, socket }) => {
    const type = received.includes("/events") ? "text/event-stream" : "text/plain";
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n\r\nfirst`);
  });
  await using stand = await standBefore([origin.url], { limits: { stallMs: 200 } });
  using events = rawVisitor(stand.port, head("GET /events"));
  await events.has(/first/);
  using text = rawVisitor(stand.port, head("GET /text"));
  t.match(await text.whole(), /first/);
  t.notMatch(text.received, /\r\n0\r\n/);
  t.equal(events.ended, undefined);
  origin.connections[0]?.socket.write("second");
  await events.has(/second/);
  text.socket.destroy();
  await until("the origin to be let go", () => origin.connections[1]?.socket.destroyed);
});
