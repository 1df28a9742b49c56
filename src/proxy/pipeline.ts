import type { Answer, Exchange } from "./exchange.ts";
import { endToEnd, without } from "./fields.ts";
import { EDGE_HEADER_PREFIX } from "./link/messages.ts";
import { answerItself } from "./own-page.ts";
import { askOrigin } from "./phases/ask-origin.ts";
import { countHit } from "./phases/count-hit.ts";
import { inject } from "./phases/inject.ts";
import { issueCookie } from "./phases/issue-cookie.ts";
import { recognise } from "./phases/recognise.ts";
import { sendOn } from "./phases/send-on.ts";
import { toEngine } from "./phases/to-engine.ts";
import { forward } from "./upstream/forward.ts";

/** In this order; a phase that returns true has answered. */
const requestPhases: readonly ((x: Exchange) => boolean | void)[] = [
  route,
  recognise,
  toEngine,
  sendOn,
  askOrigin,
];

/** What happens to the head of an origin's answer, in this order. */
const answerPhases: readonly ((x: Exchange, answer: Answer) => void)[] = [
  clean,
  countHit,
  issueCookie,
  inject,
];

/** Takes one request through all phases. */
export function run(x: Exchange): void {
  for (const phase of requestPhases) if (phase(x) === true) return;
  if (x.upstream) {
    forward(x, x.upstream, (answer) => {
      for (const phase of answerPhases) phase(x, answer);
    });
  }
}

/** Finds the site by its host; makes the fields fit for another server. */
export function route(x: Exchange): boolean {
  const found = x.edge.siteOf(x.host);
  if (!found) {
    answerItself(x.response, 421);
    return true;
  }
  x.site = found.site;
  x.upstream = found.upstream;
  x.fields = forOrigin(x);
  return false;
}

/** The visitor's fields without what is ours or of one hop, and with who asked (RFC 7239). */
export function forOrigin({ request, address }: Pick<Exchange, "request" | "address">): string[] {
  const kept = without(
    endToEnd(request.rawHeaders),
    (name) =>
      name.startsWith(EDGE_HEADER_PREFIX) ||
      name === "forwarded" ||
      name === "expect" ||
      name.startsWith("x-forwarded-"),
  );
  const host = request.headers.host ?? "";
  const quoted = address.includes(":") ? `"[${address}]"` : address;
  return [
    ...kept,
    "Forwarded",
    `for=${quoted};host="${host.replaceAll(/["\\]/g, "")}";proto=http`,
    "X-Forwarded-For",
    address,
    "X-Forwarded-Proto",
    "http",
    "X-Forwarded-Host",
    host,
  ];
}

function clean(_: Exchange, answer: Answer): void {
  answer.fields = without(endToEnd(answer.fields), (name) => name.startsWith(EDGE_HEADER_PREFIX));
}
