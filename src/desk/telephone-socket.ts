/** The wire of the telephones in desks: WebSockets at `/telephone`, SIP to the exchange (RFC 7118). */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { BROWSER_TELEPHONE, deskLine } from "../model/agent.ts";
import type { Log } from "../model/log.ts";
import type { Desk } from "./desk.ts";
import { isSameOrigin, loginToken } from "./requests.ts";

export interface TelephoneSockets extends Disposable {
  /** Takes over a connection that asks for another protocol. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

const MOST_MESSAGE_BYTES = 16 * 1024;

export function createTelephoneSockets(
  desk: Pick<Desk, "browserPhones" | "logins">,
  { log }: { readonly log: Log },
): TelephoneSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has("sip") ? "sip" : false),
  });
  const admit = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    try {
      const found = await desk.logins.who(loginToken(request.headers.cookie));
      if (!found) return refuse(socket, "401 Unauthorized");
      const { name, telephone } = found.agent;
      if (telephone !== BROWSER_TELEPHONE) return refuse(socket, "403 Forbidden");
      server.handleUpgrade(request, socket, head, (browser) =>
        desk.browserPhones.connect(deskLine(name), browser),
      );
    } catch (error) {
      log.error({ err: error }, "A log-in could not be looked up");
      refuse(socket, "500 Internal Server Error");
    }
  };
  return {
    upgrade(request, socket, head) {
      socket.on("error", () => socket.destroy());
      if (!isSameOrigin(request.headers)) return refuse(socket, "403 Forbidden");
      void admit(request, socket, head);
    },
    [Symbol.dispose]() {
      for (const browser of server.clients) browser.terminate();
      server.close();
    },
  };
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
