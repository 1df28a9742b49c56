/** Row E10: a configuration that is read again costs no request, no stream and no WebSocket; a bad one changes nothing. */
import { once } from "node:events";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import t from "tap";
import { request } from "undici";
import { WebSocket, WebSocketServer } from "ws";
import { parse, stringify } from "yaml";
import { until } from "../until.ts";
import { BROWSER, printed, runWarmline, startGateway } from "./gateway.ts";
import { startLoad } from "./load.ts";

const RELOADS = 5;

t.test("reloads under load: no failed request, nothing that runs is cut", async (t) => {
  await using a = await startOrigin("a");
  await using b = await startOrigin("b");
  await using gateway = await startGateway(a.url, { edge: { workers: 2, drain: "5s" } });
  const file = join(gateway.directory, "warmline.yaml");

  const socket = new WebSocket(`${gateway.site.replace("http", "ws")}/socket`);
  t.teardown(() => socket.terminate());
  await once(socket, "open");
  const echoes: string[] = [];
  socket.on("message", (message: Buffer) => echoes.push(message.toString()));
  let gone = false;
  socket.on("close", () => (gone = true));
  const stream = await request(`${gateway.site}/events`);
  let events = "";
  stream.body.setEncoding("utf8").on("data", (text: string) => (events += text));
  const upload = request(`${gateway.site}/upload`, {
    method: "POST",
    body: Readable.from(slowly(40)),
  });
  const load = startLoad(gateway.site);
  await until("pages", () => load.pages > 50);

  for (let i = 0; i < RELOADS; i++) {
    const [origin, name] = i % 2 === 0 ? [b.url, "b"] : [a.url, "a"];
    change(file, (config) => void (config.sites[0]!.origins = [origin]));
    t.match(await warmline("reload", file), { status: 0, said: "reloaded\n" });
    t.match(await pageOf(gateway.site), `from ${name}`, "the next request meets it");
  }

  socket.send("still there?");
  await until("the echo", () => echoes.includes("still there?"));
  t.equal(gone, false);
  const before = events.length;
  await until("more events", () => events.length > before);
  t.equal(await (await upload).body.text(), "40 from a", "the upload began before");
  stream.body.destroy();
  const { pages, failures } = await load.end();
  t.same(failures, [], `${pages} pages`);
  t.ok(pages > 100);
});

t.test("a new site, a new criterion; what needs a restart is said", async (t) => {
  await using origin = await startOrigin("a");
  await using gateway = await startGateway(origin.url);
  const file = join(gateway.directory, "warmline.yaml");
  const host = { headers: { ...BROWSER, host: "second.test" } };
  t.equal((await request(gateway.site, host)).statusCode, 421);
  change(file, (config) => {
    const [site, campaign] = [config.sites[0]!, config.campaigns[0]!];
    config.sites.push({ ...site, name: "second", hosts: ["second.test"] });
    config.campaigns.push({ ...campaign, name: "at-once", site: "second", when: "pages >= 1" });
    config.listen.desk = "127.0.0.1:1";
  });
  const { status, said } = await warmline("reload", file);
  t.equal(status, 0, said);
  t.equal(said, "reloaded; after the next start only: listen.desk\n");
  t.equal((await request(gateway.site, host)).statusCode, 200);
  const counted = () =>
    gateway.metric("warmline_criteria_evaluations_total", 'campaign="at-once",result="true"');
  await until("the new criterion of the new site", async () => (await counted()) === 1);
});

t.test("the access log is rotated: moved away, reloaded, and not a line is lost", async (t) => {
  await using origin = await startOrigin("a");
  await using gateway = await startGateway(origin.url);
  const file = join(gateway.directory, "warmline.yaml");
  const [log, moved] = ["access.log", "access.log.1"].map((name) => join(gateway.directory, name));
  const rotate = { accessLogFile: log, accessLogFormat: "combined", workers: 1, drain: "5s" };
  change(file, (config) => void (config.edge = rotate));
  t.match(await warmline("reload", file), { status: 0, said: "reloaded\n" });
  const load = startLoad(gateway.site);
  await until("lines", () => readFileSync(log!, "utf8").length > 0);
  renameSync(log!, moved!);
  change(file, (config) => void (config.campaigns[0]!.when = "vists > 2"));
  process.kill(gateway.pid("supervisor"), "SIGHUP");
  await until("lines in the new one, though the configuration is bad", () => {
    return existsSync(log!) && readFileSync(log!, "utf8").length > 0;
  });
  const { pages, failures } = await load.end();
  t.same(failures, []);
  await until("all lines", () => {
    const text = readFileSync(moved!, "utf8") + readFileSync(log!, "utf8");
    return text.split("\n").length - 1 === pages;
  });
  t.match(
    readFileSync(log!, "utf8"),
    /^127\.0\.0 - - \[[^\]]+\] "GET \/ HTTP\/1\.1" 200 \d+ "-" "visitor \d"$/m,
  );

  change(file, (config) => {
    config.campaigns[0]!.when = "pages > 2";
    config.edge = { ...rotate, accessLogFile: join(gateway.directory, "missing", "log") };
  });
  const { status, said } = await warmline("reload", file);
  t.equal(status, 1);
  t.match(said, /edge-1: edge\.accessLogFile: .*missing.*ENOENT/);
});

