import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { consentNotes } from "./consent.ts";
import { loadConfig, parseConfig } from "./load.ts";
import { ConfigError } from "./problem.ts";

const GOOD = `version: 1
firms:
  - name: crema
    displayName: Crema
sites:
  - name: shop
    hosts: [Shop.Example]
    origins: ["http://127.0.0.1:8000"]
    firm: crema
    country: DE
    hours: ["Mon-Fri 08:00-18:00", "Sat 10:00-24:00"]
messages:
  - { name: hello, heading: Hello, text: May I help? }
campaigns:
  - name: again
    site: shop
    mode: alert_first
    when: visits("7d") >= 2
    message: hello
`;

const checks = {
  criterion: (text: string) => (text.includes("nonsense") ? "1:1: no such fact" : undefined),
  notice: ({ at }: { readonly at: string }) =>
    at.startsWith("/") ? undefined : "at: write a path",
  predictive: (country: string) => (country === "US" ? undefined : `not by the law of ${country}`),
  certificate: (files: object) =>
    JSON.stringify(files).includes("missing") ? "missing.pem: there is no such file" : undefined,
};
const parse = (text: string, environment = {}) =>
  parseConfig(text, "warmline.yaml", checks, environment);

t.test("campaigns of another file can be tried", async (t) => {
  const instead = (text: string) =>
    parseConfig(GOOD, "warmline.yaml", checks, {}, { file: "new.yaml", text });
  const one = (name: string, when: string) =>
    `campaigns:\n  - { name: ${name}, site: shop, mode: alert_first, when: "${when}", message: hello }\n`;
  t.same(
    instead(one("new", "true")).campaigns.map(({ name }) => name),
    ["new"],
  );
  const messages = "messages:\n  - { name: hello, heading: Hi, text: There }\n";
  t.equal(instead(`${messages}${one("new", "true")}sites: 7\n`).messages[0]?.heading, "Hi");
  t.throws(() => instead(one("new", "nonsense")), {
    message: /^new\.yaml:2: campaigns\[0\]\.when: 1:1: no such fact/,
  });
  t.throws(() => instead("sites: []\n"), { message: /^new\.yaml:1: there are no campaigns in it/ });
  t.throws(() => instead("campaigns: [\n"), { message: /^new\.yaml:/ });
  t.throws(() => instead(one("new", "true").replace("hello", "missing")), {
    message: /^new\.yaml:2: campaigns\[0\]\.message: /,
  });
});

