import t from "tap";
import { type Asked, whyNoNavigation, whyUncounted } from "./navigation.ts";

const site = { engagement: "on", excludedPaths: ["/admin/", "/health"] } as const;
const html = {
  accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "user-agent": "Mozilla/5.0 (Test)",
  "accept-language": "de",
};
const get = (headers: Record<string, string>, target = "/"): Asked => ({
  method: "GET",
  target,
  get: (name) => headers[name],
});

const cases: readonly (readonly [what: string, asked: Asked, why: string | undefined])[] = [
  ["a browser of old", get(html), undefined],
  ["a browser", get({ ...html, "sec-fetch-dest": "document" }), undefined],
  ["a head of a page", { ...get(html), method: "HEAD" }, undefined],
  ["a form", { ...get(html), method: "POST" }, "method"],
  ["a script", get({ ...html, accept: "*/*" }), "fragment"],
  [
    "nothing accepted",
    get({ "user-agent": "Mozilla/5.0 (Test)", "accept-language": "" }),
    "fragment",
  ],
  ["no language", get({ accept: "text/html", "user-agent": "Mozilla/5.0 (Test)" }), "bot"],
  ["no name", get({ accept: "text/html", "accept-language": "de" }), "bot"],
  ["a crawler with an address", get({ ...html, from: "crawler@example.org" }), "bot"],
  ["a frame", get({ ...html, "sec-fetch-dest": "iframe" }), "fragment"],
  ["a script's request", get({ ...html, "sec-fetch-dest": "empty" }), "fragment"],
  ["htmx", get({ ...html, "hx-request": "true" }), "fragment"],
  ["jQuery", get({ ...html, "x-requested-with": "XMLHttpRequest" }), "fragment"],
  ["Turbo", get({ ...html, "turbo-frame": "cart" }), "fragment"],
  ["prefetch", get({ ...html, "sec-purpose": "prefetch" }), "prefetch"],
  ["prerender", get({ ...html, "sec-purpose": "prefetch;prerender" }), "prerender"],
  ["prefetch of old", get({ ...html, purpose: "prefetch" }), "prefetch"],
  ["Firefox's prefetch", get({ ...html, "x-moz": "prefetch" }), "prefetch"],
  ["an excluded path", get(html, "/admin/x"), "excluded"],
  ["an excluded path with query", get(html, "/health?x"), "excluded"],
  ["a path beside it", get(html, "/admins"), undefined],
];
for (const [what, asked, why] of cases) {
  t.test(what, async (t) => t.equal(whyNoNavigation(site, asked), why));
}

t.test("a site that is only proxied", async (t) => {
  t.equal(whyUncounted({ ...site, engagement: "off" }, get(html)), "disabled");
});

t.test("bots say so", async (t) => {
  for (const agent of [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "AdsBot-Google (+http://www.google.com/adsbot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "curl/8.5.0",
    "Wget/1.21",
    "python-requests/2.31",
    "Go-http-client/1.1",
    "facebookexternalhit/1.1",
    "Baiduspider",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/143.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
    "PostmanRuntime/7.43.0",
    "Apache-HttpClient/4.5.14 (Java/21)",
    "Ruby",
    "GuzzleHttp/7",
    "",
  ])
    t.equal(whyUncounted(site, get({ ...html, "user-agent": agent })), "bot", agent);
  for (const agent of [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36",
    "Lynx/2.9.0 libwww-FM/2.14",
  ])
    t.equal(whyUncounted(site, get({ ...html, "user-agent": agent })), undefined, agent);
});

t.test("checks of health are no visits", async (t) => {
  for (const agent of [
    "kube-probe/1.31",
    "ELB-HealthChecker/2.0",
    "GoogleHC/1.0",
    "Amazon-Route53-Health-Check-Service (ref 1)",
    "Consul Health Check",
    "Envoy/HC",
    "check_http/v2.3 (monitoring-plugins 2.3)",
    "Blackbox Exporter/0.25.0",
    "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
  ])
    t.equal(whyUncounted(site, get({ ...html, "user-agent": agent })), "health", agent);
});

t.test("who says to be a browser that would say more, by https, and does not", async (t) => {
  const why = (chrome: string, secure: boolean, headers = {}) => {
    const agent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome} Safari/537.36`;
    return whyUncounted(site, get({ ...html, "user-agent": agent, ...headers }), agent, secure);
  };
  t.equal(why("143.0.0.0", true), "bot");
  t.equal(why("143.0.0.0", true, { "sec-fetch-dest": "document" }), undefined);
  t.equal(why("143.0.0.0", false), undefined, "by http no browser says it");
  t.equal(why("79.0.3945.130", true), undefined, "older ones do not know it");
});
