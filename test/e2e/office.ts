/** An exchange with telephones, a site, and a gateway between them: what the tests of calls have in common. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Exchange, startExchange } from "../exchange/exchange.ts";
import { wavTone } from "../exchange/tone.ts";
import { agentsWith, type Gateway, type Overrides, startGateway } from "./gateway.ts";
import { startNginx } from "./nginx.ts";

/** By which the exchange knows us. */
export const APPLICATION = "warmline";

export interface Office extends AsyncDisposable {
  readonly exchange: Exchange;
  readonly gateway: Gateway;
}

/**
 * Opens one, with a carrier to the public network.
 *
 * @param options the telephones of the exchange that answer; what agents have for telephones, when not 101 and 102; what else
 *   replaces keys of the configuration
 */
export async function openOffice({
  phones = ["101"],
  telephones = {},
  ringTimeout = "8s",
  ...overrides
}: {
  readonly phones?: readonly string[];
  readonly telephones?: Readonly<Record<string, string>>;
  readonly ringTimeout?: string;
} & Overrides = {}): Promise<Office> {
  await using opening = new AsyncDisposableStack();
  const exchange = opening.use(await startExchange(APPLICATION));
  await exchange.carrier();
  for (const phone of phones) await exchange.phone(phone);
  const origin = opening.use(await startNginx());
  const gateway = opening.use(
    await startGateway(origin.url, {
      agents: agentsWith(telephones),
      switch: { driver: "asterisk", ...exchange.ari, application: APPLICATION, ringTimeout },
      ...overrides,
    }),
  );
  const all = opening.move();
  return { exchange, gateway, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** Each visitor has an address of his own then, by X-Forwarded-For: the requests of one are limited. */
export const BEHIND_A_PROXY = {
  edge: { workers: 1, drain: "5s", trustedProxies: ["127.0.0.1"] },
};

/** A microphone that hears a tone, as a file for Chromium; deleted when disposed. */
export function toneMicrophone(hz: number): Disposable & { readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), "warmline-microphone-"));
  const file = join(folder, "tone.wav");
  writeFileSync(file, wavTone(hz, 2));
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}