/** What an operator would read. */
function complaint(text: string, environment = {}): string {
  try {
    parse(text, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

t.test("a good file, with its defaults", (t) => {
  const config = parse(GOOD);
  t.match(config, {
    listen: { http: { host: "127.0.0.1", port: 8080 } },
    sessions: { idle: 300_000 },
    switch: { driver: "memory" },
  });
  t.same(config.sites[0]?.hosts, ["shop.example"], "host names are lower case");
  t.same(config.sites[0]?.hours.flat().length, 6);
  t.same(config.sites[0]?.hours[1], [{ weekday: 6, fromMinute: 600, toMinute: 1440 }]);
  t.equal(config.campaigns[0]?.coolDown, 86_400_000);
  t.end();
});

t.test("the file that is shipped is valid", (t) => {
  const config = loadConfig("config/warmline.yaml", checks, {});
  t.equal(config.sites[0]?.reservedPath, "/.warmline/");
  t.end();
});

/** Each: what is wrong, the file, and what the operator must be told. */
const wrong: readonly (readonly [string, string, RegExp])[] = [
  ["not YAML", "version: [1", /^warmline\.yaml:\d: /],
  [
    "an unknown key",
    GOOD.replace("country: DE", "country: DE\n    contry: AT"),
    /:11: sites\[0\]\.contry: there is no such key/,
  ],
  ["an unknown key at the top", `${GOOD}sitez: []\n`, /:20: sitez: there is no such key/],
  ["another version", GOOD.replace("version: 1", "version: 2"), /:1: version: /],
  ["no sites", "version: 1\nfirms: [{ name: a, displayName: A }]\n", /sites: /],
  [
    "an origin with a path",
    GOOD.replace(":8000", ":8000/app"),
    /:8: sites\[0\]\.origins\[0\]: write http:\/\/host:port/,
  ],
  [
    "a firm that is not there",
    GOOD.replace("firm: crema", "firm: kaffa"),
    /:9: sites\[0\]\.firm: there is no firm kaffa; known: crema/,
  ],
  [
    "a message that is not there",
    GOOD.replace("message: hello", "message: bye"),
    /:19: campaigns\[0\]\.message: there is no message bye/,
  ],
  [
    "an unquoted !, which YAML would swallow",
    GOOD.replace("when: visits", "when: !first_page && visits"),
    /:18: .*must stand in quotes/,
  ],
  [
    "a text without quotes that YAML takes for a number",
    `${GOOD}agents: [{ name: anna, displayName: Anna, firm: crema, telephone: 101, passwordHash: x }]\n`,
    /agents\[0\]\.telephone: this is a text: put it in quotes/,
  ],
  [
    "a hash that is none",
    `${GOOD}agents: [{ name: a, displayName: A, firm: crema, telephone: "1", passwordHash: "$argon2id$x" }]\n`,
    /passwordHash: make one with/,
  ],
  [
    "a key that is missing",
    GOOD.replace("    country: DE\n", ""),
    /sites\[0\]\.country: this key is missing/,
  ],
  [
    "a host with a port",
    GOOD.replace("Shop.Example", "shop.example:80"),
    /hosts\[0\]: write a host name alone/,
  ],
  [
    "two listeners at one address",
    `${GOOD}listen: { http: "127.0.0.1:8081" }\n`,
    /listen\.desk: listen\.http is there already/,
  ],
  [
    "an origin that is Warmline itself",
    GOOD.replace(":8000", ":8080"),
    /:8: sites\[0\]\.origins\[0\]: this is Warmline's own/,
  ],
  [
    "a message of another site",
    GOOD.replace("{ name: hello,", "{ name: hello, site: other,").replace(
      "messages:",
      `  - { name: other, hosts: [b.example], origins: ["http://127.0.0.1:1"], firm: crema, country: DE }
messages:`,
    ),
    /campaigns\[0\]\.message: the message hello belongs to another site or firm/,
  ],
  [
    "a criterion that cannot be",
    GOOD.replace('visits("7d")', "nonsense"),
    /:18: campaigns\[0\]\.when: 1:1: no such fact/,
  ],
  [
    "hours that end before they begin",
    GOOD.replace("08:00-18:00", "18:00-08:00"),
    /:11: sites\[0\]\.hours\[0\]: the end must come after/,
  ],
  [
    "a time zone that nobody knows",
    GOOD.replace("country: DE", "country: DE\n    timeZone: Mars/Base"),
    /:11: sites\[0\]\.timeZone: name a zone/,
  ],
  [
    "a host twice",
    GOOD.replace("[Shop.Example]", "[shop.example, shop.example]"),
    /the host shop\.example belongs to two sites/,
  ],
  [
    "a secret that is not there",
    GOOD.replace("displayName: Crema", "displayName: ${FIRM}"),
    /:4: firms\[0\]\.displayName: the environment has no FIRM/,
  ],
  [
    "a duration without a unit",
    `${GOOD}sessions: { idle: "300" }\n`,
    /:20: sessions\.idle: write a number with ms, s, m, h or d/,
  ],
  [
    "a port that cannot be",
    `${GOOD}listen: { http: "127.0.0.1:99999" }\n`,
    /:20: listen\.http: ports end at 65535/,
  ],
  [
    "a network that is none",
    `${GOOD}edge: { trustedProxies: [10.0.0.0/33] }\n`,
    /:20: edge\.trustedProxies\[0\]: write a network like 10\.0\.0\.0\/8/,
  ],
  [
    "a trunk's user with a domain",
    `${GOOD}switch: { driver: sip, trunk: { server: "sip.example.com:5060", user: a@b, password: x } }\n`,
    /:20: switch\.trunk\.user: write the user alone, without @/,
  ],
  [
    "a trunk's server without a port",
    `${GOOD}switch: { driver: sip, trunk: { server: sip.example.com, user: a, password: x } }\n`,
    /:20: switch\.trunk\.server: write host:port/,
  ],
  [
    "a trunk's certificate that is none",
    `${GOOD}switch: { driver: sip, trunk: { server: "a.example:1", user: a, password: x, ca: ca.pem } }\n`,
    /:20: switch\.trunk\.ca: name a PEM file/,
  ],
  [
    "HTTPS that nobody speaks",
    GOOD.replace("firm: crema\n", "firm: crema\n    https: { redirect: true }\n"),
    /sites\[0\]\.https\.redirect: nobody can come by HTTPS: set listen\.https/,
  ],
  [
    "the PROXY protocol from nobody",
    `${GOOD}edge: { proxyProtocol: true }\n`,
    /:20: edge\.proxyProtocol: name the proxies that may connect in edge\.trustedProxies/,
  ],
];

for (const [what, text, expected] of wrong) {
  t.test(`${what} is told with its line`, (t) => {
    t.match(complaint(text), expected);
    t.end();
  });
}

t.test("all problems are told at once", (t) => {
  const text = GOOD.replace("firm: crema", "firm: kaffa").replace("message: hello", "message: bye");
  t.equal(complaint(text).split("\n").length, 2);
  t.end();
});

t.test("secrets come from the environment and from files", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "warmline-"));
  const file = join(directory, "name");
  writeFileSync(file, "From a file\n");
  const text = GOOD.replace("displayName: Crema", `displayName: file:${file}`).replace(
    "heading: Hello",
    'heading: "Hello ${WHO}"',
  );
  const config = parse(text, { WHO: "you" });
  t.equal(config.firms[0]?.displayName, "From a file");
  t.equal(config.messages[0]?.heading, "Hello you");
  t.end();
});

