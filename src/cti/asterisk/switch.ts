import type { Destination, LegEnd } from "../../model/call.ts";
import type { Clock, Timer } from "../../model/clock.ts";
import type { Log } from "../../model/log.ts";
import { ALL_ABILITIES, type Sound, type Switch, SwitchError } from "../switch.ts";
import type { SwitchEvent } from "../switch.ts";
import {
  type BrowserCodecs,
  codecsOf,
  createBrowserLines,
  endpointName,
  lineOfEndpoint,
} from "./browser-lines.ts";
import { accepted, type AriAddress, connectAri } from "./connection.ts";
import { endReason } from "../end-reason.ts";
import {
  type AriChannel,
  type AriEvent,
  bridgeList,
  channelList,
  unwantedEvents,
} from "./messages.ts";

export interface AsteriskOptions extends AriAddress, BrowserCodecs {
  /** Where `{telephone}` is, the agent's telephone is filled in: `PJSIP/{telephone}`. */
  readonly agentEndpoint: string;
  /** Where `{number}` is, the public number is filled in: `PJSIP/{number}@trunk`. */
  readonly publicEndpoint: string;
  /** The media that says that a call cannot be taken, as ARI names it: `sound:ss-noservice`. */
  readonly refusal: string;
  /** The media that says that we have called and nobody is free: `sound:vm-nobodyavail`. */
  readonly nobodyFree: string;
  /** Where Asterisk speaks SIP over WebSocket. */
  readonly signalling: string;
}

interface AriLeg {
  rang: boolean;
  answered: boolean;
  /** `unknown`: found after a gap. */
  sound?: Sound | "unknown" | undefined;
  bridgeId?: string | undefined;
  /** Of the browser it leads to. */
  line?: string | undefined;
  /** What we did ourselves to end it. */
  ours?: LegEnd;
  timer?: Timer;
}

/** Asterisk gives up by itself so much later than we do: a net under our own clock, for when we are cut off. */
const NET_MS = 5_000;

/** What the dial plan says of calls to the warm line: `Stasis(warmline,warm-line)`. */
const WARM_LINE = "warm-line";

