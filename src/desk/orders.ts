/** What an agent can order, each order one function. All of them keep to the visitors of the agent's own firm. */
import { type Agent, BROWSER_TELEPHONE, deskLine } from "../model/agent.ts";
import type { Clock } from "../model/clock.ts";
import { dispositions } from "../model/disposition.ts";
import { isCall, isChat } from "../model/interaction.ts";
import type { Alerts } from "./alerts.ts";
import type { CallOffers } from "./call-offers.ts";
import type { CallOrders } from "./call-orders.ts";
import type { Calls } from "./calls.ts";
import type { Chats } from "./chats.ts";
import type { Contact, Contacts } from "./contacts.ts";
import type { Directory } from "./directory.ts";
import type { DoNotCall } from "./do-not-call.ts";
import type { DeskEvents } from "./events.ts";
import type { Invitations } from "./invitations.ts";
import type { JobFile } from "./job-file.ts";
import type { Journal } from "./journal.ts";
import { isLocalPath, isReserved } from "./local-path.ts";
import type { Body, OrderPath } from "./order-bodies.ts";
import type { BrowserPhones, NextPages, Visits } from "./ports.ts";
import type { Presence } from "./presence.ts";
import type { Orders } from "./protocol.ts";
import { isRefusal, type Outcome, refuse } from "./refusal.ts";
import type { VisitorStreams } from "./visitor-streams.ts";
import type { WarmLine } from "./warm-line.ts";

/** Logging in and out is the HTTP server's. */
export type DeskOrderPath = Exclude<OrderPath, "/api/login" | "/api/logout">;

export type DeskOrders = {
  readonly [Path in DeskOrderPath]: (
    agent: Agent,
    body: Body<Path>,
  ) => Outcome<Orders[Path]["answer"]> | Promise<Outcome<Orders[Path]["answer"]>>;
};

const NEXT_PAGE_LIFETIME_MS = 5 * 60_000;
const DONE = { ok: true } as const;

