/** Row E10: an edge, or the whole gateway, ends while visitors keep coming: who was accepted, or waits to be, is answered. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import t from "tap";
import { request } from "undici";
import { WebSocket, WebSocketServer } from "ws";
import { until } from "../until.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { startLoad } from "./load.ts";

const WAITING = 40;

t.test("edges are replaced while visitors keep coming: nobody notices", async (t) => {
  await using origin = await startOrigin();
  await using gateway = await startGateway(origin.url, { edge: { workers: 2, drain: "20s" } });
  const loads = [
    startLoad(gateway.site, true),
    startLoad(gateway.site),
    startLoad(gateway.secureSite, true),
  ];
  await until("pages", () => loads.every(({ pages }) => pages > 20));
  const film = await request(`${gateway.site}/film`);
  const films = text(film.body);
  films.catch(() => undefined);
  for (const name of ["edge-1", "edge-2"] as const) {
    const before = gateway.pid(name);
    process.kill(before, "SIGTERM");
    await until("its successor", () => isReplaced(gateway, name, before));
    await until("it to be ready", async () => (await ready(gateway)).edges === 2);
  }
  t.equal(origin.films, 1, "the old one has its film still");
  for (const load of loads) {
    const { pages, failures } = await load.end();
    t.same(failures, [], `${pages} pages`);
  }
  const stopped = gateway.stop("SIGTERM");
  await until("the gateway to be ending", () => supervisorDrains(gateway));
  origin.endFilms();
  t.equal(await films, "a film", "and sends it to the end, though the gateway ends too");
  t.equal(await stopped, 0);
});

t.test(
  "an edge dies: who has connected, and was not accepted, waits for the next one",
  async (t) => {
    await using origin = await startOrigin();
    await using gateway = await startGateway(origin.url, { edge: { workers: 1, drain: "5s" } });
    const edge = gateway.pid("edge-1");
    process.kill(edge, "SIGSTOP");
    const visitors = await Promise.all(
      Array.from({ length: WAITING }, () => visit(gateway.site, "/", "GET", "Connection: close")),
    );
    process.kill(edge, "SIGKILL");
    for (const { answer } of visitors)
      t.match(await answer, /^HTTP\/1\.1 200 OK[^]*<\/html>[^]*\r\n0\r\n\r\n$/);
  },
);

t.test("reloads while each visitor connects anew: no failed request", async (t) => {
  await using origin = await startOrigin();
  await using gateway = await startGateway(origin.url, { edge: { workers: 2, drain: "5s" } });
  const load = startLoad(gateway.site, true);
  for (let i = 1; i <= 4; i++) {
    process.kill(gateway.pid("supervisor"), "SIGHUP");
    await until(
      "the reload",
      async () => (await gateway.metric("warmline_config_reloads_total")) === i,
    );
    const { pages } = load;
    await until("pages", () => load.pages > pages + 20);
  }
  const { pages, failures } = await load.end();
  t.same(failures, [], `${pages} pages`);
});

t.test(
  "SIGTERM for all: what was accepted is answered, and tunnels get a bounded time",
  async (t) => {
    await using origin = await startOrigin();
    await using gateway = await startGateway(origin.url, { edge: { workers: 1, drain: "4s" } });
    const socket = new WebSocket(`${gateway.site.replace("http", "ws")}/socket`);
    t.teardown(() => socket.terminate());
    await once(socket, "open");
    const kept = await visit(gateway.site, "/");
    await until("a page on a connection that is kept", () => kept.received().includes("</html>"));
    const film = await request(`${gateway.site}/film`);
    const films = text(film.body);
    const upload = await visit(gateway.site, "/upload", "POST", "Content-Length: 6");
    upload.socket.write("abc");
    const session = connectHttp2(gateway.secureSite, { rejectUnauthorized: false });
    t.teardown(() => session.destroy());
    const stream = session.request({ ":path": "/film" });
    await once(stream, "response");
    const goaway = once(session, "goaway");
    const streamed = text(stream);
    await until("all of them at the origin", () => origin.films === 2 && origin.uploads === 1);

    // It cannot accept: they are in the queue of its socket when it is told to end.
    process.kill(gateway.pid("edge-1"), "SIGSTOP");
    const waiting = await Promise.all(
      Array.from({ length: WAITING }, () => visit(gateway.site, "/", "GET")),
    );
    const edge = gateway.pid("edge-1");
    const startedMs = Date.now();
    const stopped = gateway.stop("SIGTERM");
    await until("the supervisor to be ending", () => supervisorDrains(gateway));
    process.kill(edge, "SIGCONT");
    for (const { answer } of waiting) {
      t.match(
        await answer,
        /^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n[^]*<\/html>[^]*\r\n0\r\n\r\n$/i,
      );
    }
    kept.forget();
    kept.socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n");
    t.match(await kept.answer, /^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n/i);
    t.equal((await goaway)[0], 0, "HTTP/2 is told by GOAWAY, without an error");
    await t.rejects(visit(gateway.site), "nobody new is taken");
    upload.socket.write("def");
    t.match(await upload.answer, /^HTTP\/1\.1 200 [^]*6 bytes$/);
    t.equal(socket.readyState, WebSocket.OPEN, "a tunnel has its time");
    origin.endFilms();
    t.equal(await films, "a film");
    t.equal(await streamed, "a film");
    t.equal(await stopped, 0);
    const tookMs = Date.now() - startedMs;
    t.ok(tookMs >= 3900 && tookMs < 20_000, `ended after ${tookMs} ms`);
    await until("the end of the tunnel", () => socket.readyState === WebSocket.CLOSED);
  },
);

/** A visitor of few words: connected when this resolves, his answer is all that came before the end. */
async function visit(
  site: string,
  path = "/",
  method = "GET",
  ...fields: readonly string[]
): Promise<{ answer: Promise<string>; socket: Socket; received(): string; forget(): void }> {
  const { hostname, port } = new URL(site);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  await once(socket, "connect");
  let received = "";
  socket.setEncoding("latin1").on("data", (piece: string) => (received += piece));
  const head = [`${method} ${path} HTTP/1.1`, `Host: ${hostname}`, "Accept: text/html", ...fields];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  const answer = once(socket, "end").then(() => {
    socket.end();
    return received;
  });
  answer.catch(() => undefined);
  return { answer, socket, received: () => received, forget: () => (received = "") };
}