/** What the ids of legs begin with whose channels Asterisk has named: those that came in. */
const INCOMING = "in.";

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
  /** Whether it has been looked what is there: before, a leg that we do not know is not gone. */
  let known = false;
  const ari = connectAri(options, ports, {
    opened: () => void takeUp().catch(failed),
    event: heard,
    closed() {
      known = false;
      listener({ type: "down" });
    },
  });

  const lines = createBrowserLines(options, ari, log, (line) =>
    [...legs.values()].some((leg) => leg.line === line),
  );

  const idOf = (id: string) => (id.startsWith(INCOMING) ? id.slice(INCOMING.length) : prefix + id);
  const pathOf = (kind: "channels" | "bridges", id: string) =>
    `${kind}/${encodeURIComponent(idOf(id))}`;
  const ours = (id: string) => (id.startsWith(prefix) ? id.slice(prefix.length) : undefined);
  /** The leg of a channel; none when it is another program's. */
  const legIdOf = (channel: AriChannel) => {
    const { app_name: name, app_data: data } = channel.dialplan ?? {};
    const cameIn = name === "Stasis" && data?.split(",", 1)[0] === options.application;
    return ours(channel.id) ?? (cameIn ? INCOMING + channel.id : undefined);
  };

  /** `PJSIP/name-0000002a` is a channel of the endpoint `name`. */
  const lineOfChannel = ({ name }: AriChannel) => {
    const [, resource = ""] = /^PJSIP\/(.*)-[0-9a-f]{8}$/.exec(name) ?? [];
    return lineOfEndpoint(options.application, resource);
  };

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
      const legId = legIdOf(channel);
      if (legId !== undefined) there.set(legId, channel);
    }
    for (const legId of legs.keys()) if (!there.has(legId)) gone(legId, "unseen");
    for (const [legId, channel] of there) {
      const leg: AriLeg = legs.get(legId) ?? { rang: false, answered: false };
      [leg.sound, leg.bridgeId] = ["unknown", undefined];
      leg.line ??= lineOfChannel(channel);
      legs.set(legId, leg);
    }
    await lines.takeUp();
    const bridges = await bridgesThere();
    known = true;
    listener({ type: "up", legs: [...there.keys()], bridges });
    for (const [legId, channel] of there) progressed(legId, channel);
  }

  /** Bridges of ours; it is noted who is in them. */
  async function bridgesThere(): Promise<string[]> {
    const found: string[] = [];
    for (const bridge of bridgeList.parse(accepted(await ari.request("GET", "bridges")))) {
      const bridgeId = ours(bridge.id);
      if (bridgeId === undefined) continue;
      found.push(bridgeId);
      for (const channelId of bridge.channels) {
        const leg = legs.get(ours(channelId) ?? INCOMING + channelId);
        if (leg) leg.bridgeId = bridgeId;
      }
    }
    return found;
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
    if (event.type === "PlaybackFinished") return played(event.playback.target_uri);
    const legId = legIdOf(event.channel);
    if (legId === undefined) return;
    const { rang = false, answered = false } = legs.get(legId) ?? {};
    if (event.type === "ChannelDestroyed") {
      const { cause: q850, tech_cause: sipStatus } = event;
      gone(legId, endReason({ rang, answered, q850, sipStatus }));
    } else if (event.type === "StasisEnd") {
      // Of a channel that came in this is the last word; of one that we made the reason is still to come.
      if (legId.startsWith(INCOMING)) gone(legId, "hung_up");
    } else if (event.type === "StasisStart" && legId.startsWith(INCOMING)) {
      legs.set(legId, { rang: false, answered: false });
      const [door] = event.args;
      if (door !== WARM_LINE) return listener({ type: "misdialled", legId });
      listener({ type: "offered", legId, from: event.channel.caller.number });
    } else progressed(legId, event.channel, event.type === "StasisStart");
  }

  function played(target: string): void {
    const channelId = target.replace(/^channel:/, "");
    const legId = ours(channelId) ?? INCOMING + channelId;
    if (legs.has(legId)) listener({ type: "played", legId });
  }

  /**
   * Who has answered is there a moment before the channel is in our application; until then joining it is refused.
   *
   * @param entered it has just come into our application
   */
  function progressed(legId: string, { state, dialplan }: AriChannel, entered = false): void {
    const leg = legs.get(legId);
    if (!leg || leg.answered) return;
    if (state === "Ringing" && !leg.rang) {
      leg.rang = true;
      listener({ type: "ringing", legId });
    } else if (entered || (state === "Up" && dialplan?.app_name === "Stasis")) {
      leg.answered = true;
      leg.timer?.[Symbol.dispose]();
      listener({ type: "answered", legId });
    }
  }

  function gone(legId: string, reason: LegEnd): void {
    const leg = legs.get(legId);
    leg?.timer?.[Symbol.dispose]();
    legs.delete(legId);
    if (leg?.line !== undefined) lines.callEnded(leg.line);
    listener({ type: "ended", legId, end: leg?.ours ?? reason });
  }

  function notPlaced(legId: string, to: Destination): void {
    if (to.kind !== "public") return gone(legId, "unreachable");
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

  /** Ends what a leg hears outside of a bridge: it would go on under the conversation. */
  async function silence(legId: string, leg: AriLeg): Promise<void> {
    const channel = pathOf("channels", legId);
    const { sound } = leg;
    leg.sound = undefined;
    if (sound === "ringing" || sound === "unknown") await ari.request("DELETE", `${channel}/ring`);
    if (sound === "music" || sound === "unknown") await ari.request("DELETE", `${channel}/moh`);
  }

  function answeredLeg(legId: string): AriLeg {
    const leg = legs.get(legId);
    if (leg?.answered) return leg;
    if (!known) throw new SwitchError("WL_SWITCH_DOWN", "what is there is not known yet");
    throw new SwitchError("WL_SWITCH_NO_SUCH_LEG", `${legId} is not there`);
  }

  return {
    abilities: ALL_ABILITIES,
    browserLines: lines,
    async originate({ legId, to, from, video = false, ringTimeoutMs }) {
      const line = to.kind === "browser" ? to.line : undefined;
      const leg: AriLeg = { rang: false, answered: false, line };
      legs.set(legId, leg);
      const query = {
        endpoint: endpointOf(to, options),
        app: options.application,
        callerId: callerId(from),
        timeout: String(Math.ceil((ringTimeoutMs + NET_MS) / 1_000)),
        ...(to.kind === "browser" && { formats: codecsOf(options, video) }),
      };
      leg.timer = clock.after(ringTimeoutMs, () => {
        leg.ours ??= "no_answer";
        void hangUp(legId);
      });
      try {
        const reply = await ari.request("POST", pathOf("channels", legId), { query });
        // A telephone that is not registered, or a wrong endpoint: no channel, and no events either.
        if (reply.status === 500 || reply.status === 400) notPlaced(legId, to);
        else accepted(reply);
      } catch (error) {
        leg.timer[Symbol.dispose]();
        legs.delete(legId);
        throw error;
      }
    },
    async answer(legId) {
      accepted(await ari.request("POST", `${pathOf("channels", legId)}/answer`));
    },
    async join(bridgeId, legIds) {
      const coming = legIds.map((legId) => [legId, answeredLeg(legId)] as const);
      for (const [legId, leg] of coming) if (leg.sound) await silence(legId, leg);
      const bridge = pathOf("bridges", bridgeId);
      const made = await ari.request("POST", bridge, { query: { type: "mixing" } });
      // 409: there is one of that name.
      if (made.status !== 409) accepted(made);
      const entering = coming.filter(([, leg]) => leg.bridgeId !== bridgeId);
      if (entering.length === 0) return;
      const query = { channel: entering.map(([legId]) => idOf(legId)).join(",") };
      accepted(await ari.request("POST", `${bridge}/addChannel`, { query }));
      for (const [, leg] of entering) leg.bridgeId = bridgeId;
    },
    async play(legId, sound) {
      const leg = answeredLeg(legId);
      const channel = pathOf("channels", legId);
      if (leg.bridgeId !== undefined) {
        const query = { channel: idOf(legId) };
        const bridge = pathOf("bridges", leg.bridgeId);
        accepted(await ari.request("POST", `${bridge}/removeChannel`, { query }));
        leg.bridgeId = undefined;
      }
      if (leg.sound) await silence(legId, leg);
      leg.sound = sound;
      if (sound === "ringing") accepted(await ari.request("POST", `${channel}/ring`));
      else if (sound === "music") accepted(await ari.request("POST", `${channel}/moh`));
      else {
        const query = { media: sound === "refusal" ? options.refusal : options.nobodyFree };
        accepted(await ari.request("POST", `${channel}/play`, { query }));
      }
    },
    async sendDigits(legId, dtmf) {
      accepted(await ari.request("POST", `${pathOf("channels", legId)}/dtmf`, { query: { dtmf } }));
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

function endpointOf(to: Destination, options: AsteriskOptions): string {
  switch (to.kind) {
    case "agent":
      return options.agentEndpoint.replaceAll("{telephone}", () => to.telephone);
    case "public":
      return options.publicEndpoint.replaceAll("{number}", () => to.number);
    case "browser":
      return `PJSIP/${endpointName(options.application, to.line)}`;
  }
}

/** RFC 3261's `display-name <number>`; what would end the quotes early is left out. */
function callerId({ name, number }: { readonly name: string; readonly number: string }): string {
  const plain = name.replace(/["\\<>\p{Cc}]/gu, "");
  return `"${plain}" <${number}>`;
}
