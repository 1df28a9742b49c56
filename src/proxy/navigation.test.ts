import t from "tap";
import { type Asked, whyNoNavigation, whyUncounted } from "./navigation.ts";

const site = { engagement: "on", excludedPaths: ["/admin/", "/health"] } as const;
const html = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
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
  ["curl", get({ accept: "*/*" }), "fragment"],
  ["nothing accepted", get({}), "fragment"],
  ["a frame", get({ ...html, "sec-fetch-dest": "iframe" }), "fragment"],
  ["a script's request", get({ ...html, "sec-fetch-dest": "empty" }), "fragment"],
  ["htmx", get({ ...html, "hx-request": "true" }), "fragment"],
  ["jQuery", get({ ...html, "x-requested-with": "XMLHttpRequest" }), "fragment"],
  ["Turbo", get({ ...html, "turbo-frame": "cart" }), "fragment"],
  ["prefetch", get({ ...html, "sec-purpose": "prefetch;prerender" }), "prefetch"],
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
  ])
    t.equal(whyUncounted(site, get({ ...html, "user-agent": agent })), "bot", agent);
  for (const agent of [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/143.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36",
    "Lynx/2.9.0 libwww-FM/2.14",
    "",
  ])
    t.equal(whyUncounted(site, get({ ...html, "user-agent": agent })), undefined, agent);
});
