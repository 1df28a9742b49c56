import { PassThrough } from "node:stream";
import type { IncomingMessage } from "node:http";
import t from "tap";
import { FakeClock } from "../../../test/fake-clock.ts";
import { requestBody } from "./request-body.ts";

function upload() {
  const clock = new FakeClock();
  const socket = { bytesRead: 0 };
  const request = Object.assign(new PassThrough(), { socket, complete: false });
  let stalls = 0;
  const body = requestBody(request as unknown as IncomingMessage, {
    clock,
    stallMs: 60_000,
    stalled: () => void stalls++,
  });
  return { clock, socket, request, body, stalls: () => stalls };
}
const turn = () => new Promise((done) => setImmediate(done));

t.test("nothing is read before it shall flow, then all of it comes", async (t) => {
  const { request, body, clock } = upload();
  request.end("hello");
  request.complete = true;
  await turn();
  t.equal(body.stream.readableLength, 0);
  body.flow();
  t.equal((await body.stream.toArray()).join(""), "hello");
  t.equal(clock.timers, 0, "the watch has ended");
});

t.test("when it is wanted no more, the rest is thrown away", async (t) => {
  const { request, body } = upload();
  body.flow();
  request.write("a");
  body.stream.destroy();
  await turn();
  request.write(Buffer.alloc(1_000_000));
  await turn();
  t.equal(request.readableLength, 0);
  t.equal(request.destroyed, false, "the visitor's connection goes on");
});

t.test("a stall is the visitor's only while something is wanted of him", async (t) => {
  const waiting = upload();
  waiting.body.flow();
  waiting.request.write(Buffer.alloc(1_000_000));
  await turn();
  waiting.clock.advance(600_000);
  t.equal(waiting.stalls(), 0, "the origin does not take what is there");

  const { body, clock, socket, stalls } = upload();
  body.flow();
  clock.advance(50_000);
  socket.bytesRead++;
  clock.advance(50_000);
  t.equal(stalls(), 0);
  clock.advance(75_000);
  t.equal(stalls(), 1);
});

t.test("a visitor who breaks off breaks the origin's half too", async (t) => {
  const { request, body, clock } = upload();
  body.flow();
  request.destroy();
  await turn();
  t.equal(body.stream.destroyed, true);
  t.equal(clock.timers, 0);
});
