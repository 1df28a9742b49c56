/** WebSockets on which browsers speak SIP (RFC 7118), as visitors' windows and desks have them. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";

export interface SipSockets extends Disposable {
  /** Takes a connection over that asks for another protocol. */
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    connected: (browser: WebSocket) => void,
  ): void;
}

const MOST_MESSAGE_BYTES = 16 * 1024;

/** Disposing cuts all connections off. */
export function createSipSockets(): SipSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has("sip") ? "sip" : false),
  });
  return {
    accept: (...asked) => server.handleUpgrade(...asked),
    [Symbol.dispose]() {
      for (const browser of server.clients) browser.terminate();
      server.close();
    },
  };
}
