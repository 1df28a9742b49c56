/** The wire of the telephones in desks: WebSockets at `/telephone`, SIP to the exchange (RFC 7118). */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { BROWSER_TELEPHONE, deskLine } from "../model/agent.ts";
import type { Log } from "../model/log.ts";
import type { Desk } from "./desk.ts";
import { isSameOrigin, loginToken, refuseUpgrade } from "./requests.ts";
import { createSipSockets } from "./sip-sockets.ts";

export interface TelephoneSockets extends Disposable {
  /** Takes over a connection that asks for another protocol. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export function createTelephoneSockets(
  desk: Pick<Desk, "browserPhones" | "logins">,
  { log }: { readonly log: Log },
): TelephoneSockets {
  const sockets = createSipSockets();
  const admit = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    try {
      const found = await desk.logins.who(loginToken(request.headers.cookie));
      if (!found) return refuseUpgrade(socket, "401 Unauthorized");
      const { name, telephone } = found.agent;
      if (telephone !== BROWSER_TELEPHONE) return refuseUpgrade(socket, "403 Forbidden");
      sockets.accept(request, socket, head, (browser) =>
        desk.browserPhones.connect(deskLine(name), browser),
      );
    } catch (error) {
      log.error({ err: error }, "A log-in could not be looked up");
      refuseUpgrade(socket, "500 Internal Server Error");
    }
  };
  return {
    upgrade(request, socket, head) {
      socket.on("error", () => socket.destroy());
      if (!isSameOrigin(request.headers)) return refuseUpgrade(socket, "403 Forbidden");
      void admit(request, socket, head);
    },
    [Symbol.dispose]: () => sockets[Symbol.dispose](),
  };
}
