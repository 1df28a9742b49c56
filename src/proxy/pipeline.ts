import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { addressOf } from "./access.ts";
import { cutCookie } from "./cookie-header.ts";
import type { EdgeContext } from "./edge.ts";
import type { Answer, Exchange } from "./exchange.ts";
import { endToEnd, pairs, without } from "./fields.ts";
import { framingFault } from "./framing.ts";
import { EDGE_HEADER_PREFIX } from "./link/messages.ts";
import { answerItself } from "./own-page.ts";
import { askOrigin } from "./phases/ask-origin.ts";
import { countHit } from "./phases/count-hit.ts";
import { inject } from "./phases/inject.ts";
import { issueCookie } from "./phases/issue-cookie.ts";
import { recognise } from "./phases/recognise.ts";
import { sendOn } from "./phases/send-on.ts";
import { toEngine } from "./phases/to-engine.ts";
import { hostOf, pathOf } from "./target.ts";
import { forward } from "./upstream/forward.ts";
import { refuseUpgrade, tunnel } from "./upstream/tunnel.ts";

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

/** Takes one upgrade (WebSocket) to the site; `end` is called once with the site's name and the status. */
export function upgrade(
  edge: EdgeContext,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  end: (site: string, status: number) => void,
): void {
  const found = edge.siteOf(hostOf(request));
  const site = found?.site.name ?? "";
  const path = pathOf(request);
  if (!found || path === undefined || framingFault(request) !== undefined) {
    const status = found ? 400 : 421;
    refuseUpgrade(socket, status);
    end(site, status);
    return;
  }
  const { name } = edge.options.cookie;
  const fields = [...pairs(forOrigin({ request, address: addressOf(socket) }))].flatMap(
    ([field, value, lower]) => {
      const rest = lower === "cookie" ? cutCookie(value, name).rest : value;
      return rest === undefined ? [] : [field, rest];
    },
  );
  const { clock, log, limits, options } = edge;
  tunnel(
    { path, upgrade: request.headers.upgrade ?? "", fields, socket, head },
    found.upstream,
    { ...options.timeouts, halfOpenMs: limits.stallMs },
    {
      clock,
      log,
      failed: (kind) => edge.metrics.upstreamError(site, kind),
      end: (status) => end(site, status),
    },
  );
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

/** Leaves out what was meant for us only, and a length that 204 must not have (RFC 9110, section 8.6). */
function clean(_: Exchange, answer: Answer): void {
  answer.fields = without(
    endToEnd(answer.fields),
    (name) =>
      name.startsWith(EDGE_HEADER_PREFIX) || (name === "content-length" && answer.status === 204),
  );
}
