import { createServer, type Server } from "node:net";

/** Ports of one exchange and its telephones: a block that no other run uses at the same time. */
export interface PortBlock extends AsyncDisposable {
  readonly http: number;
  readonly sip: number;
  readonly sips: number;
  readonly trunk: number;
  readonly rtp: { readonly from: number; readonly to: number };
  /** One for each telephone that is started. */
  next(): number;
}

const FIRST = 24_000;
const SIZE = 500;
const BLOCKS = 16;

/**
 * Takes a block below the ports that the system gives out by itself. Whoever listens on a block's first port has the block,
 * so that several runs can go on at the same time.
 */
export async function takePorts(): Promise<PortBlock> {
  for (let block = 0; block < BLOCKS; block++) {
    const base = FIRST + block * SIZE;
    const sign = await listen(base);
    if (!sign) continue;
    let phone = base + 10;
    return {
      http: base + 1,
      sip: base + 2,
      trunk: base + 3,
      sips: base + 4,
      rtp: { from: base + 100, to: base + SIZE - 1 },
      next: () => phone++,
      [Symbol.asyncDispose]: () => new Promise((resolve) => void sign.close(() => resolve())),
    };
  }
  throw new Error(`all ports from ${FIRST} to ${FIRST + BLOCKS * SIZE} are taken`);
}

function listen(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server.unref()));
  });
}
