import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { PASSWORD } from "../../test/e2e/gateway.ts";
import { firstVisits } from "./ask.ts";
import type { Stand } from "./candidate.ts";
import { openLoad } from "./load.ts";
import type { Warmline } from "./warmline.ts";
import { fieldsOf, headOf, type Work } from "./work.ts";

const EVERY_MS = 50;
/** A page brings along about so many things that are no hits. */
const REQUESTS_A_HIT = 10;

/** A campaign that fires with the page that a probe opens, for each visitor. */
export const probeCampaign = {
  campaigns: [
    {
      name: "probe",
      site: "shop",
      mode: "alert_first",
      when: 'page.url.contains("probe=")',
      message: "hello",
    },
  ],
};

/**
 * Milliseconds from a visitor's request to the alert at an agent's WebSocket, for another visitor every 50 ms, while the edge
 * has so many requests a second to do besides. Ascending; an alert that has not come took forever.
 */
export async function alertLatencies(
  warmline: Warmline,
  [hit, other]: readonly [Work, Work],
  rate: number,
  seconds: number,
  stand: Stand,
): Promise<number[]> {
  const cookies = await firstVisits(warmline, hit, hit.connections);
  const heads = cookies.map((c, i) => headOf(i % REQUESTS_A_HIT === 0 ? hit : other, c));
  const page: Work = { ...hit, path: "/page" };
  const visitors = await firstVisits(warmline, page, (seconds * 1000) / EVERY_MS);
  const { feed, order } = await openDesk(warmline.desk);
  const asked = new Map<string, number>();
  const timesMs: number[] = [];
  feed.on("message", (data: Buffer) => {
    const [probe] = /probe=\d+&/.exec(data.toString("latin1")) ?? [];
    const askedMs = probe === undefined ? undefined : asked.get(probe);
    if (askedMs === undefined || !data.includes('"type":"alert"')) return;
    timesMs.push(performance.now() - askedMs);
    asked.delete(probe ?? "");
    // An agent who has too many open alerts gets no more.
    const { alert } = JSON.parse(data.toString()) as { alert: { id: string } };
    void order("/api/alerts/reject", { alertId: alert.id });
  });
  const load = openLoad(warmline, heads, { rate, seconds: seconds + 1 }, stand);
  for (const [i, cookie] of visitors.entries()) {
    await sleep(EVERY_MS);
    asked.set(`probe=${i}&`, performance.now());
    const url = `http://127.0.0.1:${warmline.ports.plain}/page?probe=${i}&`;
    void fetch(url, { headers: fieldsOf(page, cookie) }).then((answer) => answer.arrayBuffer());
  }
  await load;
  feed.terminate();
  const missing = Array<number>(asked.size).fill(Infinity);
  return [...timesMs, ...missing].toSorted((a, b) => a - b);
}

async function openDesk(desk: string) {
  const answer = await fetch(`${desk}/api/login`, {
    method: "POST",
    headers: { origin: desk, "content-type": "application/json" },
    body: JSON.stringify({ name: "anna", password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(`the desk answers ${answer.status} to the log-in`);
  const [cookie = ""] = answer.headers.getSetCookie();
  const feed = new WebSocket(`${desk.replace("http", "ws")}/feed`, {
    headers: { origin: desk, cookie: cookie.split(";")[0] ?? "" },
  });
  await once(feed, "open");
  const headers = {
    origin: desk,
    cookie: cookie.split(";")[0] ?? "",
    "content-type": "application/json",
  };
  const order = (path: string, body: object) =>
    fetch(`${desk}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return { feed, order };
}
