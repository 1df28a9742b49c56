/** Listening in on the channels of an exchange. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { until } from "../until.ts";
import { secondsOf, tonesIn } from "./tone.ts";

/** What the telephones' voices, the ringing of another one, music and the announcements sound like, Hz. */
export const VOICES = {
  agent: 400,
  visitor: 600,
  ringing: 425,
  third: 800,
  music: 1_000,
  refusal: 1_200,
  nobody_free: 1_500,
} as const;

const RECORDED_MS = 700;
/** With less of a recording, silence may be what is missing. */
const LEAST_SECONDS = 0.5;
const MOST_RECORDINGS = 8;

/** How to reach an exchange. */
export interface Listened {
  readonly ari: { readonly url: string; readonly user: string; readonly password: string };
  /** One request over ARI. */
  readonly request: (
    method: string,
    path: string,
    query?: Record<string, string>,
  ) => Promise<Response>;
}

/**
 * Which of the voices a channel is sent: what is heard twice in a row, or three times if it is nothing. Just after a change, or on
 * a busy machine, one recording may hold the end of what was before, or begin before there is anything.
 */
export async function hears(exchange: Listened, channelId: string): Promise<string[]> {
  let before: string | undefined;
  let same = 0;
  for (let tries = 0; ; tries++) {
    const heard = await recorded(exchange, channelId);
    const now = heard.join();
    same = now === before ? same + 1 : 1;
    before = now;
    if (same >= (heard.length > 0 ? 2 : 3) || tries >= MOST_RECORDINGS) return heard;
  }
}

async function recorded({ ari, request }: Listened, channelId: string): Promise<string[]> {
  const name = `snoop-${randomBytes(4).toString("hex")}`;
  const must = async (method: string, path: string, query?: Record<string, string>) => {
    for (let tries = 0; ; tries++) {
      const reply = await request(method, path, query);
      if (reply.ok) return reply;
      // A channel is with the application a moment after it was made.
      if (tries === 20) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
      await sleep(25);
    }
  };
  await using ears = await application(ari, `ears-${name}`);
  await must("POST", `/channels/${channelId}/snoop/${name}`, { spy: "out", app: ears.name });
  await must("POST", `/channels/${name}/record`, { name, format: "wav" });
  await sleep(RECORDED_MS);
  await must("POST", `/recordings/live/${name}/stop`);
  // Until then its file is there, but with nothing in it.
  await until("the end of a recording", () => ears.recorded.has(name));
  const wav = Buffer.from(
    await (await must("GET", `/recordings/stored/${name}/file`)).arrayBuffer(),
  );
  await must("DELETE", `/channels/${name}`);
  const seconds = secondsOf(wav);
  if (seconds < LEAST_SECONDS) throw new Error(`${seconds} s were recorded of ${channelId}`);
  const heard = tonesIn(wav, Object.values(VOICES));
  return Object.entries(VOICES).flatMap(([who, hz]) => (heard.includes(hz) ? [who] : []));
}

/** An ARI application of the test's own, so that it can listen whatever becomes of the one under test. */
async function application({ url, user, password }: Listened["ari"], name: string) {
  const events = `${url.replace("http", "ws")}/events?app=${name}`;
  const socket = new WebSocket(events, { auth: `${user}:${password}` });
  const recorded = new Set<string>();
  socket.on("message", (data: Buffer) => {
    const { type, recording } = JSON.parse(data.toString()) as {
      readonly type: string;
      readonly recording?: { readonly name: string };
    };
    if (type === "RecordingFinished" && recording) recorded.add(recording.name);
  });
  await once(socket, "open");
  return {
    name,
    /** The names of recordings that are over, and stored. */
    recorded,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
    },
  };
}
