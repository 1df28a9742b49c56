import t from "tap";
import { agentOf, deviceOf } from "./device.ts";

t.test("what is played again is the device that it was", async (t) => {
  for (const [device, agent] of Object.entries(agentOf)) t.equal(deviceOf(agent), device);
});

t.test("devices, by what browsers say of themselves", async (t) => {
  const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0";
  for (const [userAgent, device] of [
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`, "desktop"],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
      "desktop",
    ],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "desktop"],
    [`Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`, "mobile"],
    ["Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0", "mobile"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
      "mobile",
    ],
    [`Mozilla/5.0 (Linux; Android 10; K) ${chrome} Safari/537.36`, "tablet"],
    [
      "Mozilla/5.0 (iPad; CPU OS 15_6 like Mac OS X) AppleWebKit/605.1.15 Version/15.6 Mobile/15E148 Safari/604.1",
      "tablet",
    ],
    ["Mozilla/5.0 (Android 14; Tablet; rv:127.0) Gecko/127.0 Firefox/127.0", "tablet"],
    ["Wget/1.21", undefined],
    ["", undefined],
  ] as const) {
    t.equal(deviceOf(userAgent), device, userAgent);
  }
});
