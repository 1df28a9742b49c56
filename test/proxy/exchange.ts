/** A request on its way through the phases, without a connection: what unit tests of phases hand over. Heads are real ones. */
import { type ConsentTier, firstVisit } from "../../src/model/visitor.ts";
import type { Hit } from "../../src/model/hit.ts";
import type { Site } from "../../src/model/site.ts";
import { type Answer, answerOf } from "../../src/proxy/answer.ts";
import type { EdgeContext } from "../../src/proxy/edge.ts";
import { type Asked, Exchange } from "../../src/proxy/exchange.ts";
import { Held } from "../../src/proxy/held-bytes.ts";
import { AnswerHead } from "../../src/proxy/http1/answer-head.ts";
import type { Head } from "../../src/proxy/http1/head.ts";
import { HitInLog } from "../../src/proxy/access.ts";
import { HeadEdit } from "../../src/proxy/http1/head-edit.ts";
import { RequestHead } from "../../src/proxy/http1/request-head.ts";
import { Known } from "../../src/proxy/known.ts";
import type { NextPage, PendingInvitation } from "../../src/proxy/link/messages.ts";
import type { OwnOfHit, TellsAsker } from "../../src/proxy/link/told-hit.ts";
import { whyNoNavigation } from "../../src/proxy/navigation.ts";
import { siteRules } from "../../src/proxy/site-rules.ts";
import { Upload } from "../../src/proxy/upload.ts";
import type { VisitorConnection } from "../../src/proxy/visitor-connection.ts";
import { createVisitorCookie } from "../../src/proxy/visitor-cookie.ts";
import { FakeClock } from "../fake-clock.ts";

export const COOKIE = createVisitorCookie([{ id: 1, key: Buffer.alloc(32, 7) }]);
export const NOW_MS = 1_700_000_000_000;
/** Room in front of a head and behind it. */
const ROOM = 4096;

/** What the phases did to the world. */
export interface Told {
  readonly hits: Hit[];
  readonly skipped: string[];
  readonly rejected: string[];
  written: string;
  readonly clock: FakeClock;
}

export interface Part {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly tls?: boolean;
  readonly navigation?: boolean;
  readonly known?: boolean;
  readonly pending?: PendingInvitation;
  readonly nextPage?: NextPage;
  readonly address?: string;
  readonly consent?: ConsentTier;
}

export type TestExchange = Exchange & { readonly told: Told; readonly asked: Asked };

export function exchangeWith(part: Part): TestExchange {
  const headers = {
    host: "shop.example",
    "user-agent": "Mozilla/5.0 (Test)",
    "accept-language": "en",
    ...part.headers,
  };
  const clock = new FakeClock(NOW_MS);
  const told: Told = { hits: [], skipped: [], rejected: [], written: "", clock };
  const edge = {
    clock,
    options: { cookie: { name: "wl", lifetimeMs: 5000, visitGapMs: 1000 } },
    cookie: COOKIE,
    date: () => "now",
    metrics: {
      request() {},
      hit() {},
      injected() {},
      injectionSkipped: (_: string, reason: string) => void told.skipped.push(reason),
      noise() {},
      noticed() {},
      cookieRejected: (reason: string) => void told.rejected.push(reason),
    },
    link: {
      hit: (by: TellsAsker, own: OwnOfHit) => void told.hits.push({ ...by.asker, ...own }),
      addressKey: (address: string) => `key of ${address}`,
      salt: () => "salt",
      takeNextPage: () => part.nextPage,
      facts: () => undefined,
    },
  } as unknown as EdgeContext;
  const wire = {
    bytesWritten: 0,
    write(bytes: Buffer, start: number, end: number) {
      told.written += bytes.toString("latin1", start, end);
      return true;
    },
  };
  const client = { address: part.address ?? "10.0.0.1", secure: part.tls ?? false };
  const connection = {
    known: new Known(),
    hitInLog: new HitInLog(),
    held: new Held(),
    client,
    wire,
    answered() {},
  } as unknown as VisitorConnection;
  const head = new RequestHead();
  scanned(head, `${part.method ?? "GET"} ${part.url ?? "/"} HTTP/1.1`, headers);
  connection.known.learn(head, client);
  connection.held.append(head.bytes, head.start, head.end);
  const edit = new HeadEdit();
  edit.begin();
  const x = new Exchange(edge, connection, head, new Upload(head.length));
  const site = {
    name: "shop",
    engagement: "on",
    excludedPaths: ["/admin"],
    reservedPath: "/.warmline/",
    consent: { undecided: "identified", from: [] },
  } as const;
  x.site = site as unknown as Site;
  x.rules = siteRules(x.site, { consentUnreadable() {} });
  x.whyNoNavigation = whyNoNavigation(site, head);
  x.navigation = part.navigation ?? false;
  if (x.navigation) {
    connection.known.agentOf(head);
    connection.known.languageOf(head);
    x.referrer = head.get("referer");
  }
  x.history = part.known ? firstVisit("v", NOW_MS) : undefined;
  x.visitor = { cookie: "none", addressKey: "k" };
  x.consent = part.consent ?? "identified";
  x.pending = part.pending;
  return Object.assign(x, { told, asked: { head, edit } });
}

export function answerWith(fields: Record<string, string> = {}, status = 200): Answer {
  const head = new AnswerHead();
  scanned(head, `HTTP/1.1 ${status} OK`, { "content-type": "text/html", ...fields });
  const edit = new HeadEdit();
  edit.begin();
  return answerOf(head, edit);
}

/** The lines of a head after its changes. */
export function linesOf({
  head,
  edit,
}: {
  readonly head: Head;
  readonly edit: HeadEdit;
}): string[] {
  const start = edit.apply(head);
  return head.bytes.toString("latin1", start, head.end).split("\r\n").slice(0, -2);
}

/** The value of a field after the changes; `name` as it is written. */
export function fieldOf(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((l) => l.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim();
}

function scanned(head: AnswerHead | RequestHead, line: string, fields: Record<string, string>) {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `${line}\r\n${lines.join("")}\r\n`;
  const bytes = Buffer.alloc(ROOM + text.length + ROOM);
  bytes.write(text, ROOM, "latin1");
  if (head.scan(bytes, ROOM, ROOM + text.length) <= 0) throw new Error(`no head: ${text}`);
}
