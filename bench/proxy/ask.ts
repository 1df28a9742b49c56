/** One request at a time: to see that a candidate does its job, and to make visitors. */
import { type IncomingMessage, request } from "node:http";
import { request as secureRequest } from "node:https";
import { connect, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from "node:http2";
import { once } from "node:events";
import { gunzipSync } from "node:zlib";
import { WebSocket } from "ws";
import { pages } from "./pages.ts";
import type { Candidate } from "./candidate.ts";
import { fieldsOf, isInjected, type Work } from "./work.ts";

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** The cookies of so many first visits, as the candidate gives them; one that gives none has visitors without. */
export async function firstVisits(
  to: Candidate,
  work: Work,
  count: number,
): Promise<(string | undefined)[]> {
  if (work.way === "websocket") return [];
  const page: Work = { ...work, path: "/page", wants: "document" };
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { headers } = await ask(to, page);
      return [headers["set-cookie"] ?? []].flat()[0]?.split(";")[0];
    }),
  );
}

/** Why a candidate does not do its job, if so. */
export async function fault(candidate: Candidate, work: Work): Promise<string | undefined> {
  if (candidate.ports[work.way] === undefined) return "cannot";
  if (work.path === "/socket") {
    return (await echoes(candidate)) ? undefined : "does not echo";
  }
  // As a visitor who has been there.
  const [cookie] = await firstVisits(candidate, work, 1);
  const { status, headers, body } = await ask(candidate, work, cookie);
  if (status !== 200) return `answers ${status}`;
  const packed = headers["content-encoding"] === "gzip";
  if (work.way === "injectGzip" && !packed) return "sends it unpacked";
  const page = packed ? gunzipSync(body) : body;
  const original = pages[work.path].body;
  if (!isInjected(work)) return page.equals(original) ? undefined : "sends other bytes";
  const added = insertion(original, page);
  if (added === undefined) return "has changed the page";
  return /\bscript\b/.test(added) ? undefined : "has added no script";
}

/** What stands at one place of `page` that is not in `original`; undefined when there are other differences. */
function insertion(original: Buffer, page: Buffer): string | undefined {
  let start = 0;
  while (start < original.length && original[start] === page[start]) start++;
  const after = original.length - start;
  if (!page.subarray(page.length - after).equals(original.subarray(start))) return undefined;
  return page.subarray(start, page.length - after).toString();
}

/** Whether a WebSocket through it echoes, byte for byte. */
async function echoes(candidate: Candidate): Promise<boolean> {
  const message = Buffer.alloc(125, "hello ");
  const socket = new WebSocket(`ws://127.0.0.1:${candidate.ports.plain}/socket`);
  try {
    await once(socket, "open");
    const answer = once(socket, "message") as Promise<[Buffer]>;
    socket.send(message);
    return (await answer)[0].equals(message);
  } catch {
    return false;
  } finally {
    socket.terminate();
  }
}

function ask(candidate: Candidate, work: Work, cookie?: string): Promise<Answer> {
  const port = candidate.ports[work.way] ?? 0;
  const headers = Object.fromEntries(fieldsOf(work, cookie));
  return work.way === "h2" ? askHttp2(port, work.path, headers) : askHttp1(port, work, headers);
}

async function askHttp1(
  port: number,
  { way, path }: Work,
  headers: Record<string, string>,
): Promise<Answer> {
  const options = { host: "127.0.0.1", port, path, headers, agent: false } as const;
  const asked =
    way === "tls"
      ? secureRequest({
          ...options,
          host: "localhost",
          rejectUnauthorized: false,
          minVersion: "TLSv1.3",
        })
      : request(options);
  const [answer] = (await once(asked.end(), "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await whole(answer) };
}

async function askHttp2(
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<Answer> {
  const session = connect(`https://localhost:${port}`, { rejectUnauthorized: false });
  try {
    const stream = session.request({ ":path": path, ...headers });
    const [answer] = (await once(stream, "response")) as [
      IncomingHttpHeaders & IncomingHttpStatusHeader,
    ];
    return { status: answer[":status"] ?? 0, headers: answer, body: await whole(stream) };
  } finally {
    session.destroy();
  }
}

async function whole(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