t.test("a file that is not there", (t) => {
  t.throws(() => loadConfig("/nowhere/warmline.yaml", checks, {}), /there is no such file/);
  t.end();
});

t.test("notice: what rules notice, or what is wrong with them", (t) => {
  const notice = (yaml: string) =>
    GOOD.replace("    country: DE\n", `    country: DE\n    notice:\n      - ${yaml}\n`);
  const good = `{ at: "/thanks/{order}", purchase: { amount: { query: total }, locale: de, order: { path: order } } }`;
  t.same(parse(notice(good)).sites[0]?.notice, [
    {
      at: "/thanks/{order}",
      status: [],
      purchase: { amount: { query: "total" }, locale: "de", order: { path: "order" } },
    },
  ]);
  for (const [wrong, where, why] of [
    ["{ at: /a }", "notice[0]", "say what is noticed here"],
    ["{ at: login, event: a }", "notice[0]", "at: write a path"],
    ["{ at: /a, event: A b }", "notice[0].event", "lower-case letters"],
    ["{ at: /a, login: { query: a, form: b } }", "notice[0].login", "name one place"],
    ["{ at: /a, login: {} }", "notice[0].login", "name one place"],
    ["{ at: /a, login: { header: a } }", "notice[0].login.header", "there is no such key"],
    ["{ at: /a, event: a, status: [404.5] }", "notice[0].status[0]", "int"],
    ["{ at: /a, purchase: { locale: xx_1 } }", "notice[0].purchase.locale", "as in de-AT"],
  ] as const) {
    const text = complaint(notice(wrong));
    t.match(text, `warmline.yaml:12: sites[0].${where}`, wrong);
    t.ok(text.includes(why), text);
  }
  t.end();
});

t.test("predictive calls: what they need", (t) => {
  const rules = (yaml: string, more = "") =>
    GOOD.replace(/^( +- name: .*\n +displayName: .*\n)/m, `$1    automaticCalls: ${yaml}\n`) + more;
  t.match(parse(rules("{ mode: predictive, jurisdiction: US }")).firms[0]?.automaticCalls, {
    mode: "predictive",
    jurisdiction: "US",
  });
  t.match(complaint(rules("{ mode: predictive }")), "firms[0].automaticCalls: say by whose law");
  t.match(
    complaint(rules("{ mode: predictive, jurisdiction: GB }")),
    "firms[0].automaticCalls: not by the law of GB",
  );
  const trunk =
    "switch: { driver: sip, trunk: { server: sip.example:5060, user: a, password: b } }\n";
  t.match(
    complaint(rules("{ mode: predictive, jurisdiction: US }", trunk)),
    "firms[0].automaticCalls: a trunk alone cannot tell a visitor that nobody is free",
  );
  t.match(complaint(rules("{ mode: often }")), "firms[0].automaticCalls.mode");
  t.end();
});

