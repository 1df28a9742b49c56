import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import t from "tap";
import { certificatesBy } from "../../src/proxy/tls/choose.ts";
import { until } from "../until.ts";
import { head, rawOrigin, sayingAlways } from "./data-path-stand.ts";
import { certificateFor, secureStandBefore } from "./secure-stand.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** Collects what comes, and how it ended. */
function listenTo(socket: TLSSocket) {
  const heard = { text: "", ended: undefined as "end" | "cut" | undefined };
  socket.on("data", (piece: Buffer) => (heard.text += piece.toString("latin1")));
  socket.on("end", () => (heard.ended ??= "end"));
  socket.on("error", () => (heard.ended = "cut"));
  socket.on("close", () => (heard.ended ??= "cut"));
  return heard;
}

t.test("HTTP/1.1 over TLS: one after the other, ahead of the answer, and an upload", async (t) => {
  const seen: string[] = [];
  await using origin = await rawOrigin((c) => {
    seen.push(c.received);
    const heads = c.received.split("\r\n\r\n").length - 1;
    if (c.received.includes("POST") && !c.received.endsWith("end")) return;
    c.received = "";
    for (let i = 0; i < heads; i++) c.socket.write(OK);
  });
  await using stand = await secureStandBefore([origin.url]);
  const socket = await stand.secure();
  const heard = listenTo(socket);
  socket.write(head("GET /1") + head("GET /2"));
  await until("two answers", () => heard.text.split("\r\n\r\nok").length === 3);
  const body = `${"u".repeat(1_000_000)}end`;
  socket.write(head("POST /3", `Content-Length: ${body.length}`));
  socket.write(body);
  await until("three answers", () => heard.text.split("\r\n\r\nok").length === 4);
  t.match(seen.join(""), /x-forwarded-proto: https/i);
  t.match(stand.access, [{ path: "/1" }, { path: "/2" }, { path: "/3", status: 200 }]);
  t.equal(stand.open(), 1);
  socket.end();
  await until("the end", () => stand.open() === 0);
});

t.test("a large download to a slow reader arrives whole", async (t) => {
  const body = Buffer.alloc(8_000_000);
  for (let i = 0; i < body.length; i += 4) body.writeUInt32BE(i, i);
  await using origin = await rawOrigin(({ socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body);
  });
  await using stand = await secureStandBefore([origin.url]);
  const socket = await stand.secure();
  socket.write(head("GET /"));
  const pieces: Buffer[] = [];
  let length = 0;
  while (length < body.length) {
    await once(socket, "readable");
    for (
      let piece = socket.read() as Buffer | null;
      piece;
      piece = socket.read() as Buffer | null
    ) {
      pieces.push(piece);
      length += piece.length;
    }
  }
  const whole = Buffer.concat(pieces);
  t.ok(whole.subarray(whole.indexOf("\r\n\r\n") + 4).equals(body));
  socket.destroy();
});

t.test("an answer that breaks off does not end as a whole one", async (t) => {
  await using origin = await sayingAlways(
    "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
    true,
  );
  await using stand = await secureStandBefore([origin.url]);
  const socket = await stand.secure();
  const heard = listenTo(socket);
  socket.write(head("GET /"));
  await until("the end", () => heard.ended);
  t.match(heard.text, /hello$/);
});

t.test("a WebSocket's bytes go both ways, and its ends too", async (t) => {
  await using origin = await rawOrigin((c) => {
    if (c.received.includes("\r\n\r\n") && !c.received.startsWith("tunnel")) {
      c.received = "tunnel";
      c.socket.write("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    } else {
      c.socket.write(c.received.slice("tunnel".length));
      c.received = "tunnel";
    }
  });
  await using stand = await secureStandBefore([origin.url]);
  const socket = await stand.secure();
  const heard = listenTo(socket);
  socket.write(head("GET /", "Upgrade: websocket", "Connection: Upgrade"));
  await until("the tunnel", () => heard.text.includes("101"));
  const bytes = "b".repeat(500_000);
  socket.write(bytes);
  await until("the echo", () => heard.text.endsWith(bytes));
  socket.end();
  await until("the end", () => stand.open() === 0);
  await until("the visitor to hear of it", () => heard.ended === "end");
  t.pass();
});

t.test("each host gets its certificate; who names none or another gets the first", async (t) => {
  await using origin = await sayingAlways(OK);
  const certificates = certificatesBy([certificateFor("a.example"), certificateFor("*.b.example")]);
  const https = { host: "127.0.0.1", port: 0, certificates, minVersion: "TLSv1.2" as const };
  await using stand = await secureStandBefore([origin.url], { https });
  const shown = async (servername?: string) => {
    const socket = await stand.secure(servername === undefined ? {} : { servername });
    const { subjectaltname } = socket.getPeerCertificate();
    socket.destroy();
    return subjectaltname;
  };
  t.equal(await shown("a.example"), "DNS:a.example");
  t.equal(await shown("x.B.example"), "DNS:*.b.example");
  t.equal(await shown("c.example"), "DNS:a.example");
  t.equal(await shown(), "DNS:a.example");
});

t.test("new certificates are for new handshakes; what is up stays up", async (t) => {
  await using origin = await rawOrigin(({ socket }) =>
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha"),
  );
  await using stand = await secureStandBefore([origin.url]);
  const before = await stand.secure({ servername: "localhost" });
  const heard = listenTo(before);
  before.write(head("GET /"));
  await until("half an answer", () => heard.text.endsWith("ha"));
  stand.edge.useCertificates(certificatesBy([certificateFor("localhost", "new.example")]));
  for (const servername of ["localhost", "", "new.example"]) {
    const after = await stand.secure(servername === "" ? {} : { servername });
    t.match(after.getPeerCertificate().subjectaltname, /DNS:new\.example/, servername);
    after.destroy();
  }
  origin.connections[0]?.socket.write("lf");
  await until("the other half", () => heard.text.endsWith("half"));
  before.write(head("GET /again"));
  await until("another answer", () => heard.text.split("200 OK").length === 3);
  before.destroy();
});

t.test("sessions are resumed with another worker, and after new certificates", async (t) => {
  await using origin = await sayingAlways(OK);
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    // The two have keys of their own, from a file each: only one key ring makes them alike.
    await using one = await secureStandBefore([origin.url]);
    await using stranger = await secureStandBefore([origin.url]);
    const first = await one.secure({ servername: "localhost", maxVersion });
    const sessions: Buffer[] = [];
    first.on("session", (session) => sessions.push(session));
    const heard = listenTo(first);
    first.write(head("GET /"));
    await until("a ticket", () => heard.text.endsWith("ok") && first.getSession());
    const session = sessions.at(-1) ?? first.getSession();
    first.destroy();
    if (!session) throw new Error("no ticket");
    one.edge.useCertificates(certificatesBy([certificateFor("localhost")]));
    const again = await one.secure({ servername: "localhost", maxVersion, session });
    t.equal(again.isSessionReused(), true, maxVersion);
    again.write(head("GET /"));
    await once(again, "data");
    again.destroy();
    const elsewhere = await stranger.secure({ servername: "localhost", maxVersion, session });
    t.equal(elsewhere.isSessionReused(), false, `${maxVersion}, other keys`);
    elsewhere.destroy();
    t.same(one.counted, [`${maxVersion} false`, `${maxVersion} true`]);
  }
});

