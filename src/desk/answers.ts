/** What becomes of a visitor's answer to an invitation. */
import { LRUCache } from "lru-cache";
import type { Callback } from "../model/callback.ts";
import type { Clock } from "../model/clock.ts";
import { type Interaction, type InteractionKind, isChat } from "../model/interaction.ts";
import type { Invitation } from "../model/invitation.ts";
import type { Session } from "../model/session.ts";
import type { Site } from "../model/site.ts";
import { DEFAULT_PRIORITY } from "../model/visitor.ts";
import type { AnswerResult } from "../visitor/protocol.ts";
import { choiceLabel } from "../visitor/words.ts";
import type { Answer } from "./answer-form.ts";
import type { CallGuards } from "./call-guards.ts";
import type { Contacts } from "./contacts.ts";
import type { DeskEvents } from "./events.ts";
import { createFlood } from "./flood.ts";
import type { Invitations } from "./invitations.ts";
import type { JobFile } from "./job-file.ts";
import { zonedTimeMs } from "./local-time.ts";
import type { Visits } from "./ports.ts";

/** Where an answer comes from. */
interface Answerer {
  readonly site: Site;
  readonly address: string;
  /** See `visitorHash`. */
  readonly visitor: string;
}

export interface Answers {
  /**
   * Resolves when what was asked for is on the disk, and not before. The same answer sent twice has the same result.
   *
   * @throws what the store throws; the invitation then stands as before
   */
  answer(form: Answer, from: Answerer): Promise<AnswerResult & { readonly status: number }>;
}

type Result = AnswerResult & { readonly status: number };

const MOST_REQUESTS = 5;
const REQUEST_WINDOW_MS = 10 * 60_000;
const FARTHEST_CALLBACK_MS = 60 * 86_400_000;

