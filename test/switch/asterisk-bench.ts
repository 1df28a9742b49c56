import { setTimeout as sleep } from "node:timers/promises";
import { createAsteriskSwitch } from "../../src/cti/asterisk/switch.ts";
import type { SwitchEvent } from "../../src/cti/switch.ts";
import { systemClock } from "../../src/model/clock.ts";
import { type Exchange, startExchange } from "../exchange/exchange.ts";
import { startRelay } from "./relay.ts";
import type { Bench } from "./contract.ts";

const APPLICATION = "warmline";

/** A real Asterisk with telephones, and the driver for it. */
export interface AsteriskBench extends Bench, AsyncDisposable {
  readonly exchange: Exchange;
  /** What the drivers have logged. */
  readonly logged: readonly { readonly fields: object; readonly message: string }[];
  /** The driver, with other connection parameters. */
  connectWith(
    address: { readonly url?: string; readonly password?: string },
    listener: (event: SwitchEvent) => void,
  ): ReturnType<typeof createAsteriskSwitch>;
}

/** Starts an exchange, the public network and the telephones named. */
export async function asteriskBench(telephones: readonly string[]): Promise<AsteriskBench> {
  const exchange = await startExchange(APPLICATION);
  await exchange.carrier();
  for (const telephone of telephones) await exchange.phone(telephone);
  const logged: { fields: object; message: string }[] = [];
  const note = (fields: object, message: string) => void logged.push({ fields, message });
  const log = { debug: note, info: note, warn: note, error: note };
  const port = Number(new URL(exchange.ari.url).port);
  let wire = await startRelay(port);
  const channelOf = (legId: string) =>
    legId.startsWith("in.") ? legId.slice(3) : `${APPLICATION}.${legId}`;
  const connectWith: AsteriskBench["connectWith"] = (address, listener) =>
    createAsteriskSwitch(
      {
        ...exchange.ari,
        application: APPLICATION,
        agentEndpoint: "PJSIP/{telephone}",
        publicEndpoint: "PJSIP/{number}@trunk",
        refusal: exchange.refusal,
        nobodyFree: exchange.nobodyFree,
        signalling: exchange.ari.url.replace(/^http(.*)ari$/, "ws$1ws"),
        browserEndpoint: {},
        video: true,
        ...address,
      },
      { clock: systemClock, log },
      listener,
    );
  return {
    exchange,
    logged,
    clock: systemClock,
    connectWith,
    connect: (listener) => connectWith({ url: `http://127.0.0.1:${wire.port}/ari` }, listener),
    lift: (telephone) => exchange.lift(telephone),
    async hangUp(legId) {
      await exchange.request("DELETE", `/channels/${channelOf(legId)}`);
    },
    async kill() {
      await wire[Symbol.asyncDispose]();
      wire = await startRelay(port);
    },
    async until(what, test, limitMs = 20_000) {
      const limit = Date.now() + limitMs;
      while (!test()) {
        if (Date.now() > limit) throw new Error(`waited in vain until ${what}`);
        await sleep(10);
      }
    },
    pass: (ms) => sleep(ms),
    hears: (legId) => exchange.hears(channelOf(legId)),
    leftOver: () => exchange.leftOver(),
    async [Symbol.asyncDispose]() {
      await wire[Symbol.asyncDispose]();
      await exchange[Symbol.asyncDispose]();
    },
  };
}
