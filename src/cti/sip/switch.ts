/**
 * Joins telephones by third-party call control (RFC 3725, flow IV), where there is no exchange: they are called over a SIP
 * trunk, and told to send their sound to each other. It never passes through here; so nobody can be made to hear ringing, music
 * or an announcement, and no three can talk.
 */
import { createHash } from "node:crypto";
import type { Clock, Timer } from "../../model/clock.ts";
import type { Log } from "../../model/log.ts";
import type { DialogRecords } from "../ports.ts";
import { type Ability, type Switch, SwitchError, type SwitchEvent } from "../switch.ts";
import { createBridges } from "./bridges.ts";
import { tagOf } from "./dialog.ts";
import { createDialogKeeper } from "./keeper.ts";
import { callerOf, createLeg, type Leg, type SavedLeg } from "./leg.ts";
import { header, hostPortText, quoted, type SipRequest, userPart } from "./message.ts";
import { createRegistration, type Registration } from "./registration.ts";
import { createRequests, type Requests } from "./requests.ts";
import { responseTo } from "./responses.ts";
import type { ServerTransaction } from "./server-transactions.ts";
import { createTransactions, type Timing, type Transactions } from "./transactions.ts";
import { openWire, type Wire, type WireOptions } from "./wire.ts";

export interface SipOptions extends WireOptions {
  readonly user: string;
  readonly password: string;
  /** What follows after @ in numbers and names. */
  readonly domain: string;
  readonly register: boolean;
  readonly expiresMs: number;
  /** RFC 3261's own, unless a test is in a hurry. */
  readonly timing?: Timing;
}

export interface SipPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly records: DialogRecords;
  /** The wire, when not a plain one. */
  readonly open?: typeof openWire;
}

const TIMING: Timing = { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 };
const NONE: ReadonlySet<Ability> = new Set();
/** A telephone whose partner has hung up waits so long for another one before it is made silent. */
const ALONE_MS = 300;
const OPEN_AGAIN_MS = 5_000;
const LAST_WORDS_MS = 2_000;

interface Line {
  readonly wire: Wire;
  readonly transactions: Transactions;
  readonly requests: Requests;
  readonly registration: Registration;
}