export function createAnswers(ports: {
  readonly clock: Clock;
  readonly contacts: Contacts;
  readonly events: DeskEvents;
  readonly guards: CallGuards;
  readonly invitations: Invitations;
  readonly jobFile: JobFile;
  readonly visits: Visits;
  randomId(): string;
}): Answers {
  const { clock, contacts, events, guards, invitations, jobFile, visits } = ports;
  const flood = createFlood({ most: MOST_REQUESTS, windowMs: REQUEST_WINDOW_MS }, clock);
  /** Answers on their way to the disk: a second click gets the result of the first. */
  const running = new Map<string, Promise<Result>>();
  /** The callbacks that were stored, by invitation: what a visitor may be told once more. */
  const noted = new LRUCache<string, Checked>({ max: 10_000 });

  const check = (form: Answer, site: Site): Refused | Checked => {
    if (form.choice !== "phone" && form.choice !== "callback") return { ok: true };
    if (form.number === undefined) {
      return mend("number", "Please type the telephone number we should call.");
    }
    const parsed = guards.parse(form.number, site.name);
    if (!parsed.ok) return mend("number", parsed.message);
    const wanted = { number: parsed.e164, site: site.name, firm: site.firm };
    if (form.choice === "phone") {
      const hindrance = guards.now(wanted);
      return hindrance ? mend("number", hindrance.message) : { ok: true, number: parsed.e164 };
    }
    if (form.date === undefined) return mend("date", "Please choose the day we should call.");
    if (form.time === undefined) return mend("time", "Please choose the time we should call.");
    const dueMs = zonedTimeMs(form.date, form.time.slice(0, 5), site.timeZone);
    if (dueMs === undefined) {
      return mend("date", "Please write the day as 2027-01-31 and the time as 14:30.");
    }
    const nowMs = clock.nowMs();
    if (dueMs < nowMs - 60_000) {
      return mend("time", `That is in the past. Please choose a later time (${site.timeZone}).`);
    }
    if (dueMs > nowMs + FARTHEST_CALLBACK_MS) {
      return mend("date", "Please choose a day within the next 60 days.");
    }
    return { ok: true, number: parsed.e164, dueMs };
  };

  const take = async (
    invitation: Invitation,
    session: Session,
    form: Answer,
    checked: Checked,
    from: Answerer,
  ): Promise<Result> => {
    const now = visits.session(session.id) ?? session;
    const nowMs = clock.nowMs();
    const name = form.name ?? now.name;
    const common = {
      id: ports.randomId(),
      site: from.site.name,
      firm: from.site.firm,
      sessionId: session.id,
      priority: now.priority ?? DEFAULT_PRIORITY,
      ...(name !== undefined && { name }),
    };
    const url = now.trail.at(-1)?.url ?? form.back ?? "/";
    const learn = () => {
      const { number } = checked;
      if (form.name === undefined && number === undefined) return;
      visits.learn(session.id, {
        atMs: nowMs,
        ...(form.name !== undefined && { name: form.name }),
        ...(number !== undefined && { number }),
      });
    };
    if (form.choice === "callback") {
      const { number = "", dueMs = nowMs } = checked;
      const callback: Callback = {
        ...common,
        state: "scheduled",
        number,
        ...(form.topic !== undefined && { topic: form.topic }),
        createdMs: nowMs,
        dueMs,
        attempts: 0,
        evidence: {
          url,
          text: `${invitation.heading}\n${invitation.text}\n${choiceLabel("callback", invitation.choices)}`,
          atMs: nowMs,
          address: from.address,
          typed: form.number ?? "",
        },
      };
      await jobFile.add(callback);
      noted.set(invitation.id, checked);
      invitations.accepted(invitation.id);
      learn();
      return { ok: true, status: 200, choice: "callback" };
    }
    const interaction: Interaction = {
      ...common,
      kind: contactKind(form.choice),
      state: "queued",
      visitor: from.visitor,
      ...(invitation.opportunityId !== undefined && { opportunityId: invitation.opportunityId }),
      invitationId: invitation.id,
      ...(invitation.agent !== undefined && { preferredAgent: invitation.agent }),
      address: from.address,
      url,
      ...(checked.number !== undefined && { number: checked.number }),
      queuedMs: nowMs,
    };
    const contact = await contacts.add(interaction);
    invitations.accepted(invitation.id);
    learn();
    events.queued(interaction, contacts.waiting());
    return { ok: true, status: 200, choice: form.choice, contact: contacts.card(contact) };
  };

  return {
    async answer(form, from) {
      const invitation = invitations.recent(form.invitation);
      if (!invitation || invitation.site !== from.site.name) return GONE;
      const first = running.get(invitation.id);
      if (first) return first;
      const session = invitations.sessionOf(invitation.id);
      if (!session) return again(form, invitation, from.site);
      if (!invitation.choices.includes(form.choice)) {
        return mend("choice", "Please choose one of the answers.");
      }
      if (form.choice === "none") {
        invitations.declined(invitation.id);
        return { ok: true, status: 200, choice: "none" };
      }
      const checked = check(form, from.site);
      if (!checked.ok) return checked;
      const keys = [`session ${session.id}`, `visitor ${from.visitor}`, `address ${from.address}`];
      if (!flood.admit(checked.number ? [...keys, `number ${checked.number}`] : keys)) {
        return {
          ok: false,
          status: 429,
          message:
            "You have asked us several times already. Please wait ten minutes, then try again.",
        };
      }
      const hindrance = later(checked, from);
      if (hindrance) return hindrance;
      const hold = invitations.hold(invitation.id);
      const result = take(invitation, session, form, checked, from);
      running.set(invitation.id, result);
      try {
        return await result;
      } finally {
        running.delete(invitation.id);
        hold[Symbol.dispose]();
      }
    },
  };

  /** Why the callback may not be stored. */
  function later({ number, dueMs }: Checked, from: Answerer): Refused | undefined {
    if (number === undefined || dueMs === undefined) return undefined;
    const { site } = from;
    const hindrance = guards.later({ number, site: site.name, firm: site.firm }, dueMs, from);
    if (!hindrance) return undefined;
    const { reason, message } = hindrance;
    if (reason === "limit") return { ok: false, status: 429, message };
    if (reason !== "hours") return mend("number", message);
    return mend("time", `${message} Please choose another time.`);
  }

  /** The visitor pressed the button twice, or came back to the form: his first answer stands. */
  function again(form: Answer, invitation: Invitation, site: Site): Result {
    for (const contact of contacts.all()) {
      if (contact.interaction.invitationId !== invitation.id) continue;
      const choice = isChat(contact.interaction) ? "chat" : contactKind(contact.interaction.kind);
      return { ok: true, status: 200, choice, contact: contacts.card(contact) };
    }
    const first = noted.get(invitation.id);
    if (!first || form.choice !== "callback") return GONE;
    const parsed = guards.parse(form.number ?? "", site.name);
    const dueMs = zonedTimeMs(form.date ?? "", form.time?.slice(0, 5) ?? "", site.timeZone);
    // Nobody is told that we shall call at another time, or at all, when that is not what is stored.
    const same = parsed.ok && parsed.e164 === first.number && dueMs === first.dueMs;
    return same ? { ok: true, status: 200, choice: "callback" } : GONE;
  }
}

/** What kind of contact a choice makes, and which choice a contact was. */
function contactKind(
  choice: InteractionKind | Answer["choice"],
): "chat" | "voip" | "video" | "phone" {
  return choice === "chat" || choice === "voip" || choice === "video" ? choice : "phone";
}

type Checked = { readonly ok: true; readonly number?: string; readonly dueMs?: number };
type Refused = Extract<AnswerResult, { ok: false }> & { readonly status: number };

const GONE: Refused = {
  ok: false,
  status: 409,
  message: "This offer is no longer open. Thank you all the same.",
};

function mend(field: NonNullable<Refused["field"]>, message: string): Refused {
  return { ok: false, status: 422, field, message };
}
