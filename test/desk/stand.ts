/** A desk with everything around it pretended: what the other parts were told is recorded, and they say what tests want. */
import { randomBytes } from "node:crypto";
import type { Jurisdiction } from "../../src/cti/jurisdictions.ts";
import type { Pacer } from "../../src/cti/dialler/pacer.ts";
import { createPacings } from "../../src/cti/dialler/pacings.ts";
import { createCallRules } from "../../src/cti/call-rules.ts";
import { createDesk, type Desk } from "../../src/desk/desk.ts";
import type { DeskOptions } from "../../src/desk/options.ts";
import type { DirectoryEntries } from "../../src/desk/directory.ts";
import { hashPassword } from "../../src/desk/password.ts";
import type { Telephony } from "../../src/desk/ports.ts";
import type { Agent } from "../../src/model/agent.ts";
import type { AutomaticCalls } from "../../src/model/automatic-calls.ts";
import type { Call, LegEnd } from "../../src/model/call.ts";
import type { Clock } from "../../src/model/clock.ts";
import type { Opportunity } from "../../src/model/opportunity.ts";
import type { Session } from "../../src/model/session.ts";
import type { Site } from "../../src/model/site.ts";
import type { VisitorRef } from "../../src/model/visitor.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { FakeClock } from "../fake-clock.ts";

export const PASSWORD = "correct horse";
const passwordHash = await hashPassword(PASSWORD);

const agent = (name: string, firm: string, telephone: string, maySetPriority: boolean): Agent => ({
  name,
  displayName: name.charAt(0).toUpperCase() + name.slice(1),
  firm,
  telephone,
  passwordHash,
  maySetPriority,
});
const site = (name: string, firm: string): Site => ({
  name,
  hosts: [`${name}.example`],
  origins: ["http://127.0.0.1:1"],
  firm,
  country: "DE",
  timeZone: "Europe/Berlin",
  hours: [{ weekday: 1, fromMinute: 480, toMinute: 1080 }],
  reservedPath: "/.warmline/",
  excludedPaths: [],
  engagement: "on",
});

const callRules = {
  country: "DE",
  countries: ["DE"],
  allow: [],
  deny: [],
  hours: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, fromMinute: 480, toMinute: 1200 })),
};

export const AGENTS = [
  agent("anna", "acme", "101", true),
  agent("bob", "acme", "102", false),
  agent("eve", "rival", "103", true),
] as const;
export const [ANNA, BOB, EVE] = AGENTS;

export function visitOf(id: string, changes: Partial<Session> = {}): Session {
  return {
    id,
    site: "shop",
    state: "active",
    address: "192.0.2.7",
    startedMs: 0,
    lastAccessMs: 0,
    trail: [{ url: "/prices", atMs: 0 }],
    pages: 1,
    consent: "persistent",
    priority: 5,
    ...changes,
  };
}

export function refOf(sessionId: string): VisitorRef {
  return { cookie: "returned", visitorId: `visitor-of-${sessionId}`, addressKey: "key" };
}

export interface Stand extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly desk: Desk;
  /** What the desk was made with, but for the agent. */
  entries(changed?: Agent): DirectoryEntries;
  readonly records: Store;
  readonly visits: Map<string, Session>;
  /** What the other parts were told, in order. */
  readonly told: { readonly what: string; readonly with: readonly unknown[] }[];
  readonly calls: Call[];
  /** The lines of browsers that can be called. */
  readonly readyLines: Set<string>;
  /** Moves a call on, as the exchange would. */
  call(index: number, state: Call["state"], end?: Call["end"]): void;
  opportunity(id: string, session: Session, changes?: Partial<Opportunity>): Opportunity;
  advanced(opportunityId: string): unknown[];
}

