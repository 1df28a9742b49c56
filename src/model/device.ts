export type Device = "desktop" | "mobile" | "tablet";

/**
 * What kind of device a browser says it runs on; undefined when it does not say. By the words that browsers promise to keep
 * when they say less of themselves (User-Agent reduction): telephones say Mobile, and Android without it is a tablet.
 * Client hints (Sec-CH-UA-Mobile) say the same. An iPad that asks for desktop pages cannot be told from a Mac.
 */
export function deviceOf(userAgent: string): Device | undefined {
  let device = devices.get(userAgent);
  if (device === undefined) {
    device = userAgent.startsWith("Mozilla/") ? classOf(userAgent) : "";
    if (devices.size >= MOST_AGENTS) devices.clear();
    devices.set(userAgent, device);
  }
  return device === "" ? undefined : device;
}

/** A User-Agent that says no more than the device: for what is played again without the real one. */
export const agentOf: Readonly<Record<Device, string>> = {
  desktop: "Mozilla/5.0",
  mobile: "Mozilla/5.0 (Mobile)",
  tablet: "Mozilla/5.0 (Tablet)",
};

function classOf(userAgent: string): Device {
  if (/iPad|Tablet|PlayBook|Silk|Kindle/.test(userAgent)) return "tablet";
  if (/Mobi|iPhone|iPod|Windows Phone/.test(userAgent)) return "mobile";
  return userAgent.includes("Android") ? "tablet" : "desktop";
}

/** Of as many as there are browsers, the answer is remembered. */
const devices = new Map<string, Device | "">();
const MOST_AGENTS = 1_000;
