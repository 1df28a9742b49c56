/** A request on its way through the phases, without a connection: what unit tests of phases hand over. */
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { firstVisit } from "../../src/model/visitor.ts";
import type { Answer, Exchange } from "../../src/proxy/exchange.ts";
import type { NextPage, PendingInvitation } from "../../src/proxy/link/messages.ts";
import { createVisitorCookie } from "../../src/proxy/visitor-cookie.ts";

export const COOKIE = createVisitorCookie([{ id: 1, key: Buffer.alloc(32, 7) }]);

/** What the phases did to the world. */
export interface Told {
  readonly hits: { url: string; kind: string }[];
  readonly skipped: string[];
  readonly rejected: string[];
  readonly written: (readonly [status: number, fields: object])[];
}

export function exchangeWith(part: {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly tls?: boolean;
  readonly navigation?: boolean;
  readonly known?: boolean;
  readonly pending?: PendingInvitation;
  readonly nextPage?: NextPage;
}): Exchange & { readonly told: Told } {
  const headers: Record<string, string> = { host: "shop.example", ...part.headers };
  const told: Told = { hits: [], skipped: [], rejected: [], written: [] };
  // A socket that says it is one of TLS.
  const socket = (part.tls ? Object.create(TLSSocket.prototype) : {}) as Socket;
  const x = {
    told,
    edge: {
      options: { cookie: { name: "wl", lifetimeMs: 5000, visitGapMs: 1000 } },
      cookie: COOKIE,
      metrics: {
        hit() {},
        injected() {},
        injectionSkipped: (_: string, reason: string) => void told.skipped.push(reason),
        cookieRejected: (reason: string) => void told.rejected.push(reason),
      },
      link: {
        hit: (hit: { url: string; kind: string }) => void told.hits.push(hit),
        addressKey: (address: string) => `key of ${address}`,
        takeNextPage: () => part.nextPage,
        facts: () => undefined,
      },
    },
    request: { method: part.method ?? "GET", url: part.url ?? "/", headers, socket },
    response: {
      writeHead: (status: number, fields: object) => void told.written.push([status, fields]),
      end() {},
      once() {},
    },
    startedMs: 1_700_000_000_000,
    address: "10.0.0.1",
    host: "shop.example",
    site: {
      name: "shop",
      engagement: "on",
      excludedPaths: ["/admin"],
      reservedPath: "/.warmline/",
    },
    fields: Object.entries(headers).flat(),
    visitor: { cookie: "none", addressKey: "k" },
    history: part.known ? firstVisit("v", 1_700_000_000_000) : undefined,
    navigation: part.navigation ?? false,
    pending: part.pending,
    validatorCut: false,
  };
  return x as unknown as Exchange & { readonly told: Told };
}

export function answerWith(fields: Record<string, string> = {}, status = 200): Answer {
  const all = { "content-type": "text/html", ...fields };
  return { status, reason: "", fields: Object.entries(all).flat(), body: [] };
}
