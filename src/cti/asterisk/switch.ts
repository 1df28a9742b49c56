import type { LegEnd } from "../../model/call.ts";
import type { Clock, Timer } from "../../model/clock.ts";
import type { Log } from "../../model/log.ts";
import { type Destination, type Origination, type Switch, SwitchError } from "../switch.ts";
import type { SwitchEvent } from "../switch.ts";
import { type AriAddress, type AriReply, connectAri } from "./connection.ts";
import { endReason } from "./end-reason.ts";
import {
  type AriChannel,
  type AriEvent,
  bridgeList,
  channelList,
  unwantedEvents,
} from "./messages.ts";

export interface AsteriskOptions extends AriAddress {
  /** Where `{telephone}` is, the agent's telephone is filled in: `PJSIP/{telephone}`. */
  readonly agentEndpoint: string;
  /** Where `{number}` is, the public number is filled in: `PJSIP/{number}@trunk`. */
  readonly publicEndpoint: string;
}

interface AriLeg {
  readonly order: Origination;
  rang: boolean;
  answered: boolean;
  /** The party hears the ringing of the other telephone. */
  hearsRinging: boolean;
  /** What we did ourselves to end it. */
  ours?: LegEnd;
  timer?: Timer;
}

/** Asterisk gives up by itself so much later than we do: a net under our own clock, for when we are cut off. */
const NET_MS = 5_000;

/**
 * Drives Asterisk by its REST interface (Asterisk 22; ARI). Every channel and bridge of ours has an id that begins with the
 * application's name, so that after a gap ours are known again, and what others do on the same exchange is left alone.
 *
 * Connecting goes on for as long as it takes. After a gap the legs that are gone end first, then comes `up`, then what
 * happened to the others meanwhile.
 */