t.test("a bad file changes nothing, also not for a process that is started again", async (t) => {
  await using origin = await startOrigin("a");
  await using gateway = await startGateway(origin.url);
  const file = join(gateway.directory, "warmline.yaml");
  const good = readFileSync(file, "utf8");
  change(file, (config) => void (config.campaigns[0]!.when = "vists > 2"));
  const { status, said } = await warmline("reload", file);
  t.equal(status, 1);
  t.match(said, /warmline\.yaml:\d+: campaigns\[0\]\.when: /);
  process.kill(gateway.pid("supervisor"), "SIGHUP");
  await until("a word in the log", () => gateway.output().includes("nothing changed"));
  t.match(gateway.output(), /campaigns\[0\]\.when/);
  t.equal(await gateway.metric("warmline_config_reloads_total", 'result="refused"'), 1);

  process.kill(gateway.pid("edge-1"), "SIGKILL");
  await until("another edge", () =>
    pageOf(gateway.site).then(
      (page) => page.includes("from a"),
      () => false,
    ),
  );
  writeFileSync(file, good);
  process.kill(gateway.pid("supervisor"), "SIGHUP");
  const applied = () => gateway.metric("warmline_config_reloads_total", 'result="applied"');
  await until("the good one", async () => (await applied()) === 1);
});

t.test("a site that is switched off is proxied, and nothing else", async (t) => {
  await using origin = await startOrigin("a");
  await using gateway = await startGateway(origin.url);
  const file = join(gateway.directory, "warmline.yaml");
  const look = async () => {
    const { body, headers } = await request(gateway.site, { headers: BROWSER });
    return { page: await body.text(), cookie: headers["set-cookie"] };
  };
  t.match(await look(), { page: /loader\.js/, cookie: /./ });

  t.match(await warmline("site off shop", file), { status: 0, said: "shop is switched off\n" });
  const hits = await gateway.metric("warmline_hits_total");
  const off = await look();
  t.notMatch(off.page, /loader/);
  t.equal(off.cookie, undefined);
  t.equal(await gateway.metric("warmline_site_switched_off"), 1);
  t.match(
    (await warmline("sites", file)).said,
    /^shop {2}switched off {6}127\.0\.0\.1 localhost\n$/,
  );
  process.kill(gateway.pid("edge-1"), "SIGKILL");
  await until("another edge", () =>
    look().then(
      ({ page }) => page.includes("from a"),
      () => false,
    ),
  );
  t.match(await warmline("reload", file), { status: 0 });
  t.notMatch((await look()).page, /loader/, "also after a reload, in another process");
  t.ok((await gateway.metric("warmline_hits_total")) <= hits, "no hit any more");
  t.match(await warmline("site off other", file), { status: 1, said: /known: shop/ });

  t.match(await warmline("site on shop", file), { status: 0 });
  t.match((await look()).page, /loader\.js/);
});

interface Written {
  edge: Record<string, string | number | undefined>;
  listen: Record<string, string>;
  sites: { name: string; hosts: string[]; origins: string[] }[];
  campaigns: { name: string; site: string; when: string }[];
}

function change(file: string, by: (config: Written) => void): void {
  const config = parse(readFileSync(file, "utf8")) as Written;
  by(config);
  writeFileSync(file, stringify(config));
}

async function warmline(command: string, file: string) {
  const process = runWarmline([...command.split(" "), "--config", file]);
  const said = printed(process);
  const [status] = (await once(process, "close")) as [number];
  return { status, said: said() };
}

async function pageOf(site: string): Promise<string> {
  const { body } = await request(site, { headers: BROWSER });
  return body.text();
}

/** A web site with pages, events, uploads and an echo, that says which one it is. */
async function startOrigin(name: string) {
  const page = `<!doctype html><html><head></head><body>from ${name}</body></html>`;
  const server = createServer((request, response) => {
    if (request.url === "/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      const timer = setInterval(() => response.write("data: tick\n\n"), 50);
      response.on("close", () => clearInterval(timer));
    } else if (request.url === "/upload") {
      let bytes = 0;
      request.on("data", (chunk: Buffer) => (bytes += chunk.length));
      request.on("end", () => response.end(`${bytes} from ${name}`));
    } else response.writeHead(200, { "Content-Type": "text/html" }).end(page);
  });
  const sockets = new WebSocketServer({ server, path: "/socket" });
  sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A body of so many bytes, one at a time. */
async function* slowly(bytes: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes; i++) {
    yield Buffer.from("x");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
