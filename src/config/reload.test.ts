import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { loadConfig } from "./load.ts";
import { ConfigError } from "./problem.ts";
import { reloadConfig } from "./reload.ts";

const checks = {
  criterion: () => undefined,
  certificate: () => undefined,
  notice: () => undefined,
  predictive: () => undefined,
};
const FILE = `version: 1
listen: { http: "127.0.0.1:8080", admin: "127.0.0.1:9090" }
edge: { workers: 1, connectTimeout: 5s, trustedProxies: [10.0.0.0/8], proxyProtocol: false }
visitors: { cookie: wl }
switch: { driver: memory, answerAfter: 1s }
firms: [{ name: crema, displayName: Crema }, { name: other, displayName: Other }]
sites:
  - { name: shop, hosts: [shop.test], origins: ["http://127.0.0.1:8000"], firm: crema, country: DE }
`;

t.test("what cannot change while processes run stays, and is said", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "reload-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "warmline.yaml");
  const write = (changes: Readonly<Record<string, string>>) => {
    let text = FILE;
    for (const [from, to] of Object.entries(changes)) text = text.replace(from, to);
    writeFileSync(file, text);
  };
  write({});
  const running = loadConfig(file, checks);
  t.same(reloadConfig(file, checks, running), { config: running, later: [] });

  write({ "5s": "6s", "8000": "8001", "shop.test": "a.test, b.test" });
  const changed = reloadConfig(file, checks, running);
  t.same(changed.later, []);
  t.match(changed.config, { edge: { connectTimeout: 6_000 } });
  t.same(changed.config.sites[0]?.hosts, ["a.test", "b.test"]);

  write({
    "8080": "8082",
    "workers: 1": "workers: 2",
    "cookie: wl": "cookie: other",
    "answerAfter: 1s": "answerAfter: 2s",
    "firm: crema": "firm: other",
    "5s": "7s",
  });
  const mixed = reloadConfig(file, checks, running);
  t.same(mixed.later, [
    "listen.http",
    "edge.workers",
    "visitors.cookie",
    "switch.answerAfter",
    "sites[0].firm",
  ]);
  t.equal(mixed.config.edge.connectTimeout, 7_000, "the rest counts");
  t.match(mixed.config, {
    listen: running.listen,
    switch: running.switch,
    sites: [{ firm: "crema" }],
  });

  t.test("what does not fit what stays is refused", (t) => {
    write({ "proxyProtocol: false": "proxyProtocol: true" });
    const proxied = reloadConfig(file, checks, {
      ...running,
      edge: { ...running.edge, proxyProtocol: true },
    });
    t.same(proxied.later, []);
    write({ "[10.0.0.0/8]": "[]" });
    t.throws(
      () => reloadConfig(file, checks, proxied.config),
      new ConfigError(file, [
        {
          path: "edge.proxyProtocol",
          line: 0,
          message:
            "edge.proxyProtocol is changed by the next start only, and until then name the proxies that may connect in edge.trustedProxies",
        },
      ]),
    );
    t.end();
  });
  t.end();
});
