/** Many hostile visitors, one crowd after the other, and what they have left behind. */
import { type RawOrigin, rawOrigin } from "../data-path-stand.ts";
import { until } from "../../until.ts";
import { OK } from "./case.ts";
import { edgeProcess, type EdgeProcess } from "./edge-process.ts";
import { attack, ATTACKS, type Attacks } from "./hostile.ts";
import { HTTP2_ATTACKS } from "./hostile-http2.ts";
import { TLS_ATTACKS } from "./hostile-tls.ts";

const LARGE = Buffer.alloc(8 * 1024 * 1024, "x");
/** Short, so that a crowd does not take long. A handshake takes what it takes on a busy machine. */
const PATIENCE = {
  headMs: 300,
  idleMs: 300,
  stallMs: 300,
  readerStallMs: 300,
  handshakeMs: 1000,
  originIdleMs: 300,
};
/** The origin is in this process, and so are the visitors: it may be long in accepting. */
const UPSTREAM = { balance: "round_robin", repeats: 0, timeouts: { connectMs: 20_000 } } as const;
/** Crowds that make everything as large as it gets. */
const WARM_UP = 4;

export const SIEGES: Readonly<Record<string, { attacks: Attacks; secure: boolean }>> = {
  "plain HTTP/1.1": { attacks: ATTACKS, secure: false },
  TLS: { attacks: TLS_ATTACKS, secure: true },
  "HTTP/2": { attacks: HTTP2_ATTACKS, secure: true },
};

/** What is so much more, or less, than it was after the first crowds. */
export interface Aftermath {
  readonly connections: number;
  readonly seconds: number;
  readonly rssBytes: number;
  readonly grownRssBytes: number;
  readonly grownHeapBytes: number;
  readonly grownFiles: number;
  readonly complaints: readonly string[];
}

/** Answers, but for `/silent` and uploads. */
export const patientOrigin = (): Promise<RawOrigin> =>
  rawOrigin((connection) => {
    const { socket, received } = connection;
    if (!received.includes("\r\n\r\n") || received.startsWith("POST")) return;
    connection.received = "";
    if (received.includes("/large")) {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${LARGE.length}\r\n\r\n`);
      socket.write(LARGE);
    } else if (!received.includes("/silent")) socket.write(OK);
  });

/**
 * Lets at least so many connections loose on an edge of its own, `ofEach` attack at a time.
 *
 * @param meanwhile called after each crowd
 */
export async function besiege(
  { attacks, secure }: { readonly attacks: Attacks; readonly secure: boolean },
  connections: number,
  ofEach: number,
  meanwhile: (edge: EdgeProcess) => Promise<void> = () => Promise.resolve(),
): Promise<Aftermath> {
  await using origin = await patientOrigin();
  await using edge = await edgeProcess({
    origin: origin.url,
    limits: PATIENCE,
    upstream: UPSTREAM,
  });
  // Any sequence will do; this one is the same in each run.
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const crowd = () => attack(secure ? edge.securePort : edge.port, ofEach, random, attacks);
  const left = () =>
    until("the last of them to be gone", async () => (await edge.state()).openConnections === 0);
  for (let i = 0; i < WARM_UP; i++) await crowd();
  await left();
  await until("connections to the origin to end", () =>
    origin.connections.every(({ socket }) => socket.destroyed),
  );
  const [files, before] = [edge.openFiles(), await figures(edge)];
  const beganMs = Date.now();
  let count = 0;
  while (count < connections) {
    count += await crowd();
    await meanwhile(edge);
    for (const { socket } of origin.connections) if (socket.destroyed) socket.removeAllListeners();
  }
  const seconds = (Date.now() - beganMs) / 1000;
  await left();
  await until("no more files to be open", () => edge.openFiles() <= files);
  const after = await figures(edge);
  return {
    connections: count,
    seconds,
    rssBytes: before.rss,
    grownRssBytes: after.rss - before.rss,
    grownHeapBytes: after.heap - before.heap,
    grownFiles: edge.openFiles() - files,
    complaints: (await edge.state()).complaints,
  };
}

async function figures(edge: EdgeProcess) {
  const rss = await edge.rssBytes();
  return { rss, heap: (await edge.state()).heapBytes };
}