export async function stand(
  options: {
    records?: Store;
    clock?: FakeClock;
    /** What the desk goes by, when that is not the clock itself. */
    deskClock?: Clock;
    randomId?: () => string;
    /** Instead of one that does nothing by itself. */
    telephony?: Telephony;
    browserCalls?: DeskOptions["browserCalls"];
    /** Calls that the process before has left. */
    callsBefore?: readonly Call[];
    /** Of the firm acme. */
    automatic?: AutomaticCalls;
    /** What the law of Germany says of predictive calls. */
    law?: Partial<Jurisdiction>;
    /** Contacts that can be expected of invitations on their way. */
    expected?: () => number;
    /** One that has learnt something. */
    pacer?: () => Pacer;
  } = {},
): Promise<Stand> {
  const clock = options.clock ?? new FakeClock();
  const records = options.records ?? (await openStore(":memory:"));
  const visits = new Map<string, Session>();
  const told: Stand["told"] = [];
  const calls: Call[] = [...(options.callsBefore ?? [])];
  const readyLines = new Set<string>();
  const tell =
    (what: string) =>
    (...args: unknown[]): void =>
      void told.push({ what, with: args });
  const asked =
    (what: string) =>
    async (...args: unknown[]) => {
      tell(what)(...args);
      return "done" as const;
    };
  const telephony: Telephony = options.telephony ?? {
    conferences: true,
    clickToCall(order) {
      tell("clickToCall")(order);
      const to = { kind: "agent", telephone: order.telephone } as const;
      const call: Call = {
        id: order.callId,
        interactionId: order.interactionId,
        site: order.site,
        number: order.number,
        ...(order.line !== undefined && { line: order.line }),
        state: "calling_agent",
        legs: [{ id: "a", party: "agent", to, agent: order.agent, state: "ringing" }],
        startedMs: clock.nowMs(),
      };
      calls.push(call);
      return call;
    },
    dialOut(order) {
      tell("dialOut")(order);
      const to = { kind: "public", number: order.number } as const;
      const call: Call = {
        ...order,
        id: order.callId,
        state: "dialling",
        legs: [{ id: "v", party: "visitor", to, state: "dialling" }],
        startedMs: clock.nowMs(),
      };
      calls.push(call);
      return call;
    },
    connect: asked("connect"),
    turnAway: asked("turnAway"),
    hold: asked("hold"),
    resume: asked("resume"),
    consult: asked("consult"),
    conference: asked("conference"),
    transfer: asked("transfer"),
    sendDigits: asked("sendDigits"),
    releaseLine: tell("releaseLine"),
    calls: () => calls.filter((call) => call.state !== "ended"),
    release(callId) {
      tell("release")(callId);
      const index = calls.findIndex((call) => call.id === callId);
      if (calls[index]?.state !== "ended")
        move(index, "ended", { party: "agent", reason: "released" });
    },
  };
  const log = { debug() {}, info() {}, warn: tell("warn"), error: tell("error") };
  const entries = (changed?: Agent): DirectoryEntries => ({
    sites: [site("shop", "acme"), site("help", "acme"), site("other", "rival")],
    agents: AGENTS.map((one) => (one.name === changed?.name ? changed : one)),
    templates: [{ name: "hello", heading: "Hello from {{agent}}", text: "May {{agent}} help?" }],
    ...(options.automatic && { automatic: { acme: options.automatic } }),
  });
  const written = { hours: await records.dialHours(0), learnt: await records.dialLearnt() };
  const desk = await createDesk(
    {
      ...entries(),
      alertLifetimeMs: 120_000,
      invitationLifetimeMs: 300_000,
      absenceMs: 15_000,
      browserCalls: options.browserCalls ?? "off",
      callbacksPerDay: { perVisitor: 3, perAddress: 10 },
    },
    {
      clock: options.deskClock ?? clock,
      log,
      metrics: {
        alert: tell("metric alert"),
        alertDelivery() {},
        invitation: tell("metric invitation"),
        offered() {},
        answered() {},
        closed: tell("metric closed"),
        queueLength() {},
        agents() {},
        callbacks() {},
        dialAttempt: tell("metric dialAttempt"),
        dialBlocked: tell("metric dialBlocked"),
        handled() {},
      },
      visits: {
        session: (id) => visits.get(id),
        find: (name, ref) =>
          [...visits.values()].find(
            (v) => v.site === name && ref.visitorId === refOf(v.id).visitorId,
          ),
        latest: (sites) =>
          [...visits.values()]
            .filter((v) => sites.includes(v.site))
            .toSorted((a, b) => b.lastAccessMs - a.lastAccessMs),
        hold: tell("hold"),
        letGo: tell("let go"),
        explain: (id) => [
          {
            campaign: "again",
            criterion: "pages >= 1",
            result: "true",
            conditions: [
              { text: "pages >= 1", result: "true", facts: [{ name: "pages", value: id.length }] },
            ],
            why: "cool_down",
          },
        ],
        expected: () => options.expected?.() ?? 0,
        advance: tell("advance"),
        learn: tell("learn"),
      },
      nextPages: { show: tell("show"), withdraw: tell("withdraw"), sendOn: tell("sendOn") },
      telephony,
      browserPhones: {
        async open(line) {
          tell("open")(line);
          return { user: line, password: "once" };
        },
        connect: tell("connect"),
        ready: (line) => readyLines.has(line),
        close: tell("close"),
        iceServers: () => [{ urls: ["stun:stun.example:3478"] }],
      },
      callRules: createCallRules({ shop: callRules, help: callRules, other: callRules }, {}),
      pacings: createPacings({ DE: options.law ?? {} }, written, {
        clock,
        log,
        metrics: {
          liveAnswer: tell("metric liveAnswer"),
          dropped: tell("metric dropped"),
          dropRatio: tell("metric dropRatio"),
          pacingRatio() {},
        },
        records,
        ...(options.pacer && { pacer: options.pacer }),
      }),
      records,
      randomId: options.randomId ?? (() => randomBytes(12).toString("base64url")),
    },
  );
  function move(index: number, state: Call["state"], end?: Call["end"]): void {
    const before = calls[index];
    if (!before) throw new Error(`There is no call ${index}`);
    const call: Call = {
      ...before,
      state,
      ...(state === "joined" && { joinedMs: clock.nowMs() }),
      ...(state === "ended" && { endedMs: clock.nowMs() }),
      ...(end && { end }),
    };
    // Of a call that has ended all news is old.
    if (before.state !== "ended") calls[index] = call;
    desk.callChanged(call);
  }
  return {
    clock,
    desk,
    entries,
    records,
    visits,
    told,
    calls,
    readyLines,
    call: move,
    opportunity: (id, session, changes = {}) => ({
      id,
      sessionId: session.id,
      site: session.site,
      campaign: "twice-in-a-week",
      criterion: 'visits("7d") >= 2',
      mode: "alert_first",
      offer: "contact",
      message: "hello",
      firedMs: clock.nowMs(),
      state: "open",
      ...changes,
    }),
    advanced: (id) =>
      told.filter((t) => t.what === "advance" && t.with[0] === id).map((t) => t.with[1]),
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]();
      await records[Symbol.asyncDispose]();
    },
  };
}

/** Lets promises that are ready run, also those behind the store. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

export const end = (party: "agent" | "visitor", reason: LegEnd) => ({ party, reason });
