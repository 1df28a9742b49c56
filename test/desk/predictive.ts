/** What predictive calls need: a law that allows them, and a pacer that has seen calls like those of the exchange in memory. */
import type { Jurisdiction } from "../../src/cti/jurisdictions.ts";
import { createPacer, type Pacer } from "../../src/cti/dialler/pacer.ts";
import type { AutomaticCalls } from "../../src/model/automatic-calls.ts";
import type { Plant } from "./engine.ts";

export const PREDICTIVE: AutomaticCalls = {
  mode: "predictive",
  jurisdiction: "DE",
  callbacks: true,
  requests: true,
};

export const LAW: Partial<Jurisdiction> = {
  predictive: true,
  dropLimit: 0.03,
  dropWindowMs: 30 * 86_400_000,
  patienceMs: 2_000,
  restMs: 86_400_000,
};

/** One number in four is answered, after 0.2 s; talks last for some seconds. */
export function taught(): Pacer {
  const pacer = createPacer();
  for (let n = 0; n < 400; n += 1) {
    if (n % 4 === 0) pacer.answered(200);
    else pacer.unanswered();
    pacer.done(n % 2 === 0 ? "talking" : "wrapping", 500 + 10 * n);
  }
  return pacer;
}

/** The firm has had so many answered calls in the hour before, none of which was dropped. */
export async function answeredBefore(plant: Plant, answers: number): Promise<void> {
  const hour = Math.floor(plant.clock.nowMs() / 3_600_000) - 1;
  await plant.store.saveDialHour({ firm: "acme", hour, answers, drops: 0 });
  await plant.restart("stopped");
  await plant.pass(0);
}

/** What the disk says of the law's window. */
export async function countsOf(plant: Plant): Promise<{ answers: number; drops: number }> {
  const after = Math.floor((plant.clock.nowMs() - (LAW.dropWindowMs ?? 0)) / 3_600_000);
  let [answers, drops] = [0, 0];
  for (const hour of await plant.store.dialHours(after - 1)) {
    answers += hour.answers;
    drops += hour.drops;
  }
  return { answers, drops };
}
