import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Candidate } from "./candidate.ts";
import { memoryMiB } from "./cpu.ts";
import { headOf, type Work } from "./work.ts";

/** For buffers to be given back and garbage to be collected. */
const SETTLE_MS = 3_000;

/** What a connection is doing while it is held. */
export type Hold = "idle" | "active" | "stalled";

/**
 * KiB of a candidate's memory for each of so many connections: idle after an answer, active while the origin has not answered,
 * or stalled, when the visitor reads nothing of a download. Kernel memory is not in it.
 */
export async function memoryOfConnections(
  candidate: Candidate,
  hold: Hold,
  count: number,
  [small, large]: readonly [Work, Work],
): Promise<number> {
  const before = memoryMiB(candidate.pids);
  const sockets = await Promise.all(Array.from({ length: count }, () => open(candidate)));
  try {
    for (const socket of sockets) await begin(socket);
    await sleep(SETTLE_MS);
    return ((memoryMiB(candidate.pids) - before) * 1024) / count;
  } finally {
    for (const socket of sockets) socket.destroy();
    await sleep(SETTLE_MS);
  }

  async function begin(socket: Socket): Promise<void> {
    if (hold === "stalled") {
      socket.pause();
      socket.write(headOf(large));
    } else if (hold === "active") {
      socket.write(headOf(small).replace(small.path, "/never"));
    } else {
      socket.write(headOf(small));
      await once(socket, "data");
    }
  }
}

async function open(candidate: Candidate): Promise<Socket> {
  const socket = connect({ port: candidate.ports.plain ?? 0, host: "127.0.0.1" });
  socket.on("error", () => socket.destroy());
  await once(socket, "connect");
  return socket;
}
