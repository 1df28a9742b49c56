/**
 * The warm line at the desk [0036-0039]: an agent has lifted the receiver without dialling, and his desk says whom to call:
 * the item he is working on, a number found in another program on his computer, or what he picks from a list.
 */
import type { Agent } from "../model/agent.ts";
import type { Clock } from "../model/clock.ts";
import { type Interaction, isCall } from "../model/interaction.ts";
import { DEFAULT_PRIORITY } from "../model/visitor.ts";
import type { CallGuards } from "./call-guards.ts";
import type { Calls } from "./calls.ts";
import type { Contact, Contacts } from "./contacts.ts";
import type { Directory } from "./directory.ts";
import type { Feed } from "./feed.ts";
import type { JobFile } from "./job-file.ts";
import type { Telephony, Visits } from "./ports.ts";
import type { Presence } from "./presence.ts";
import type { Handset } from "./protocol.ts";
import { isRefusal, type Outcome, refuse } from "./refusal.ts";

/** Of the latest visits so many are looked through for a number. */
const MOST_VISITS = 1_000;

type Taken = Outcome<{ readonly interactionId: string }>;

export interface WarmLine {
  /**
   * A receiver was lifted, or is in the hand still after a call. An agent who is there and not in a call `chooses` whom to call;
   * when his firm dials predictively he `waits` for calls. All others are refused.
   */
  lifted(lineId: string, telephone: string): "chooses" | "waits" | "refused";
  dropped(lineId: string): void;
  /** Lets a line go with which nobody can be called. */
  release(lineId: string): void;
  /** Takes the line the agent has lifted; a refusal when it is gone. */
  line(agent: Agent): Outcome<{ readonly lineId: string }>;
  /** The numbers in texts that another program shows, each once. */
  find(agent: Agent, texts: readonly string[]): Outcome<{ readonly numbers: readonly string[] }>;
  /** Another program has found a number. */
  found(agent: Agent, typed: string): Outcome<{ readonly number: string }>;
  /** Calls the number that was found: for whoever waits with it, or has asked to be called at it, or somebody new. */
  callFound(agent: Agent): Taken;
  handset(agent: string): Handset;
}

export function createWarmLine(ports: {
  readonly calls: Calls;
  readonly clock: Clock;
  readonly contacts: Contacts;
  readonly directory: Directory;
  readonly feed: Feed;
  readonly guards: CallGuards;
  readonly jobFile: JobFile;
  readonly presence: Presence;
  readonly telephony: Telephony;
  readonly visits: Visits;
  /** Somebody of the firm may take calls now, or does so no more. */
  changed(firm: string): void;
  randomId(): string;
}): WarmLine {
  const { calls, clock, contacts, directory, feed, guards, jobFile, presence } = ports;
  const handsets = new Map<string, Handset>();

  const handset = (agent: string) => handsets.get(agent) ?? {};
  const change = (agent: string, next: Handset) => {
    handsets.set(agent, next);
    feed.publish([agent], { type: "handset", handset: next });
  };
  const talks = (agent: Agent) =>
    contacts.consultedBy(agent.name) !== undefined ||
    contacts.of(agent.name).some(({ interaction: i }) => isCall(i.kind) && i.state !== "wrapping");
  const isThere = (agent: Agent) => presence.view(agent).status !== "logged_out";
  const waitingWith = (agent: Agent, number: string): Contact | undefined => {
    for (const contact of contacts.all()) {
      const { interaction: i } = contact;
      const free = i.state === "queued" || (i.state === "wrapping" && i.agent === agent.name);
      if (free && i.kind === "phone" && i.number === number && i.firm === agent.firm) {
        return contact;
      }
    }
    return undefined;
  };
  /** Whoever has left the number on a site of the firm; else somebody of whom nothing but the number is known. */
  const someoneNew = (agent: Agent, site: string, number: string): Interaction => {
    const sites = directory.sitesOf(agent.firm).map(({ name }) => name);
    const visit = ports.visits.latest(sites, MOST_VISITS).find((v) => v.number === number);
    return {
      id: ports.randomId(),
      kind: "phone",
      state: "queued",
      site: visit?.site ?? site,
      firm: agent.firm,
      ...(visit && {
        sessionId: visit.id,
        address: visit.address,
        url: visit.trail.at(-1)?.url ?? "/",
        ...(visit.name !== undefined && { name: visit.name }),
      }),
      preferredAgent: agent.name,
      priority: visit?.priority ?? DEFAULT_PRIORITY,
      number,
      queuedMs: clock.nowMs(),
    };
  };

  return {
    lifted(lineId, telephone) {
      const agent = directory.agents().find((a) => a.telephone === telephone && isThere(a));
      if (!agent || talks(agent)) return "refused";
      const waits = directory.automatic(agent.firm).mode === "predictive";
      const { waits: _, ...before } = handset(agent.name);
      change(agent.name, { ...before, lineId, ...(waits && { waits }) });
      ports.changed(agent.firm);
      return waits ? "waits" : "chooses";
    },
    dropped(lineId) {
      for (const [name, { lineId: current, waits: _, ...rest }] of handsets) {
        if (current !== lineId) continue;
        change(name, rest);
        const { firm } = directory.agent(name) ?? {};
        if (firm !== undefined) ports.changed(firm);
      }
    },
    line(agent) {
      const { lineId, waits: _, ...rest } = handset(agent.name);
      if (lineId === undefined) return refuse("too_late", "The receiver is not lifted any more.");
      change(agent.name, rest);
      return { lineId };
    },
    release: (lineId) => ports.telephony.releaseLine(lineId),
    find(agent, texts) {
      const [site] = directory.sitesOf(agent.firm);
      if (!site) return refuse("not_found", "Your firm has no site.");
      return { numbers: [...new Set(texts.flatMap((text) => guards.find(text, site.name)))] };
    },
    found(agent, typed) {
      const [site] = directory.sitesOf(agent.firm);
      if (!site) return refuse("not_found", "Your firm has no site.");
      const parsed = guards.parse(typed, site.name);
      if (!parsed.ok) return refuse("not_called", parsed.message);
      change(agent.name, { ...handset(agent.name), number: parsed.e164 });
      return { number: parsed.e164 };
    },
    callFound(agent) {
      const { lineId, number } = handset(agent.name);
      const [site] = directory.sitesOf(agent.firm);
      if (number === undefined || !site) return refuse("too_late", "There is no number to call.");
      const due = jobFile.list(agent.firm).find((callback) => callback.number === number);
      const waiting = waitingWith(agent, number);
      const taken = ((): Taken => {
        if (!waiting && due) return calls.acceptCallback(agent, due.id, lineId);
        const contact = waiting ?? contacts.restore(someoneNew(agent, site.name, number), []);
        const again = contact.interaction.state === "wrapping";
        const done = again
          ? calls.redial(agent, contact, lineId)
          : calls.accept(agent, contact, lineId);
        if (!isRefusal(done)) return { interactionId: contact.interaction.id };
        if (!waiting) contacts.forget(contact);
        return done;
      })();
      if (!isRefusal(taken)) change(agent.name, {});
      return taken;
    },
    handset,
  };
}
