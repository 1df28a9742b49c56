import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { createAsteriskSwitch } from "../../src/cti/asterisk/switch.ts";
import { systemClock } from "../../src/model/clock.ts";
import { startExchange } from "../exchange/exchange.ts";
import { type Bench, switchContract } from "./contract.ts";

const APPLICATION = "warmline";
const exchange = await startExchange(APPLICATION);
t.teardown(() => exchange[Symbol.asyncDispose]());
await exchange.carrier();
for (const telephone of ["101", "103", "002", "408", "486", "603"]) await exchange.phone(telephone);

const logged: { fields: object; message: string }[] = [];
const note = (fields: object, message: string) => void logged.push({ fields, message });
const log = { debug: note, info: note, warn: note, error: note };

const bench: Bench = {
  clock: systemClock,
  connect: (listener) =>
    createAsteriskSwitch(
      {
        ...exchange.ari,
        application: APPLICATION,
        agentEndpoint: "PJSIP/{telephone}",
        publicEndpoint: "PJSIP/{number}@trunk",
      },
      { clock: systemClock, log },
      listener,
    ),
  async until(what, test, limitMs = 10_000) {
    const limit = Date.now() + limitMs;
    while (!test()) {
      if (Date.now() > limit) throw new Error(`waited in vain until ${what}`);
      await sleep(10);
    }
  },
  pass: (ms) => sleep(ms),
  hears: (legId) => exchange.hears(`${APPLICATION}.${legId}`, APPLICATION),
  leftOver: () => exchange.leftOver(),
};

switchContract(t, bench);