export function createAsteriskSwitch(
  options: AsteriskOptions,
  ports: { readonly clock: Clock; readonly log: Log },
  listener: (event: SwitchEvent) => void,
): Switch & AsyncDisposable {
  const { clock, log } = ports;
  const prefix = `${options.application}.`;
  const legs = new Map<string, AriLeg>();
  /** What was to be ended while we were cut off. */
  const late = { legs: new Set<string>(), bridges: new Set<string>() };
  const ari = connectAri(options, ports, {
    opened: () => void takeUp().catch(failed),
    event: heard,
    closed: () => listener({ type: "down" }),
  });

  const idOf = (legOrBridgeId: string) => prefix + legOrBridgeId;
  const pathOf = (kind: "channels" | "bridges", id: string) =>
    `${kind}/${encodeURIComponent(idOf(id))}`;
  const ours = (id: string) => (id.startsWith(prefix) ? id.slice(prefix.length) : undefined);

  /** What we remember is compared with what is there. */
  async function takeUp(): Promise<void> {
    const filter = { body: unwantedEvents };
    const application = encodeURIComponent(options.application);
    accepted(await ari.request("PUT", `applications/${application}/eventFilter`, filter));
    for (const legId of late.legs) await ari.request("DELETE", pathOf("channels", legId));
    for (const bridgeId of late.bridges) await ari.request("DELETE", pathOf("bridges", bridgeId));
    late.legs.clear();
    late.bridges.clear();
    const there = new Map<string, AriChannel>();
    for (const channel of channelList.parse(accepted(await ari.request("GET", "channels")))) {
      const legId = ours(channel.id);
      if (legId !== undefined) there.set(legId, channel);
    }
    for (const legId of legs.keys()) if (!there.has(legId)) gone(legId, "switch_down");
    listener({ type: "up", legs: [...there.keys()] });
    for (const [legId, { state }] of there) if (legs.has(legId)) progressed(legId, state);
    await sweepBridges(there.size);
  }

  /** Bridges of ours that nobody is in, of a process that was killed. */
  async function sweepBridges(legsThere: number): Promise<void> {
    if (legsThere > 0) return;
    for (const { id } of bridgeList.parse(accepted(await ari.request("GET", "bridges")))) {
      const bridgeId = ours(id);
      if (bridgeId !== undefined) await ari.request("DELETE", pathOf("bridges", bridgeId));
    }
  }

  function failed(error: unknown): void {
    if (error instanceof SwitchError && error.code === "WL_SWITCH_DOWN") return;
    log.error(
      { err: error },
      "the telephone exchange does not answer as expected; connecting anew",
    );
    ari.reconnect();
  }

  function heard(event: AriEvent): void {
    if (event.type === "ApplicationReplaced") return;
    const legId = ours(event.channel.id);
    if (legId === undefined) return;
    if (event.type === "ChannelDestroyed") {
      const { rang = false, answered = false } = legs.get(legId) ?? {};
      const { cause: q850, tech_cause: sipStatus } = event;
      gone(legId, endReason({ rang, answered, q850, sipStatus }));
    } else progressed(legId, event.type === "StasisStart" ? "Up" : event.channel.state);
  }

  function progressed(legId: string, state: string): void {
    const leg = legs.get(legId);
    if (state === "Ringing" && !leg?.rang && !leg?.answered) {
      if (leg) leg.rang = true;
      listener({ type: "ringing", legId });
    } else if (state === "Up" && !leg?.answered) {
      if (leg) answered(legId, leg);
      listener({ type: "answered", legId });
    }
  }

  function answered(legId: string, leg: AriLeg): void {
    leg.answered = true;
    leg.timer?.[Symbol.dispose]();
    if (leg.order.to.kind !== "agent") return;
    // Until the visitor is there, the agent hears ringing. Should it fail, silence does no harm.
    leg.hearsRinging = true;
    ari.request("POST", `${pathOf("channels", legId)}/ring`).catch(failed);
  }

  function gone(legId: string, reason: LegEnd): void {
    const leg = legs.get(legId);
    leg?.timer?.[Symbol.dispose]();
    legs.delete(legId);
    listener({ type: "ended", legId, end: leg?.ours ?? reason });
  }

  function notPlaced({ legId, to }: Origination): void {
    if (to.kind === "agent") return gone(legId, "unreachable");
    log.warn(
      { leg: legId },
      "the exchange knows no way to public numbers: see switch.publicEndpoint",
    );
    gone(legId, "network_trouble");
  }

  /** Ends a channel, now or when the exchange is back. */
  async function hangUp(legId: string): Promise<void> {
    const query = { reason_code: "16" };
    try {
      await ari.request("DELETE", pathOf("channels", legId), { query });
    } catch (error) {
      late.legs.add(legId);
      failed(error);
    }
  }

  return {
    async originate(order) {
      const { legId, from, ringTimeoutMs } = order;
      const leg: AriLeg = { order, rang: false, answered: false, hearsRinging: false };
      legs.set(legId, leg);
      const query = {
        endpoint: endpointOf(order.to, options),
        app: options.application,
        callerId: callerId(from),
        timeout: String(Math.ceil((ringTimeoutMs + NET_MS) / 1_000)),
      };
      leg.timer = clock.after(ringTimeoutMs, () => {
        leg.ours ??= "no_answer";
        void hangUp(legId);
      });
      try {
        const reply = await ari.request("POST", pathOf("channels", legId), { query });
        // A telephone that is not registered, or a wrong endpoint: no channel, and no events either.
        if (reply.status === 500 || reply.status === 400) notPlaced(order);
        else accepted(reply);
      } catch (error) {
        leg.timer[Symbol.dispose]();
        legs.delete(legId);
        throw error;
      }
    },
    async join(bridgeId, legIds) {
      for (const legId of legIds) {
        const leg = legs.get(legId);
        if (!leg?.hearsRinging) continue;
        // It would go on under the conversation.
        await ari.request("DELETE", `${pathOf("channels", legId)}/ring`);
        leg.hearsRinging = false;
      }
      accepted(
        await ari.request("POST", pathOf("bridges", bridgeId), { query: { type: "mixing" } }),
      );
      const query = { channel: legIds.map(idOf).join(",") };
      accepted(await ari.request("POST", `${pathOf("bridges", bridgeId)}/addChannel`, { query }));
    },
    async release(legId) {
      const leg = legs.get(legId);
      if (leg) leg.ours ??= "released";
      await hangUp(legId);
    },
    async dissolve(bridgeId) {
      try {
        await ari.request("DELETE", pathOf("bridges", bridgeId));
      } catch (error) {
        late.bridges.add(bridgeId);
        failed(error);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const leg of legs.values()) leg.timer?.[Symbol.dispose]();
      await ari[Symbol.asyncDispose]();
    },
  };
}

/** The body of a reply, unless the exchange refused the request. */
function accepted(reply: AriReply): unknown {
  if (reply.status < 300) return reply.body;
  // 404 and 422: no such channel, or not ours to use; 400 says the same of one among several; 409: not with us any more.
  const noSuchLeg = [400, 404, 409, 422].includes(reply.status);
  const code = noSuchLeg ? "WL_SWITCH_NO_SUCH_LEG" : "WL_SWITCH_REFUSED";
  throw new SwitchError(code, `the telephone exchange answered with HTTP status ${reply.status}`);
}

function endpointOf(to: Destination, options: AsteriskOptions): string {
  return to.kind === "agent"
    ? options.agentEndpoint.replaceAll("{telephone}", () => to.telephone)
    : options.publicEndpoint.replaceAll("{number}", () => to.number);
}

/** RFC 3261's `display-name <number>`; what would end the quotes early is left out. */
function callerId({ name, number }: { readonly name: string; readonly number: string }): string {
  const plain = name.replace(/["\\<>\p{Cc}]/gu, "");
  return `"${plain}" <${number}>`;
}
