/** SIP over UDP, TCP and TLS (RFC 3261, section 18). */
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { connect as connectTcp, createServer, isIPv6, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock, Timer } from "../../model/clock.ts";
import { createFraming } from "./framing.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface WireOptions {
  readonly transport: "udp" | "tcp" | "tls";
  /** Where we listen; with TLS only the address from which we connect. Port 0: any. */
  readonly listen: Address;
  /** Whom we talk to. */
  readonly server: Address;
  /** PEM of who vouches for the server's certificate; absent: who the system trusts. */
  readonly ca?: string | undefined;
}

/** One transport. A connection that is there is used both ways, whoever has made it. */
export interface Wire extends AsyncDisposable {
  /** Messages arrive, or the connection breaks: nothing need be repeated. */
  readonly reliable: boolean;
  /** Where the server reaches us, as far as we can see from here. */
  readonly local: Address;
  /** Whether the address is one of the server's. */
  fromServer(address: string): boolean;
  /** @throws when it cannot be sent, as far as that is seen here */
  send(text: string, to: Address): Promise<void>;
}

export interface WireListener {
  heard(text: string, from: Address): void;
  /** A connection that we had made is gone. */
  lost(): void;
}

const CONNECT_LIMIT_MS = 5_000;
/** RFC 5626, section 4.4.1, and so that a NAT does not forget us. */
const KEEP_ALIVE_EVERY_MS = 25_000;

/** @throws when the address is in use, or the server's name is not known */
export async function openWire(
  options: WireOptions,
  clock: Clock,
  listener: WireListener,
): Promise<Wire> {
  const found = await lookup(options.server.host, { all: true });
  const addresses = new Set(found.map((one) => one.address));
  const [server] = found;
  const [host, fromServer] = [
    await localAddress(options, server?.address ?? ""),
    (address: string) => addresses.has(address.replace(/^::ffff:/, "")),
  ];
  return options.transport === "udp"
    ? overUdp(options, host, fromServer, clock, listener)
    : overStreams(options, host, fromServer, clock, listener);
}

/** The address of ours that leads to the server, when we listen on all. */
async function localAddress({ listen, server }: WireOptions, address: string): Promise<string> {
  if (listen.host !== "0.0.0.0" && listen.host !== "::") return listen.host;
  const probe = createSocket(isIPv6(address) ? "udp6" : "udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once("error", reject);
      // Nothing is sent: the system only chooses a way.
      probe.connect(server.port, address, () => resolve());
    });
    return probe.address().address;
  } finally {
    probe.close();
  }
}