t.test("handshakes that fail are counted by their reason", async () => {
  await using origin = await sayingAlways(OK);
  const https = {
    host: "127.0.0.1",
    port: 0,
    certificates: certificatesBy([certificateFor("localhost")]),
    minVersion: "TLSv1.3" as const,
  };
  await using stand = await secureStandBefore([origin.url], {
    https,
    limits: { handshakeMs: 500 },
  });
  const counted = (reason: string) => until(reason, () => stand.counted.includes(reason));
  const plain = connectTcp(stand.securePort, "127.0.0.1");
  plain.on("error", () => undefined).resume();
  plain.write(head("GET /"));
  await counted("plain_http");
  const silent = connectTcp(stand.securePort, "127.0.0.1");
  silent.on("error", () => undefined).resume();
  await counted("timeout");
  const impatient = connectTcp(stand.securePort, "127.0.0.1");
  impatient.on("error", () => undefined);
  await once(impatient, "connect");
  impatient.destroy();
  await counted("gone");
  const fails = async (options: object) => {
    const socket = connectTls({ port: stand.securePort, host: "127.0.0.1", ...options });
    await new Promise((resolve) => socket.once("error", resolve));
  };
  await fails({ rejectUnauthorized: false, maxVersion: "TLSv1.2" });
  await counted("version");
  await fails({ rejectUnauthorized: false, ALPNProtocols: ["spdy/1"] });
  await counted("protocol_name");
  await until("all to be gone", () => stand.open() === 0);
  const socket = await stand.secure();
  socket.destroy();
});

t.test("so many handshakes at once; who is up is not held up by them", async () => {
  await using origin = await sayingAlways(OK);
  await using stand = await secureStandBefore([origin.url], { limits: { handshakes: 3 } });
  const up = await stand.secure();
  const heard = listenTo(up);
  const silent = Array.from({ length: 3 }, () => connectTcp(stand.securePort, "127.0.0.1"));
  for (const socket of silent) socket.on("error", () => undefined).resume();
  await until("them", () => stand.open() === 4);
  const one = connectTcp(stand.securePort, "127.0.0.1");
  one.on("error", () => undefined).resume();
  await until("the refusal", () => stand.counted.includes("busy"));
  up.write(head("GET /"));
  await until("an answer", () => heard.text.endsWith("ok"));
  for (const socket of silent) socket.destroy();
  await until("room", () => stand.open() === 1);
  const next = await stand.secure();
  next.destroy();
  up.destroy();
});

t.test("connections over TLS are among those that are limited", async (t) => {
  await using origin = await sayingAlways(OK);
  await using stand = await secureStandBefore([origin.url], { limits: { connections: 1 } });
  const only = await stand.secure();
  const second = connectTcp(stand.port, "127.0.0.1");
  second.on("error", () => undefined).resume();
  await once(second, "close");
  t.equal(stand.open(), 1);
  only.destroy();
});

t.test("drain: what runs over TLS is finished, idle connections are ended", async (t) => {
  await using origin = await rawOrigin(({ socket }) =>
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha"),
  );
  await using stand = await secureStandBefore([origin.url]);
  const [busy, idle] = [await stand.secure(), await stand.secure()];
  const [heard, idler] = [listenTo(busy), listenTo(idle)];
  busy.write(head("GET /"));
  await until("half an answer", () => heard.text.endsWith("ha"));
  const silent = connectTcp(stand.securePort, "127.0.0.1");
  silent.on("error", () => undefined).resume();
  await until("all", () => stand.open() === 3);
  const drained = stand.edge.drain(3000);
  await until("the idle one to be ended", () => idler.ended);
  origin.connections[0]?.socket.write("lf");
  await until("the answer", () => heard.text.endsWith("half"));
  await drained;
  t.equal(stand.open(), 0, "and a handshake that never comes is cut in the end");
});
