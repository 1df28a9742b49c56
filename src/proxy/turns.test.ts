import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import t from "tap";
import { takeTurns } from "./turns.ts";

function connection() {
  const socket = Object.assign(new EventEmitter(), {
    destroyed: false,
    destroy: () => void (socket.destroyed = true),
  });
  const begun: number[] = [];
  const turns = takeTurns(socket as unknown as Socket);
  const take = (n: number, shouldKeepAlive = true) => {
    const response = Object.assign(new EventEmitter(), { shouldKeepAlive });
    turns.take(response as unknown as ServerResponse, () => begun.push(n));
    return () => void response.emit("close");
  };
  return { socket, begun, take };
}

t.test("each begins when the one before is done", async (t) => {
  const { begun, take } = connection();
  const [first, second] = [take(1), take(2)];
  take(3);
  t.same(begun, [1]);
  first();
  t.same(begun, [1, 2]);
  second();
  t.same(begun, [1, 2, 3]);
});

t.test(
  "nothing begins behind an answer that closes the connection, whenever it came",
  async (t) => {
    const { begun, take } = connection();
    const last = take(1, false);
    take(2);
    last();
    take(3);
    t.same(begun, [1]);
  },
);

t.test("nothing begins on a connection that has ended", async (t) => {
  const { begun, take, socket } = connection();
  const first = take(1);
  take(2);
  socket.destroyed = true;
  first();
  t.same(begun, [1]);
});

t.test("who sends too much ahead is cut", async (t) => {
  const { begun, take, socket } = connection();
  for (let i = 0; i < 33; i++) take(i);
  t.notOk(socket.destroyed);
  take(33);
  t.ok(socket.destroyed);
  t.same(begun, [0]);
});
