/**
 * Load of WebSockets, a process of its own: each connection sends one frame and waits for its echo, again and again.
 * `node websocket-load.ts PORT CONNECTIONS SECONDS` prints a `Load` as JSON.
 */
import { connect } from "node:net";
import { performance } from "node:perf_hooks";
import type { Load } from "./load.ts";
import { UPGRADE } from "./work.ts";

const PAYLOAD_BYTES = 125;
/** A masked text frame (RFC 6455, section 5.2), and its echo, which is not masked. */
const FRAME = Buffer.from([0x81, 0x80 | PAYLOAD_BYTES, 1, 2, 3, 4, ...mask(payload())]);
const ECHO_BYTES = 2 + PAYLOAD_BYTES;

const [port = 0, connections = 0, seconds = 0] = process.argv.slice(2).map(Number);
const timesMs: number[] = [];
let [errors, open] = [0, true];
const beganMs = performance.now();
for (let i = 0; i < connections; i++) begin();
setTimeout(() => {
  open = false;
  const times = timesMs.toSorted((a, b) => a - b);
  const at = (part: number) => times[Math.floor(times.length * part)] ?? 0;
  const load: Load = {
    requests: times.length,
    seconds: (performance.now() - beganMs) / 1000,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    errors,
  };
  process.stdout.write(JSON.stringify(load), () => process.exit());
}, seconds * 1000);

function begin(): void {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let [upgraded, bytes, sentMs] = [false, 0, 0];
  const send = () => {
    sentMs = performance.now();
    socket.write(FRAME);
  };
  socket.write(UPGRADE);
  socket.on("data", (chunk: Buffer) => {
    if (!upgraded) {
      // The origin says nothing of its own accord, so that nothing stands behind the head.
      upgraded = chunk.toString("latin1").endsWith("\r\n\r\n");
      return upgraded ? send() : undefined;
    }
    bytes += chunk.length;
    if (bytes < ECHO_BYTES) return;
    bytes -= ECHO_BYTES;
    timesMs.push(performance.now() - sentMs);
    send();
  });
  const broken = () => {
    if (open) errors++;
  };
  socket.on("error", broken);
  socket.on("end", broken);
}

function payload(): Buffer {
  return Buffer.alloc(PAYLOAD_BYTES, "hello ");
}

function mask(bytes: Buffer): Buffer {
  return bytes.map((byte, i) => byte ^ ((i & 3) + 1)) as Buffer;
}