export function createSipSwitch(
  options: SipOptions,
  ports: SipPorts,
  listener: (event: SwitchEvent) => void,
): Switch & AsyncDisposable {
  const { clock, log } = ports;
  const { user, domain, transport } = options;
  const timing = options.timing ?? TIMING;
  const legs = new Map<string, Leg>();
  const keeper = createDialogKeeper(ports.records, log);
  const bridges = createBridges(legs, keep);
  let line: Line | undefined;
  let disposed = false;
  let timer: Timer | undefined;
  const opening = open();

  // --- the trunk -------------------------------------------------------------------------------------------------------

  async function open(): Promise<void> {
    const contact = () =>
      `<sip:${userPart(user)}@${hostPortText(wire.local)}${transport === "udp" ? "" : `;transport=${transport}`}>`;
    let wire: Wire;
    let found: Readonly<Record<string, string>>;
    try {
      found = await ports.records.openDialogs();
      wire = await (ports.open ?? openWire)(options, clock, {
        heard: (text, from) => line?.transactions.heard(text, from),
        lost: () => line?.registration.check(),
      });
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      log.warn({ failure }, "the trunk cannot be used; trying again");
      listener({ type: "down" });
      if (!disposed) timer = clock.after(OPEN_AGAIN_MS, () => void open());
      return;
    }
    if (disposed) return wire[Symbol.asyncDispose]();
    const transactions = createTransactions(
      { wire, clock, timing, transport: transport.toUpperCase() },
      {
        welcome: (request, from) => legOf(request) !== undefined || wire.fromServer(from.host),
        request: heard,
      },
    );
    const requests = createRequests(
      { transactions, server: options.server, agent: "Warmline" },
      options,
    );
    const registration = createRegistration(
      options,
      { clock, log, requests },
      { contact, changed },
    );
    line = { wire, transactions, requests, registration };
    contactOf = contact;
    for (const saved of Object.values(found)) restore(saved);
  }

  let contactOf = () => "";
  function changed(up: boolean): void {
    if (!up) return listener({ type: "down" });
    void takeUp();
  }

  /** Legs may have ended while the trunk, or we, were away. */
  async function takeUp(): Promise<void> {
    await Promise.all(Array.from(legs.values(), (leg) => leg.refresh().catch(() => undefined)));
    if (!disposed) listener({ type: "up", legs: [...legs.keys()], bridges: bridges.ids() });
  }

  function reached(): Line {
    if (line?.registration.up) return line;
    throw new SwitchError("WL_SWITCH_DOWN", "the trunk cannot be reached");
  }

  // --- legs ------------------------------------------------------------------------------------------------------------

  function addLeg(legId: string, { requests, transactions }: Line): Leg {
    const tell = (type: "ringing" | "answered") => listener({ type, legId });
    const leg = createLeg(
      legId,
      { clock, requests, transactions, contact: () => contactOf() },
      {
        ringing: () => tell("ringing"),
        answered: () => tell("answered"),
        changed: () => keep(leg),
        unanswered: () => line?.registration.check(),
        offered: (audio) => bridges.passOn(leg, audio).catch(() => undefined),
        ended(end) {
          const partner = bridges.gone(leg);
          legs.delete(legId);
          keeper.keep(legId, undefined);
          if (partner) clock.after(ALONE_MS, () => quietIfAlone(partner));
          listener({ type: "ended", legId, end });
        },
      },
    );
    legs.set(legId, leg);
    return leg;
  }

  function quietIfAlone(leg: Leg): void {
    if (!leg.answered || bridges.gone(leg)) return;
    const { bridgeId } = leg;
    void (bridgeId === undefined ? bridges.leave(leg) : bridges.join(bridgeId, [leg])).catch(
      () => undefined,
    );
  }

  function keep(leg: Leg): void {
    const saved = leg.saved();
    const { bridgeId } = leg;
    keeper.keep(
      leg.legId,
      saved && JSON.stringify({ ...saved, ...(bridgeId !== undefined && { bridgeId }) }),
    );
  }

  function restore(text: string): void {
    const saved = JSON.parse(text) as SavedLeg;
    if (!line || legs.has(saved.legId)) return;
    const leg = addLeg(saved.legId, line);
    leg.bridgeId = saved.bridgeId;
    leg.restore(saved);
  }

  function legNamed(legId: string): Leg {
    const leg = legs.get(legId);
    if (leg?.answered) return leg;
    throw new SwitchError("WL_SWITCH_NO_SUCH_LEG", `${legId} is not there`);
  }

  // --- what the trunk asks -----------------------------------------------------------------------------------------------

  function legOf(request: SipRequest): Leg | undefined {
    const callId = header(request, "call-id");
    const [to, from] = [tagOf(header(request, "to")), tagOf(header(request, "from"))];
    return [...legs.values()].find(
      ({ dialog }) =>
        dialog?.callId === callId && tagOf(dialog?.local) === to && tagOf(dialog?.remote) === from,
    );
  }

  function heard(request: SipRequest, server: ServerTransaction): void {
    const leg = legOf(request);
    if (leg) return leg.handle(request, server);
    if (request.method === "ACK") return;
    const refuse = (status: number) =>
      server.respond(
        responseTo(request, status, {
          toTag: "none",
          headers: [{ name: "allow", value: "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO" }],
        }),
      );
    if (tagOf(header(request, "to")) !== undefined) return refuse(481);
    if (request.method === "OPTIONS") return refuse(200);
    if (request.method !== "INVITE" || !line) return refuse(405);
    if (header(request, "require") !== undefined && header(request, "require") !== "timer")
      return refuse(420);
    const legId = incomingLegId(header(request, "call-id") ?? "");
    if (legs.has(legId)) return refuse(482);
    addLeg(legId, line).accept(request, server);
    listener({ type: "offered", legId, from: callerOf(request) });
  }

  return {
    abilities: NONE,
    async originate({ legId, to, from, ringTimeoutMs }) {
      const there = reached();
      if (legs.has(legId)) throw new SwitchError("WL_SWITCH_REFUSED", "the leg exists");
      if (to.kind === "browser") {
        throw new SwitchError("WL_SWITCH_CANNOT", "telephones in browsers need an exchange");
      }
      const number = to.kind === "agent" ? to.telephone : to.number;
      const called = `sip:${userPart(number)}@${domain}`;
      // Trunks believe From only when it is the user's own; who calls goes into P-Asserted-Identity (RFC 3325) besides.
      const caller = `${quoted(from.name)} <sip:${userPart(from.number || user)}@${domain}>`;
      addLeg(legId, there).dial(
        called,
        caller,
        [{ name: "p-preferred-identity", value: caller }],
        ringTimeoutMs,
      );
    },
    async answer(legId) {
      reached();
      const leg = legs.get(legId);
      if (!leg) throw new SwitchError("WL_SWITCH_NO_SUCH_LEG", `${legId} is not there`);
      leg.answer();
    },
    async join(bridgeId, legIds) {
      reached();
      await bridges.join(bridgeId, legIds.map(legNamed));
    },
    async play(legId, sound) {
      reached();
      const leg = legNamed(legId);
      await bridges.leave(leg);
      // It cannot be heard, and so it is over.
      if (sound === "refusal")
        clock.after(0, () => leg.answered && listener({ type: "played", legId }));
    },
    async sendDigits(legId, digits) {
      reached();
      const leg = legNamed(legId);
      for (const digit of digits) await leg.press(digit);
    },
    async release(legId) {
      legs.get(legId)?.release("released");
    },
    async dissolve(bridgeId) {
      bridges.dissolve(bridgeId);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      timer?.[Symbol.dispose]();
      await opening;
      // Those that were released may still be saying goodbye.
      const leaving = () => [...legs.values()].some((leg) => !leg.over && !leg.answered);
      const untilMs = clock.steadyMs() + LAST_WORDS_MS;
      while (leaving() && clock.steadyMs() < untilMs) {
        await new Promise<void>((resolve) => void clock.after(10, resolve));
      }
      for (const leg of legs.values()) leg[Symbol.dispose]();
      await line?.registration[Symbol.asyncDispose]();
      line?.transactions[Symbol.dispose]();
      await line?.wire[Symbol.asyncDispose]();
      await keeper.kept();
    },
  };
}

/** The id of a leg that comes in, from its Call-ID: so it is the same whenever it is asked for. */
export function incomingLegId(callId: string): string {
  return `in.${createHash("sha256").update(callId).digest("hex").slice(0, 20)}`;
}
