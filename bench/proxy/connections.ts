import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { Candidate } from "./candidate.ts";
import { memoryMiB } from "./cpu.ts";
import { headOf, UPGRADE, type Work } from "./work.ts";

/** For buffers to be given back and garbage to be collected. */
const SETTLE_MS = 3_000;
/** What is made once, and code that is compiled, is no connection's. */
const FIRST = 50;

/**
 * Connections that are held: by which way, and what each is doing: idle after an answer (a WebSocket after its handshake), active
 * while the origin has not answered, or stalled, when the visitor reads nothing of a download.
 */
export interface Hold {
  readonly way: "plain" | "tls" | "h2" | "websocket";
  readonly doing: "idle" | "active" | "stalled";
  readonly count: number;
}

interface Held {
  begin(): Promise<unknown>;
  destroy(): void;
}

/** KiB of a new candidate's memory for each of so many connections. Kernel memory is not in it. */
export async function memoryOfConnections(
  candidate: Candidate,
  { way, doing, count }: Hold,
  [small, large]: readonly [Work, Work],
): Promise<number> {
  const port = candidate.ports[way] ?? 0;
  const open = () => (way === "h2" ? http2(port, small) : http1());
  for (const one of await hold(FIRST)) one.destroy();
  await sleep(SETTLE_MS);
  const before = memoryMiB(candidate.pids);
  const all = await hold(count);
  await sleep(SETTLE_MS);
  const kib = ((memoryMiB(candidate.pids) - before) * 1024) / count;
  for (const one of all) one.destroy();
  return kib;

  async function hold(connections: number): Promise<Held[]> {
    const held = await Promise.all(Array.from({ length: connections }, open));
    for (const one of held) await one.begin();
    return held;
  }

  function headFor(): string {
    if (way === "websocket") return UPGRADE;
    if (doing === "stalled") return headOf(large);
    return doing === "idle" ? headOf(small) : headOf(small).replace(small.path, "/never");
  }

  async function http1(): Promise<Held> {
    const where = { port, host: "127.0.0.1" };
    const socket: Duplex =
      way === "tls" ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where);
    socket.on("error", () => socket.destroy());
    await once(socket, way === "tls" ? "secureConnect" : "connect");
    return {
      async begin() {
        if (doing === "stalled") socket.pause();
        socket.write(headFor());
        if (doing === "idle") await once(socket, "data");
      },
      destroy: () => void socket.destroy(),
    };
  }
}

/** Idle ones only. */
async function http2(port: number, work: Work): Promise<Held> {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  session.on("error", () => undefined);
  await once(session, "connect");
  return {
    begin() {
      const stream = session.request({ ":path": work.path }).resume();
      return once(stream, "end");
    },
    destroy: () => session.destroy(),
  };
}