t.test("staff: networks", (t) => {
  const staff = (list: string) =>
    GOOD.replace("    country: DE\n", `    country: DE\n    staff: ${list}\n`);
  t.same(parse(staff('[10.0.0.0/8, "2001:db8::1"]')).sites[0]?.staff, [
    "10.0.0.0/8",
    "2001:db8::1",
  ]);
  t.match(complaint(staff("[10.0.0.0/33]")), "sites[0].staff[0]: write a network");
  t.end();
});

t.test("consent: where the site's banner keeps it, or what is wrong with that", (t) => {
  const consent = (yaml: string) => GOOD.replace("    country: DE\n", `    country: DE\n${yaml}`);
  const good = `    consent:
      from:
        - { manager: tcf, persistent: ["1"] }
        - { cookie: choice, values: { "all*": identified } }
`;
  t.same(parse(consent(good)).sites[0]?.consent, {
    undecided: "none",
    from: [
      { manager: "tcf", persistent: ["1"] },
      { cookie: "choice", values: { "all*": "identified" } },
    ],
  });
  for (const [wrong, why] of [
    ["{ cookie: choice }", "name the consent manager, or a cookie and what its values allow"],
    ["{ manager: tcf, values: { a: none } }", "say which categories a tier needs"],
    ['{ cookie: "a b", values: { a: none } }', "write a cookie's name"],
    ["{ cookie: a, values: { a: some } }", "persistent"],
    ["{ manager: usercentrics }", "onetrust"],
  ] as const) {
    const text = complaint(consent(`    consent: { from: [${wrong}] }\n`));
    t.match(text, `warmline.yaml:11: sites[0].consent.from[0]`, wrong);
    t.ok(text.includes(why), text);
  }
  t.end();
});

t.test("consent: what Warmline asks itself, and what is said where nothing is decided", (t) => {
  const consent = (yaml: string) =>
    GOOD.replace("    country: DE\n", `    country: DE\n    consent: ${yaml}\n`);
  t.same(parse(consent("{ ask: { privacy: /privacy } }")).sites[0]?.consent, {
    undecided: "none",
    from: [],
    ask: { allows: "identified", privacy: "/privacy" },
  });
  for (const wrong of ["//elsewhere.example", "javascript:alert(1)", "http://a.example/"]) {
    const text = complaint(consent(`{ ask: { privacy: "${wrong}" } }`));
    t.match(text, "consent.ask.privacy: write a path of the site", wrong);
  }
  t.match(consentNotes(parse(GOOD).sites), [/^site shop has no consent: nothing is stored .*ask/]);
  t.same(consentNotes(parse(consent("{}")).sites), []);
  t.same(consentNotes([{ name: "off", engagement: "off" }]), []);
  t.end();
});

t.test("limits and sizes", (t) => {
  const site = (limits: string) =>
    GOOD.replace("    country: DE\n", `    country: DE\n    limits: ${limits}\n`);
  t.match(parse(site("{ body: 2MB, requestsPerSecond: 5 }")).sites[0]?.limits, {
    body: 2_097_152,
    requestsPerSecond: 5,
  });
  t.match(complaint(site("{ body: 2 MB }")), /sites\[0\]\.limits\.body: write a number with B, KB/);
  t.match(
    complaint(site("{ burst: 5 }")),
    /limits\.burst: this is about requestsPerSecond, which is/,
  );
  t.end();
});

t.test("automatic calls are off unless the firm wants them", (t) => {
  const with_ = (rules: string) =>
    GOOD.replace("displayName: Crema", `displayName: Crema\n    automaticCalls: ${rules}`);
  const off = { mode: "off", callbacks: false, requests: false };
  t.same(parse(GOOD).firms[0]?.automaticCalls, off);
  t.same(parse(with_("{ mode: progressive, callbacks: true }")).firms[0]?.automaticCalls, {
    mode: "progressive",
    callbacks: true,
    requests: false,
  });
  t.throws(() => parse(with_("{ mode: ratio }")), {
    message: /^warmline\.yaml:5: firms\[0\]\.automaticCalls\.mode: /,
  });
  t.end();
});
