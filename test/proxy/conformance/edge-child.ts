/** An edge in a process of its own, so that its memory and its files are its own. Talks to the test over Node's channel. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getHeapStatistics } from "node:v8";
import { systemClock } from "../../../src/model/clock.ts";
import type { UpstreamRules } from "../../../src/model/site.ts";
import type { EdgeLimits } from "../../../src/proxy/limits.ts";
import { startEdge } from "../../../src/proxy/edge.ts";
import { certificatesBy } from "../../../src/proxy/tls/choose.ts";
import { selfSigned } from "../../../src/proxy/tls/self-signed.ts";
import { plainEdge, silentMetrics } from "../plain-edge.ts";

/** What the test starts it with. */
export interface EdgeOrder {
  readonly origin: string;
  readonly limits: Partial<EdgeLimits>;
  readonly upstream?: UpstreamRules;
}

/** What it says of itself when it listens, and whenever it is asked, with its memory tidied up. */
export interface EdgeState {
  readonly port: number;
  /** Of HTTPS. */
  readonly securePort: number;
  /** Of JavaScript, without garbage. */
  readonly heapBytes: number;
  readonly openConnections: number;
  /** Messages of the levels warn and error, each once. */
  readonly complaints: readonly string[];
}

const order = JSON.parse(process.argv[2] ?? "{}") as EdgeOrder;
const directory = mkdtempSync(join(tmpdir(), "edge-child-"));
const complaints = new Set<string>();
let open = 0;
const certificates = certificatesBy([
  selfSigned(join(directory, "self.pem"), ["localhost", "127.0.0.1"], "TLSv1.2", Date.now()),
]);
const edge = await startEdge(
  {
    ...plainEdge(directory, [order.origin], {
      engagement: "off",
      ...(order.upstream && { upstream: order.upstream }),
    }),
    https: { host: "127.0.0.1", port: 0, certificates, minVersion: "TLSv1.2" },
    limits: order.limits,
  },
  {
    clock: systemClock,
    log: {
      debug() {},
      info() {},
      warn: (_, message) => void complaints.add(message),
      error: (_, message) => void complaints.add(message),
    },
    access() {},
    metrics: { ...silentMetrics, openConnections: (change) => void (open += change) },
  },
);
process.on("message", tell);
process.once("disconnect", () => {
  rmSync(directory, { recursive: true, force: true });
  process.exit();
});
tell();

function tell(): void {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const state: EdgeState = {
    port: edge.address.port,
    securePort: edge.httpsAddress?.port ?? 0,
    heapBytes: getHeapStatistics().used_heap_size,
    openConnections: open,
    complaints: [...complaints],
  };
  process.send?.(state);
}
