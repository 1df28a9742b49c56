/** A firm's day, as the desk would hear of it. Times are relative to `nowMs`. */
import type { Callback } from "../../src/model/callback.ts";
import { dispositions } from "../../src/model/disposition.ts";
import type { Interaction } from "../../src/model/interaction.ts";
import type { Session } from "../../src/model/session.ts";
import type { AlertView, ContactView, DeskState } from "../../src/desk/protocol.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export function exampleSession(id: string, nowMs: number, more: Partial<Session> = {}): Session {
  return {
    id,
    site: "crema",
    state: "active",
    address: "198.51.100.23",
    startedMs: nowMs - 7 * MINUTE,
    lastAccessMs: nowMs - 2 * MINUTE,
    trail: [
      { url: "/", atMs: nowMs - 7 * MINUTE },
      { url: "/machines.html", atMs: nowMs - 6 * MINUTE },
      { url: "/machines/mattina.html", atMs: nowMs - 4 * MINUTE },
      { url: "/machines/doppio.html?colour=blue", atMs: nowMs - 2 * MINUTE },
    ],
    pages: 4,
    consent: "persistent",
    priority: 3,
    ...more,
  };
}

const templates = [
  {
    name: "henry",
    heading: "Hello, my name is {{agent}}.",
    text: "I\u2019m your sales attendant. I just want to let you know that all of our machines are 20% off today.\n\nYou can order by phone! If you like I can call you now.",
  },
  {
    name: "question",
    heading: "May I help you choose?",
    text: "{{agent}} knows every one of our machines.",
  },
];

export function exampleAlert(id: string, session: Session, nowMs: number): AlertView {
  return {
    id,
    state: "offered",
    session,
    suggestion: templates[0]!,
    expiresMs: nowMs + 90_000,
    opportunity: {
      id: `opportunity-${id}`,
      sessionId: session.id,
      site: session.site,
      campaign: "Undecided between machines",
      criterion: 'pages >= 3 && page.path.startsWith("/machines/") && page.seconds > 90',
      mode: "alert_first",
      offer: "contact",
      message: "henry",
      firedMs: nowMs - 20_000,
      state: "alerted",
    },
  };
}

export function exampleContact(
  id: string,
  nowMs: number,
  more: Partial<Interaction> = {},
  session?: Session,
): ContactView {
  return {
    interaction: {
      id,
      kind: "chat",
      state: "queued",
      site: "crema",
      firm: "crema",
      sessionId: session?.id ?? "gone",
      address: session?.address ?? "203.0.113.7",
      url: session?.trail.at(-1)?.url ?? "/help.html",
      priority: session?.priority ?? 3,
      queuedMs: nowMs - 45_000,
      ...(session?.name !== undefined && { name: session.name }),
      ...more,
    },
    messages: [],
    ...(session && { session }),
  };
}

function exampleCallback(id: string, nowMs: number, more: Partial<Callback> = {}): Callback {
  return {
    id,
    state: "scheduled",
    site: "crema",
    firm: "crema",
    sessionId: "gone",
    number: "+41446681800",
    name: "Ruth Weber",
    topic: "Descaling an Officina",
    priority: 5,
    createdMs: nowMs - 10 * 60 * MINUTE,
    dueMs: nowMs + 95 * MINUTE,
    attempts: 0,
    evidence: {
      url: "/help.html",
      text: "Please call me at: 044 668 18 00",
      atMs: nowMs - 10 * 60 * MINUTE,
      address: "203.0.113.80",
      typed: "044 668 18 00",
    },
    ...more,
  };
}

export function exampleDesk(nowMs: number): DeskState {
  const jane = exampleSession("s-jane", nowMs, {
    address: "203.0.113.44",
    name: "Jane Dove",
    number: "+41441234567",
    priority: 7,
    history: {
      id: "AAAA",
      firstSeenMs: nowMs - 210 * DAY,
      lastSeenMs: nowMs,
      visitsMs: [nowMs - 9 * DAY, nowMs - 2 * DAY, nowMs],
      visitCount: 14,
      pageCount: 61,
      timeSpentMs: 164 * MINUTE,
      purchases: [{ atMs: nowMs - 60 * DAY, amount: 599 }],
      events: [],
      priority: 7,
      factsAtMs: 0,
    },
  });
  const unknown = exampleSession("s-unknown", nowMs);
  const idle = exampleSession("s-idle", nowMs, {
    address: "2001:db8:85a3::8a2e:370:7334",
    state: "idle",
    consent: "none",
    pages: 1,
    trail: [{ url: "/about.html", atMs: nowMs - 4 * MINUTE }],
  });
  return {
    agent: {
      name: "anna",
      displayName: "Anna",
      firm: "crema",
      telephone: "101",
      telephoneReady: true,
      status: "available",
      state: "idle",
      maySetPriority: true,
      address: "127.0.0.1",
    },
    alerts: [exampleAlert("a-1", unknown, nowMs)],
    invitations: [],
    contacts: [
      exampleContact("c-jane", nowMs, { kind: "phone", number: "+41441234567" }, jane),
      exampleContact("c-chat", nowMs, { queuedMs: nowMs - 12_000, preferredAgent: "anna" }),
    ],
    callbacks: [
      exampleCallback("cb-1", nowMs),
      exampleCallback("cb-2", nowMs, {
        state: "due",
        dueMs: nowMs - 5 * MINUTE,
        name: "Tom\u00e1s",
        topic: "Which grinder for the Piccolo?",
      }),
    ],
    visitors: [jane, unknown, idle],
    templates,
    dispositions,
    switchUp: true,
    conferences: true,
    browserChoices: [],
    colleagues: [
      { name: "bob", displayName: "Bob", free: true },
      { name: "carla", displayName: "Carla", free: false },
    ],
    handset: {},
    nowMs,
  };
}
