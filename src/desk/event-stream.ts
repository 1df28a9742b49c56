/** Server-sent events to a visitor's browser (HTML Living Standard, section 9.2). */
import type { FastifyReply } from "fastify";
import type { Clock, Timer } from "../model/clock.ts";
import type { VisitorRef } from "../model/visitor.ts";
import type { ConsentCard } from "../visitor/protocol.ts";
import type { OpenStream, VisitorStreams } from "./visitor-streams.ts";

const HEARTBEAT_MS = 25_000;
/** The page's hit may reach the analysis a little after its browser asks for events: look again this often. */
const LOOK_AGAIN_MS = [250, 1_000, 3_000];
const MOST_BUFFERED_BYTES = 256 * 1024;

export function serveEvents(
  streams: VisitorStreams,
  from: {
    readonly site: string;
    readonly visitor: VisitorRef;
    /** What the visitor is to be asked. */
    readonly ask?: ConsentCard | undefined;
  },
  reply: FastifyReply,
  ports: { readonly clock: Clock },
): void {
  const { clock } = ports;
  reply.hijack();
  const { raw } = reply;
  const write = (text: string) => {
    if (raw.writableLength > MOST_BUFFERED_BYTES) raw.destroy();
    else raw.write(text);
  };
  raw.on("error", () => raw.destroy());
  let begun = false;
  const stream: OpenStream | undefined = streams.open(from.site, from.visitor, (event) => {
    if (!begun) {
      begun = true;
      raw.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
      });
      write("retry: 2000\n\n");
    }
    const all = event.type === "state" && from.ask ? { ...event, ask: from.ask } : event;
    write(`data: ${JSON.stringify(all)}\n\n`);
  });
  if (!stream) {
    raw.writeHead(503, { "retry-after": "30", "content-length": "0" }).end();
    return;
  }
  const looks = LOOK_AGAIN_MS.map((ms) => clock.after(ms, () => stream.refresh()));
  const beat = (): Timer =>
    clock.after(HEARTBEAT_MS, () => {
      stream.refresh();
      write(": \n\n");
      heartbeat = beat();
    });
  let heartbeat = beat();
  raw.on("close", () => {
    stream[Symbol.dispose]();
    for (const timer of [...looks, heartbeat]) timer[Symbol.dispose]();
  });
}
