import type { Answer } from "./answer.ts";
import type { Asked, Exchange } from "./exchange.ts";
import type { HeadEdit } from "./http1/head-edit.ts";
import { EXPECT } from "./http1/names.ts";
import type { RequestHead } from "./http1/request-head.ts";
import { answerAllowed, answerAndClose, answerItself, answerWith } from "./own-page.ts";
import { askOrigin } from "./phases/ask-origin.ts";
import { clean } from "./phases/clean.ts";
import { countForwards } from "./phases/count-forwards.ts";
import { countHit } from "./phases/count-hit.ts";
import { inject } from "./phases/inject.ts";
import { issueCookie } from "./phases/issue-cookie.ts";
import { limit } from "./phases/limit.ts";
import { noteForLog } from "./phases/note-for-log.ts";
import { notice, watch } from "./phases/notice.ts";
import { recognise } from "./phases/recognise.ts";
import { readConnection, route } from "./phases/route.ts";
import { sendOn } from "./phases/send-on.ts";
import { promiseHttps, toHttps } from "./phases/to-https.ts";
import { toEngine } from "./phases/to-engine.ts";
import { pathOnly } from "./target.ts";
import { forward, type ForwardPorts } from "./upstream/forward.ts";

/** In this order; a phase that returns true has answered. */
const requestPhases: readonly ((x: Exchange, asked: Asked) => boolean | void)[] = [
  countForwards,
  route,
  limit,
  toHttps,
  recognise,
  watch,
  sendOn,
  askOrigin,
];

/** What happens to the head of an origin's answer, in this order. */
const answerPhases: readonly ((x: Exchange, answer: Answer) => void)[] = [
  clean,
  promiseHttps,
  notice,
  countHit,
  issueCookie,
  inject,
];

const toOrigin: ForwardPorts = {
  answering(x, answer) {
    for (const phase of answerPhases) phase(x, answer);
    if (answer.control === undefined) return;
    answer.edit.cutNamed(answer.head, "cache-control");
    answer.edit.addField("Cache-Control", answer.control);
  },
  failed: answerItself,
};

/** What happens to the engine's answer when it is told that a page is looked at now: that counts as its being opened. */
const openedPhases = [clean, countHit, issueCookie];

/** The engine's answers go as they are; while it is away, whoever asks is told to come back. */
const toEngineItself: ForwardPorts = {
  answering(x, answer) {
    for (const phase of x.opened ? openedPhases : [clean]) phase(x, answer);
    promiseHttps(x, answer);
  },
  failed(x) {
    const lines = "Retry-After: 5\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n";
    answerWith(x, 503, lines, '{"error":"not_available"}\n');
  },
};

/** Takes one request through all phases, and sends it with the body up to `bodyEnd` on. */
export function run(x: Exchange, head: RequestHead, edit: HeadEdit, bodyEnd: number): void {
  const { method } = x;
  const asked = { head, edit };
  noteForLog(x, asked);
  readConnection(x, asked);
  if (x.connection.known.host === "") return answerAndClose(x, 400);
  if (head.has(EXPECT) && head.get("expect")?.toLowerCase() !== "100-continue") {
    return answerAndClose(x, 417);
  }
  if (method === "TRACE" || method === "CONNECT") return answerAndClose(x, 405);
  if (method === "OPTIONS" && x.target === "*") return answerAllowed(x);
  if (!pathOnly(x, head, edit)) return answerAndClose(x, 400);
  for (const phase of requestPhases) if (phase(x, asked) === true) return;
  const ports = toEngine(x, asked) ? toEngineItself : toOrigin;
  x.watch?.form?.take(head.bytes, head.end, bodyEnd);
  const start = edit.apply(head);
  x.held.append(head.bytes, start, bodyEnd);
  if (x.upstream) forward(x, x.upstream, ports);
}
