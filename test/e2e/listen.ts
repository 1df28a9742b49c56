/** What a browser's page plays, and what is heard on the exchange. */
import type { Page } from "playwright-core";
import type { Exchange } from "../exchange/exchange.ts";
import { until } from "../until.ts";

/** Gives the strongest tone that the page plays, Hz; 0 when there is none. */
const LISTEN = `(async () => {
  const audio = document.querySelector("audio");
  if (!audio?.srcObject) return 0;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  context.createMediaStreamSource(audio.srcObject).connect(analyser);
  await new Promise((resolve) => setTimeout(resolve, 700));
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const rate = context.sampleRate;
  await context.close();
  const loudest = bins.indexOf(Math.max(...bins));
  return bins[loudest] < -60 ? 0 : (loudest * rate) / 8192;
})()`;

/** Waits until the page plays a tone, Hz. */
export async function plays(page: Page, hz: number): Promise<void> {
  await until(`a page to play ${hz} Hz`, async () => {
    return Math.abs((await page.evaluate<number>(LISTEN)) - hz) < 12;
  });
}

const PARTY = /\.(agent|visitor|third)/;

/** What each party of the calls on the exchange hears, by tones. */
export async function heard(exchange: Exchange): Promise<Record<string, string>> {
  const legs = (await exchange.leftOver()).filter((id) => PARTY.test(id));
  const tones = await Promise.all(legs.map((leg) => exchange.hears(leg)));
  return Object.fromEntries(
    legs.map((leg, i) => [PARTY.exec(leg)?.[1] ?? "", tones[i]?.join() ?? ""]),
  );
}
