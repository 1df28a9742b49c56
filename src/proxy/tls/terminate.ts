import { constants, hkdfSync } from "node:crypto";
import type { Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import type { KeyRing } from "../key-ring.ts";
import type { EdgeLimits } from "../limits.ts";
import { SESSION_CONTEXT, type TlsVersion } from "./certificate.ts";
import type { Certificates } from "./choose.ts";

/** Why a visitor's handshake failed. */
export type HandshakeError =
  | "timeout"
  | "busy"
  | "version"
  | "cipher"
  | "protocol_name"
  | "certificate_refused"
  | "plain_http"
  | "gone"
  | "other";

export interface TlsOptions {
  readonly certificates: Certificates;
  readonly minVersion: TlsVersion;
  /** Seal session tickets as well: visitors resume their sessions with any worker, and after a restart (RFC 8446, section 4.6.1). */
  readonly keys: KeyRing;
  readonly limits: Pick<EdgeLimits, "handshakeMs" | "handshakes">;
}

export interface TlsPorts {
  /** A handshake is done; nothing has been read yet. */
  secured(socket: TLSSocket): void;
  handshake(version: string, resumed: boolean): void;
  handshakeFailed(reason: HandshakeError): void;
}

export interface TlsTerminator {
  /** Begins a handshake on a connection that was never read from. */
  accept(socket: Socket): void;
  /** From now on handshakes get these; connections that are up keep what they have. */
  use(certificates: Certificates): void;
}

/** Bytes of key that Node wants. */
const TICKET_KEY = 48;

/** Makes TLS of visitors' connections. */
export function terminateTls(options: TlsOptions, ports: TlsPorts): TlsTerminator {
  const { limits, keys, minVersion } = options;
  let { certificates } = options;
  let handshakes = 0;
  const ofAll = {
    minVersion,
    sessionIdContext: SESSION_CONTEXT,
    ticketKeys: Buffer.from(hkdfSync("sha256", keys[0].key, "", "TLS session tickets", TICKET_KEY)),
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
  const server = createServer({
    ...ofAll,
    ...certificates.first.pem,
    ALPNProtocols: ["h2", "http/1.1"],
    SNICallback: (name, done) => done(null, (certificates.of(name) ?? certificates.first).context),
    handshakeTimeout: limits.handshakeMs,
    pauseOnConnect: true,
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    handshakes--;
    ports.handshake(socket.getProtocol() ?? "", socket.isSessionReused());
    ports.secured(socket);
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    handshakes--;
    ports.handshakeFailed(kindOf(error.code ?? ""));
    socket.destroy();
  });
  return {
    accept(socket) {
      if (handshakes >= limits.handshakes) {
        ports.handshakeFailed("busy");
        socket.destroy();
        return;
      }
      handshakes++;
      server.emit("connection", socket);
    },
    use(next) {
      certificates = next;
      server.setSecureContext({ ...ofAll, ...next.first.pem });
    },
  };
}

/** What OpenSSL's codes end with, and what that means. */
const KINDS: readonly (readonly [RegExp, HandshakeError])[] = [
  [/HANDSHAKE_TIMEOUT$/, "timeout"],
  [/^(ECONNRESET|EPIPE|ETIMEDOUT)$/, "gone"],
  [/HTTP_REQUEST$/, "plain_http"],
  [/(UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|VERSION_TOO_LOW)$/, "version"],
  [/NO_SHARED_CIPHER$/, "cipher"],
  [/NO_APPLICATION_PROTOCOL$/, "protocol_name"],
  [/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+)$/, "certificate_refused"],
];

function kindOf(code: string): HandshakeError {
  return KINDS.find(([pattern]) => pattern.test(code))?.[1] ?? "other";
}