function isReplaced(gateway: Gateway, name: `edge-${number}`, before: number): boolean {
  try {
    return gateway.pid(name) !== before;
  } catch {
    // The old one has ended, and the new one does not have its name yet.
    return false;
  }
}

function supervisorDrains(gateway: Gateway): boolean {
  return /"process":"supervisor".*"draining"/.test(gateway.output());
}

async function ready(gateway: Gateway): Promise<{ edges: number }> {
  return (await fetch(`${gateway.admin}/readyz`)).json() as Promise<{ edges: number }>;
}

/** A web site with pages, films that go on until they are ended, uploads and an echo. */
async function startOrigin() {
  const running = new Set<ServerResponse>();
  let uploads = 0;
  const server = createServer((asked: IncomingMessage, answer) => {
    if (asked.url === "/film") {
      running.add(answer);
      answer.writeHead(200, { "Content-Type": "video/mp4" }).write("a ");
    } else if (asked.url === "/upload") {
      uploads++;
      void text(asked).then((body) => answer.end(`${body.length} bytes`));
    } else {
      answer.writeHead(200, { "Content-Type": "text/html" });
      answer.end("<!doctype html><html><head></head><body>a page</body></html>");
    }
  });
  const sockets = new WebSocketServer({ server, path: "/socket" });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get films() {
      return running.size;
    },
    get uploads() {
      return uploads;
    },
    endFilms() {
      for (const film of running) film.end("film");
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