export function createOrders(ports: {
  readonly alerts: Alerts;
  readonly browserPhones: BrowserPhones;
  readonly callOffers: CallOffers;
  readonly callOrders: CallOrders;
  readonly calls: Calls;
  readonly chats: Chats;
  readonly clock: Clock;
  readonly contacts: Contacts;
  readonly directory: Directory;
  readonly doNotCall: DoNotCall;
  readonly events: DeskEvents;
  readonly invitations: Invitations;
  readonly jobFile: JobFile;
  readonly journal: Journal;
  readonly nextPages: NextPages;
  readonly presence: Presence;
  readonly streams: VisitorStreams;
  readonly visits: Visits;
  readonly warmLine: WarmLine;
}): DeskOrders {
  const { alerts, callOrders, calls, chats, clock, contacts } = ports;
  const { browserPhones, directory, invitations, jobFile, visits, warmLine } = ports;

  const visit = (agent: Agent, sessionId: string) => {
    const session = visits.session(sessionId);
    const site = session && directory.site(session.site);
    if (!session || site?.firm !== agent.firm) {
      return refuse("not_found", "This visitor is no longer on the site.");
    }
    return { session, site };
  };
  const own = (agent: Agent, interactionId: string): Outcome<Contact> => {
    const contact = contacts.get(interactionId);
    if (!contact || contact.interaction.firm !== agent.firm) {
      return refuse("not_found", "There is no such contact any more.");
    }
    if (contact.interaction.agent !== agent.name) {
      return refuse("forbidden", "This contact is not yours.");
    }
    return contact;
  };
  const onOwn = async <Answer extends object>(
    agent: Agent,
    interactionId: string,
    what: (contact: Contact) => Promise<Outcome<Answer>>,
  ) => {
    const contact = own(agent, interactionId);
    return isRefusal(contact) ? contact : what(contact);
  };
  /** With the line that the agent has lifted; when he may not call it is let go. */
  const onLine = (agent: Agent, what: (lineId: string) => Outcome<object>) => {
    const line = warmLine.line(agent);
    if (isRefusal(line)) return line;
    const done = what(line.lineId);
    if (!isRefusal(done)) return DONE;
    warmLine.release(line.lineId);
    return done;
  };
  /** Also those who asked before that: their callbacks are cancelled, and whoever waits in the queue is let go. */
  const neverAgain = (agent: Agent, firm: string, number: string) => {
    ports.journal.note("do not call", ports.doNotCall.add(firm, number, agent.name));
    jobFile.cancelNumber(firm, number);
    for (const other of contacts.all()) {
      const { interaction } = other;
      if (interaction.state !== "queued" || interaction.firm !== firm) continue;
      if (interaction.kind !== "phone" || interaction.number !== number) continue;
      const closed = contacts.move(other, "closed", { outcome: "refused", endedMs: clock.nowMs() });
      ports.journal.note("contact", closed);
    }
  };
  const take = (agent: Agent, contact: Contact) =>
    contact.interaction.kind === "chat"
      ? chats.accept(agent, contact)
      : calls.accept(agent, contact);

  return {
    async "/api/telephone"(agent) {
      if (agent.telephone !== BROWSER_TELEPHONE) {
        return refuse("not_found", "Your telephone is not this desk.");
      }
      const keys = await browserPhones.open(deskLine(agent.name));
      if (!keys)
        return refuse("switch_down", "The telephone exchange gives no line at the moment.");
      return { ...keys, iceServers: browserPhones.iceServers() };
    },
    "/api/status"(agent, { status }) {
      ports.presence.say(agent, status);
      return DONE;
    },
    "/api/alerts/accept"(agent, { alertId }) {
      const taken = alerts.accept(agent, alertId);
      return isRefusal(taken) ? taken : DONE;
    },
    "/api/alerts/reject": (agent, { alertId }) => alerts.reject(agent, alertId),
    "/api/invite"(agent, { sessionId, alertId, heading, text }) {
      const found = visit(agent, sessionId);
      if (isRefusal(found)) return found;
      if (found.session.priority === 0) {
        return refuse("busy", "This visitor has priority 0 and is not to be invited.");
      }
      if (invitations.cardFor(sessionId)) {
        return refuse("too_late", "This visitor has an invitation already.");
      }
      const alert = alertId === undefined ? undefined : alerts.accept(agent, alertId, sessionId);
      if (alert && isRefusal(alert)) return alert;
      const invitation = invitations.send({
        ...found,
        offer: "contact",
        heading,
        text,
        agent,
        ...(alert && {
          campaign: alert.opportunity.campaign,
          opportunityId: alert.opportunity.id,
        }),
      });
      if (!invitation) return refuse("too_late", "This visitor has an invitation already.");
      if (alert) alerts.done(alert.id);
      return { invitationId: invitation.id };
    },
    "/api/visitors/page"(agent, { sessionId, path }) {
      const found = visit(agent, sessionId);
      if (isRefusal(found)) return found;
      if (!isLocalPath(path) || isReserved(path, found.site.reservedPath)) {
        return refuse(
          "bad_order",
          "Write a path of this site that begins with one slash, as in /prices.",
        );
      }
      if (ports.streams.send({ sessionId }, { type: "navigate", path }) > 0) return { at: "once" };
      ports.nextPages.sendOn(found.session, path, clock.nowMs() + NEXT_PAGE_LIFETIME_MS);
      return { at: "next" };
    },
    "/api/visitors/explain"(agent, { sessionId }) {
      const found = visit(agent, sessionId);
      return isRefusal(found) ? found : { campaigns: visits.explain(sessionId) };
    },
    "/api/visitors/priority"(agent, { sessionId, priority }) {
      if (!agent.maySetPriority) {
        return refuse("forbidden", "Your supervisor has not allowed you to set priorities.");
      }
      const found = visit(agent, sessionId);
      if (isRefusal(found)) return found;
      visits.learn(sessionId, { atMs: clock.nowMs(), priority });
      return DONE;
    },
    "/api/contacts/accept"(agent, { interactionId }) {
      const contact = contacts.get(interactionId);
      if (contact?.interaction.firm !== agent.firm) {
        return refuse("not_found", "There is no such contact any more.");
      }
      if (contact.interaction.state !== "queued") {
        return refuse("too_late", "Another agent was faster.");
      }
      return take(agent, contact);
    },
    "/api/contacts/chat"(agent, { interactionId, text }) {
      const contact = own(agent, interactionId);
      if (isRefusal(contact)) return contact;
      if (!isChat(contact.interaction)) return refuse("bad_order", "This is not a chat.");
      return chats.say(contact, "agent", text);
    },
    "/api/contacts/offer-call"(agent, { interactionId, open }) {
      const contact = own(agent, interactionId);
      if (isRefusal(contact)) return contact;
      return open ? ports.callOffers.offer(agent, contact) : ports.callOffers.takeBack(contact);
    },
    "/api/contacts/release"(agent, { interactionId }) {
      const contact = own(agent, interactionId);
      if (isRefusal(contact)) return contact;
      const { kind } = contact.interaction;
      return kind === "chat" ? chats.release(contact) : calls.release(contact);
    },
    "/api/contacts/redial"(agent, { interactionId }) {
      const contact = own(agent, interactionId);
      if (isRefusal(contact)) return contact;
      if (contact.interaction.kind === "chat") return refuse("bad_order", "This is not a call.");
      return calls.redial(agent, contact);
    },
    async "/api/contacts/close"(agent, { interactionId, disposition: code, note }) {
      const contact = own(agent, interactionId);
      if (isRefusal(contact)) return contact;
      const disposition = dispositions.find((d) => d.code === code);
      if (!disposition) {
        const known = dispositions.map((d) => d.code).join(", ");
        return refuse("bad_order", `There is no such disposition; choose one of: ${known}.`);
      }
      if (contact.interaction.state !== "wrapping") {
        return refuse("too_late", "End the contact first.");
      }
      const { callbackId, endedMs = clock.nowMs() } = contact.interaction;
      const saved = contacts.move(contact, "closed", {
        disposition: code,
        ...(note !== undefined && note !== "" && { note }),
      });
      if (callbackId !== undefined) jobFile.settle(callbackId, disposition);
      const { firm, number } = contact.interaction;
      if (disposition.dnc && number !== undefined) neverAgain(agent, firm, number);
      ports.events.closed(contact.interaction, clock.nowMs() - endedMs, contacts.waiting());
      await saved;
      return DONE;
    },
    "/api/callbacks/accept": (agent, { callbackId }) => calls.acceptCallback(agent, callbackId),
    "/api/callbacks/cancel": (agent, { callbackId }) => jobFile.cancel(agent, callbackId),
    "/api/calls/hold": (agent, { interactionId }) =>
      onOwn(agent, interactionId, (contact) => callOrders.hold(contact)),
    "/api/calls/resume": (agent, { interactionId }) =>
      onOwn(agent, interactionId, (contact) => callOrders.resume(contact)),
    "/api/calls/consult": (agent, { interactionId, third }) =>
      onOwn(agent, interactionId, (contact) => callOrders.consult(agent, contact, third)),
    "/api/calls/conference": (agent, { interactionId }) =>
      onOwn(agent, interactionId, (contact) => callOrders.conference(contact)),
    "/api/calls/transfer": (agent, { interactionId, third }) =>
      onOwn(agent, interactionId, (contact) => callOrders.transfer(agent, contact, third)),
    "/api/calls/digits": (agent, { interactionId, digits }) =>
      onOwn(agent, interactionId, (contact) => callOrders.sendDigits(contact, digits)),
    "/api/line/contact"(agent, { interactionId }) {
      const contact = contacts.get(interactionId);
      const { firm, kind, state } = contact?.interaction ?? {};
      if (!contact || firm !== agent.firm || !isCall(kind ?? "chat")) {
        return refuse("not_found", "There is no such contact any more.");
      }
      if (state !== "queued" && contact.interaction.agent !== agent.name) {
        return refuse("too_late", "Another agent was faster.");
      }
      return onLine(agent, (lineId) =>
        state === "queued"
          ? calls.accept(agent, contact, lineId)
          : calls.redial(agent, contact, lineId),
      );
    },
    "/api/line/callback": (agent, { callbackId }) =>
      onLine(agent, (lineId) => calls.acceptCallback(agent, callbackId, lineId)),
    "/api/number": (agent, { number }) => warmLine.found(agent, number),
    "/api/number/find": (agent, { texts }) => warmLine.find(agent, texts),
    "/api/number/call": (agent) => warmLine.callFound(agent),
  };
}