async function overUdp(
  { listen, server }: WireOptions,
  host: string,
  fromServer: Wire["fromServer"],
  clock: Clock,
  listener: WireListener,
): Promise<Wire> {
  const socket = createSocket(isIPv6(listen.host) ? "udp6" : "udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(listen.port, listen.host, () => resolve());
  });
  let open = true;
  socket.removeAllListeners("error");
  // What becomes of a datagram is told to its sender; what is lost on the way is sent again.
  socket.on("error", () => undefined);
  socket.on("message", (data, from) => {
    if (data.length > 4)
      listener.heard(data.toString("latin1"), { host: from.address, port: from.port });
  });
  const send: Wire["send"] = (text, to) =>
    new Promise((resolve, reject) => {
      if (!open) return reject(new Error("closed"));
      socket.send(Buffer.from(text, "latin1"), to.port, to.host, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  let timer: Timer;
  const keepAlive = () => {
    send("\r\n\r\n", server).catch(() => undefined);
    timer = clock.after(KEEP_ALIVE_EVERY_MS, keepAlive);
  };
  timer = clock.after(KEEP_ALIVE_EVERY_MS, keepAlive);
  return {
    reliable: false,
    local: { host, port: socket.address().port },
    fromServer,
    send,
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      if (!open) return;
      open = false;
      await new Promise<void>((resolve) => void socket.close(() => resolve()));
    },
  };
}

async function overStreams(
  options: WireOptions,
  host: string,
  fromServer: Wire["fromServer"],
  clock: Clock,
  listener: WireListener,
): Promise<Wire> {
  const { listen, transport } = options;
  /** By the address of the other end, and by the name we knew it by. */
  const sockets = new Map<string, Promise<Socket>>();
  const all = new Set<Socket>();
  const timers = new Set<Timer>();
  let open = true;

  const keyOf = (to: Address) => `${to.host}:${to.port}`;
  function serve(socket: Socket): void {
    all.add(socket);
    const from = {
      host: socket.remoteAddress?.replace(/^::ffff:/, "") ?? "",
      port: socket.remotePort ?? 0,
    };
    const self = Promise.resolve(socket);
    sockets.set(keyOf(from), self);
    const framing = createFraming();
    socket.on("data", (data) => {
      const read = framing.add(data.toString("latin1"));
      for (const message of read.messages) listener.heard(message, from);
      if (read.ping) socket.write("\r\n");
      // Where one message ends is not known any more.
      if (read.broken) socket.destroy();
    });
    socket.on("close", () => {
      all.delete(socket);
      if (sockets.get(keyOf(from)) === self) sockets.delete(keyOf(from));
    });
    socket.on("error", () => undefined);
  }

  function connected(to: Address): Promise<Socket> {
    const key = keyOf(to);
    const there = sockets.get(key);
    if (there) return there;
    const from =
      listen.host === "0.0.0.0" || listen.host === "::" ? {} : { localAddress: listen.host };
    const trust = options.ca === undefined ? {} : { ca: options.ca };
    const socket =
      transport === "tls"
        ? connectTls({
            ...to,
            ...from,
            ...trust,
            minVersion: "TLSv1.2",
            ...(/[a-z]/i.test(to.host) && !to.host.includes(":") && { servername: to.host }),
          })
        : connectTcp({ ...to, ...from });
    const ready = new Promise<Socket>((resolve, reject) => {
      const limit = clock.after(CONNECT_LIMIT_MS, () => socket.destroy(new Error("no answer")));
      timers.add(limit);
      socket.once("error", reject);
      socket.once("close", () => {
        limit[Symbol.dispose]();
        timers.delete(limit);
        if (sockets.get(key) === ready) sockets.delete(key);
        reject(new Error("closed"));
      });
      socket.once(transport === "tls" ? "secureConnect" : "connect", () => {
        limit[Symbol.dispose]();
        timers.delete(limit);
        serve(socket);
        keepAlive(socket);
        socket.once("close", () => open && listener.lost());
        resolve(socket);
      });
    });
    sockets.set(key, ready);
    return ready;
  }

  function keepAlive(socket: Socket): void {
    const timer = clock.after(KEEP_ALIVE_EVERY_MS, () => {
      timers.delete(timer);
      if (!all.has(socket)) return;
      socket.write("\r\n\r\n");
      keepAlive(socket);
    });
    timers.add(timer);
  }

  const acceptor = transport === "tcp" ? createServer(serve) : undefined;
  if (acceptor) {
    await new Promise<void>((resolve, reject) => {
      acceptor.once("error", reject);
      acceptor.listen(listen.port, listen.host, () => resolve());
    });
  }
  const bound = acceptor?.address();
  return {
    reliable: true,
    local: { host, port: typeof bound === "object" && bound ? bound.port : listen.port },
    fromServer,
    async send(text, to) {
      if (!open) throw new Error("closed");
      const socket = await connected(to);
      if (socket.destroyed) throw new Error("closed");
      socket.write(text, "latin1");
    },
    async [Symbol.asyncDispose]() {
      if (!open) return;
      open = false;
      for (const timer of timers) timer[Symbol.dispose]();
      for (const socket of sockets.values())
        void socket.then((one) => one.destroy()).catch(() => undefined);
      for (const socket of all) socket.destroy();
      if (acceptor) await new Promise<void>((resolve) => void acceptor.close(() => resolve()));
    },
  };
}
