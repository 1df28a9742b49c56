/** An edge that offers HTTPS, before origins that a test writes. */
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from "node:http2";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { certificatesBy } from "../../src/proxy/tls/choose.ts";
import { selfSigned } from "../../src/proxy/tls/self-signed.ts";
import { standBefore, type Stand } from "./data-path-stand.ts";

export interface SecureStand extends Stand {
  readonly securePort: number;
  /** A visitor who speaks HTTP/2. */
  visit(): ClientHttp2Session;
  /** A visitor with a TLS session of his own making. */
  secure(options?: ConnectionOptions): Promise<TLSSocket>;
}

/** A certificate that was signed by nobody but itself. */
export function certificateFor(...hosts: string[]) {
  const directory = mkdtempSync(join(tmpdir(), "certificate-"));
  try {
    return selfSigned(join(directory, "self.pem"), hosts, "TLSv1.2", Date.now());
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const local = certificateFor("localhost", "127.0.0.1");

export async function secureStandBefore(
  origins: readonly string[],
  more: NonNullable<Parameters<typeof standBefore>[1]> = {},
): Promise<SecureStand> {
  const certificates = certificatesBy([local]);
  const https = { host: "127.0.0.1", port: 0, certificates, minVersion: "TLSv1.2" as const };
  const stand = await standBefore(origins, { https, ...more });
  const securePort = stand.edge.httpsAddress?.port ?? 0;
  const visits: ClientHttp2Session[] = [];
  return {
    ...stand,
    securePort,
    visit() {
      const session = connect(`https://127.0.0.1:${securePort}`, { rejectUnauthorized: false });
      session.on("error", () => undefined);
      visits.push(session);
      return session;
    },
    async secure(options = {}) {
      const socket = connectTls({
        port: securePort,
        host: "127.0.0.1",
        rejectUnauthorized: false,
        ALPNProtocols: ["http/1.1"],
        ...options,
      });
      await once(socket, "secureConnect");
      return socket;
    },
    async [Symbol.asyncDispose]() {
      for (const session of visits) session.destroy();
      await stand[Symbol.asyncDispose]();
    },
  };
}

export interface Http2Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly interim: readonly Record<string, unknown>[];
  readonly trailers: Record<string, unknown>;
  readonly body: Buffer;
  /** How the stream was reset, 0 when it was not. */
  readonly reset: number;
}

/** Asks over HTTP/2, and takes in the whole answer. */
export function ask(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string | Buffer,
  trailers?: OutgoingHttpHeaders,
): Promise<Http2Answer> {
  const options = { endStream: body === undefined, waitForTrailers: trailers !== undefined };
  const stream = session.request(headers, options);
  if (trailers) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  if (body !== undefined) stream.end(body);
  const answer = { headers: {}, interim: [] as object[], trailers: {}, pieces: [] as Buffer[] };
  stream.on("headers", (fields) => answer.interim.push({ ...fields }));
  stream.on("response", (fields) => (answer.headers = { ...fields }));
  stream.on("trailers", (fields: object) => (answer.trailers = { ...fields }));
  stream.on("data", (piece: Buffer) => answer.pieces.push(piece));
  stream.on("error", () => undefined);
  return new Promise((resolve) => {
    stream.on("close", () => {
      const { pieces, headers: fields, ...rest } = answer;
      resolve({
        ...(rest as Pick<Http2Answer, "interim" | "trailers">),
        headers: fields,
        status: Number((fields as Record<string, unknown>)[":status"] ?? 0),
        body: Buffer.concat(pieces),
        reset: stream.rstCode,
      });
    });
  });
}
