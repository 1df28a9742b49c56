/** What an operator meets on a bad day: each thing that is broken is told clearly, and whatever can be served is served. */
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import t from "tap";
import { request } from "undici";
import { freePorts } from "../free-port.ts";
import { until } from "../until.ts";
import { BROWSER, printed, runWarmline, startGateway, writeConfig } from "./gateway.ts";
import { startNginx } from "./nginx.ts";

/** Runs a command to its end. */
async function outcome(args: readonly string[]): Promise<{ status: number | null; text: string }> {
  const process = runWarmline(args);
  const text = printed(process);
  const [status] = (await once(process, "close")) as [number | null];
  return { status, text: text() };
}

t.test(
  "a broken configuration and an unknown key are told with their line, nothing starts",
  async (t) => {
    const { file } = await writeConfig("http://127.0.0.1:1");
    t.match(await outcome(["validate", "--config", file]), { status: 0, text: /valid/ });

    const good = readFileSync(file, "utf8");
    const line = good.split("\n").findIndex((l) => l.includes("country:")) + 1;
    writeFileSync(file, good.replace("country: DE", "contry: DE"));
    for (const command of ["validate", "run", "edge", "engine"]) {
      const { status, text } = await outcome([command, "--config", file]);
      t.equal(status, 1, command);
      t.match(text, `${file}:${line}: sites[0].contry: there is no such key`);
      t.match(text, /sites\[0\]\.country: /, "what is missing is told in the same go");
    }
    writeFileSync(file, good.replace('visits("7d") >= 2', "vizits >= 2"));
    t.match(await outcome(["run", "--config", file]), {
      status: 1,
      text: /campaigns\[0\]\.when: .*vizits/,
    });
    writeFileSync(file, "version: [1");
    t.match(await outcome(["run", "--config", file]), {
      status: 1,
      text: new RegExp(`${file}:1: `),
    });
    t.match(await outcome(["run", "--config", "/nowhere.yaml"]), {
      status: 1,
      text: /no such file/,
    });
    t.match(await outcome(["dance"]), { status: 1, text: /there is no command dance/ });
  },
);

t.test("a port in use", async (t) => {
  await using origin = await startNginx();
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
  t.teardown(() => taken.close());

  await t.test("the visitors': it ends with the reason", async (t) => {
    const [desk, admin] = await freePorts(2);
    const listen = { http: address, desk: `127.0.0.1:${desk}`, admin: `127.0.0.1:${admin}` };
    const { file } = await writeConfig(origin.url, { listen });
    const { status, text } = await outcome(["run", "--config", file]);
    t.equal(status, 1);
    t.match(text, `${address} is in use by another program; change listen.http`);
  });

  await t.test("another gateway of the same user does not slip in beside the first", async (t) => {
    await using gateway = await startGateway(origin.url);
    const [desk, admin] = await freePorts(2);
    const http = new URL(gateway.site).host;
    const listen = { http, desk: `127.0.0.1:${desk}`, admin: `127.0.0.1:${admin}` };
    const { file } = await writeConfig(origin.url, { listen });
    t.match(await outcome(["run", "--config", file]), { status: 1, text: /is in use/ });
  });

  await t.test("the desk's: the sites are served, and the reason is in the log", async (t) => {
    const [http, admin] = await freePorts(2);
    const listen = { http: `127.0.0.1:${http}`, desk: address, admin: `127.0.0.1:${admin}` };
    const { file } = await writeConfig(origin.url, { listen });
    const gateway = runWarmline(["run", "--config", file]);
    const text = printed(gateway);
    try {
      await until("the reason", () => text().includes(`${address} is in use`));
      t.match(text(), "change listen.desk");
      await until("a page", () =>
        page(`http://127.0.0.1:${http}/`).then(
          ({ status }) => status === 200,
          () => false,
        ),
      );
    } finally {
      gateway.kill("SIGTERM");
      await once(gateway, "exit");
    }
  });
});

t.test("an origin that is down: its site says so, the others are served", async (t) => {
  await using origin = await startNginx();
  const [nobody] = await freePorts(1);
  const shop = {
    name: "shop",
    hosts: ["127.0.0.1"],
    origins: [origin.url],
    firm: "crema",
    country: "DE",
  };
  const dead = {
    ...shop,
    name: "dead",
    hosts: ["localhost"],
    origins: [`http://127.0.0.1:${nobody}`],
  };
  await using gateway = await startGateway(origin.url, { sites: [shop, dead] });
  const failed = await page(gateway.site.replace("127.0.0.1", "localhost"));
  await page(gateway.site.replace("127.0.0.1", "localhost"));
  t.equal(failed.status, 502);
  t.match(failed.body, /<html/, "a page of our own");
  t.equal((await page(gateway.site)).status, 200);
  const told = `"origin":"127.0.0.1:${nobody}","kind":"connect","reason":"ECONNREFUSED"`;
  t.equal(gateway.output().split(told).length - 1, 1, "the log says which, and why, once");
  t.ok((await gateway.metric("warmline_upstream_errors_total", 'site="dead"')) > 0);
  const ready = await fetch(`${gateway.admin}/readyz`);
  t.equal(ready.status, 200, "which does not make the gateway unready");
});

t.test("an Asterisk that is down: a warning with its URL, the sites are served", async (t) => {
  await using origin = await startNginx();
  const [nobody] = await freePorts(1);
  const url = `http://127.0.0.1:${nobody}/ari`;
  await using gateway = await startGateway(origin.url, {
    switch: { driver: "asterisk", url, user: "warmline", password: "a-secret-password" },
  });
  t.equal((await page(gateway.site)).status, 200);
  await until("the warning", () => gateway.output().includes(url));
  t.equal(await gateway.metric("warmline_switch_up"), 0);
  t.notMatch(gateway.output(), "a-secret-password");
});

async function page(url: string): Promise<{ status: number; body: string }> {
  const { statusCode, body } = await request(url, { headers: BROWSER });
  return { status: statusCode, body: await body.text() };
}
