import { setTimeout as sleep } from "node:timers/promises";
import {
  createSipSwitch,
  incomingLegId,
  type SipOptions,
  type SipPorts,
} from "../../src/cti/sip/switch.ts";
import { openWire, type Wire } from "../../src/cti/sip/wire.ts";
import type { Switch, SwitchEvent } from "../../src/cti/switch.ts";
import { systemClock } from "../../src/model/clock.ts";
import { type Exchange, startExchange } from "../exchange/exchange.ts";
import type { Bench } from "./contract.ts";

/** A real Asterisk as the trunk and registrar of the SIP driver, with telephones and a public network behind it. */
/** How a driver reaches the trunk, when not over plain UDP. */
export type SipHow = Partial<SipOptions> & Pick<SipPorts, "open">;

export interface SipBench extends Bench, AsyncDisposable {
  readonly exchange: Exchange;
  readonly logged: readonly object[];
  connectWith(how: SipHow, listener: (event: SwitchEvent) => void): Switch & AsyncDisposable;
}

interface Channel {
  readonly id: string;
  readonly protocol_id: string;
}

export async function sipBench(telephones: readonly string[]): Promise<SipBench> {
  const exchange = await startExchange("unused");
  await exchange.carrier();
  for (const telephone of telephones) await exchange.phone(telephone);
  const logged: object[] = [];
  const note = (fields: object, message: string) => void logged.push({ fields, message });
  const log = { debug: note, info: note, warn: note, error: note };
  const kept = new Map<string, string>();
  let wires: Wire[] = [];
  let port = 0;
  /** Of the one that was connected last; the others are cut off. */
  let process = 0;

  const get = async <Body>(path: string) =>
    (await (await exchange.request("GET", path)).json()) as Body;
  /** The channel by which the exchange talks with us, and that of the telephone behind it. */
  async function telephoneOf(legId: string): Promise<string> {
    const channels = await get<Channel[]>("/channels");
    const own = channels.find(
      ({ protocol_id: callId }) =>
        callId.startsWith(`${legId}.`) || incomingLegId(callId) === legId,
    );
    const bridges = await get<{ channels: string[] }[]>("/bridges");
    const bridge = bridges.find((one) => own && one.channels.includes(own.id));
    const other = bridge?.channels.find((id) => id !== own?.id);
    if (other === undefined) throw new Error(`${legId} is not at the exchange`);
    return other;
  }

  const connectWith: SipBench["connectWith"] = ({ open, ...how }, listener) => {
    const mine = ++process;
    return createSipSwitch(
      {
        transport: "udp",
        listen: { host: "127.0.0.1", port },
        server: { host: "127.0.0.1", port: exchange.trunk.port },
        user: exchange.trunk.user,
        password: exchange.trunk.password,
        domain: "127.0.0.1",
        register: true,
        expiresMs: 60_000,
        timing: { t1Ms: 100, t2Ms: 800, t4Ms: 1_000 },
        ...how,
      },
      {
        clock: systemClock,
        log,
        records: {
          async saveDialogs(legs) {
            if (mine !== process) return;
            for (const [legId, leg] of legs) {
              if (leg === undefined) kept.delete(legId);
              else kept.set(legId, leg);
            }
          },
          openDialogs: async () => Object.fromEntries(kept),
        },
        async open(...wanted) {
          const wire = await (open ?? openWire)(...wanted);
          wires.push(wire);
          port = wire.local.port;
          return wire;
        },
      },
      listener,
    );
  };

  return {
    exchange,
    logged,
    clock: systemClock,
    cannot: new Map([
      ["conference", "nobody mixes what three say"],
      ["refusal", "nobody can say why a call is not taken"],
    ]),
    connectWith,
    connect: (listener) => connectWith({}, listener),
    lift: (telephone) => exchange.lift(telephone, "8001"),
    async hangUp(legId) {
      await exchange.request("DELETE", `/channels/${await telephoneOf(legId)}`);
    },
    async kill() {
      process += 1;
      const cut = wires;
      wires = [];
      for (const wire of cut) await wire[Symbol.asyncDispose]();
    },
    async until(what, test, limitMs = 10_000) {
      const limit = Date.now() + limitMs;
      while (!test()) {
        if (Date.now() > limit) throw new Error(`waited in vain until ${what}`);
        await sleep(10);
      }
    },
    pass: (ms) => sleep(ms),
    hears: async (legId) => exchange.hears(await telephoneOf(legId)),
    async leftOver() {
      return [...(await exchange.leftOver()), ...kept.keys()];
    },
    [Symbol.asyncDispose]: () => exchange[Symbol.asyncDispose](),
  };
}
