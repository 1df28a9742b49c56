import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** A message as it came, line by line. */
export interface Heard {
  readonly text: string;
  readonly start: string;
  readonly body: string;
  /** All values of a header, by its full name. */
  all(name: string): string[];
  one(name: string): string;
}

/** The other end of a trunk, that says over UDP what a test tells it to: also what no well-behaved telephone would. */
export interface SipPeer extends AsyncDisposable {
  readonly port: number;
  /** All that has come. */
  readonly heard: readonly Heard[];
  /** The next message not yet taken whose start line fits; throws after the limit. */
  next(start: RegExp, limitMs?: number): Promise<Heard>;
  /** Answers a request; the response is given back, to be sent again. */
  reply(request: Heard, status: string, more?: Said): string;
  /** Sends a request inside the dialog of an INVITE that was answered with the tag; from another address, if wanted. */
  ask(invite: Heard, method: string, more?: Said & { seq?: number }): void;
  send(text: string): void;
}

interface Said {
  readonly tag?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** @param auto answers a request by itself; nothing: the test does */
export async function startPeer(
  auto: (request: Heard, peer: SipPeer) => string | undefined = () => undefined,
): Promise<SipPeer> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const heard: Heard[] = [];
  const waiting: Heard[] = [];
  let to = 0;
  let branches = 0;
  socket.on("message", (data, from) => {
    if (data.length <= 4) return;
    to = from.port;
    const message = read(data.toString("utf8"));
    heard.push(message);
    const status = /^[A-Z]+ sip/.test(message.start) ? auto(message, peer) : undefined;
    if (status === undefined) waiting.push(message);
    else peer.reply(message, status);
  });
  const { port } = socket.address();
  const contact = `Contact: <sip:peer@127.0.0.1:${port}>`;
  const content = (body = "") => [
    ...(body ? ["Content-Type: application/sdp"] : []),
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ];
  const peer: SipPeer = {
    port,
    heard,
    async next(start, limitMs = 5_000) {
      for (const limit = Date.now() + limitMs; ; await sleep(5)) {
        const at = waiting.findIndex((message) => start.test(message.start));
        const [found] = at < 0 ? [] : waiting.splice(at, 1);
        if (found) return found;
        if (Date.now() > limit) throw new Error(`waited in vain for ${start}`);
      }
    },
    reply(request, status, { tag = "peer", headers = [], body } = {}) {
      const tagged = /tag=/.test(request.one("To")) || status.startsWith("100");
      const text = [
        `SIP/2.0 ${status}`,
        ...request.all("Via").map((via) => `Via: ${via}`),
        `From: ${request.one("From")}`,
        `To: ${request.one("To")}${tagged ? "" : `;tag=${tag}`}`,
        `Call-ID: ${request.one("Call-ID")}`,
        `CSeq: ${request.one("CSeq")}`,
        contact,
        ...headers,
        ...content(body),
      ].join("\r\n");
      peer.send(text);
      return text;
    },
    ask(invite, method, { tag = "peer", headers = [], body, seq = ++branches } = {}) {
      const uri = /<(.*)>/.exec(invite.one("Contact"))?.[1] ?? "";
      peer.send(
        [
          `${method} ${uri} SIP/2.0`,
          `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKpeer${++branches};rport`,
          `From: ${invite.one("To")};tag=${tag}`,
          `To: ${invite.one("From")}`,
          `Call-ID: ${invite.one("Call-ID")}`,
          `CSeq: ${seq} ${method}`,
          contact,
          "Max-Forwards: 70",
          ...headers,
          ...content(body),
        ].join("\r\n"),
      );
    },
    send: (text) => socket.send(text, to, "127.0.0.1"),
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
    },
  };
  return peer;
}

function read(text: string): Heard {
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const [start = "", ...lines] = head.split("\r\n");
  const all = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  return { text, start, body, all, one: (name) => all(name)[0] ?? "" };
}

/** A telephone's offer or answer, with a port that tells it from others. */
export const sdp = (port: number, direction = "sendrecv", version = 1) =>
  `v=0\r\no=phone ${port} ${version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\na=${direction}\r\n`;
