import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Requests that a visitor may send ahead on one connection. No browser sends any. */
const MOST_AHEAD = 32;

/**
 * The requests of one connection, one after the other. Node would hand out all that were sent ahead at once: one visitor could
 * take every place at an origin, and what stands behind a refused request would be taken for a request of its own.
 */
export interface Turns {
  /** Calls `begin` when all earlier answers on the connection are done; never when the connection ends before. */
  take(response: ServerResponse, begin: () => void): void;
}

export function takeTurns(socket: Socket): Turns {
  const ahead: { response: ServerResponse; begin: () => void }[] = [];
  let now: ServerResponse | undefined;
  socket.once("close", () => {
    ahead.length = 0;
  });
  return {
    take(response, begin) {
      if (socket.destroyed) return;
      ahead.push({ response, begin });
      if (ahead.length > MOST_AHEAD) socket.destroy();
      else if (!now) next();
    },
  };

  function next(): void {
    const turn = ahead.shift();
    now = turn?.response;
    if (!turn) return;
    turn.response.once("close", () => {
      // After an answer that closes the connection nothing more is a request (RFC 9112, section 9.6).
      if (turn.response.shouldKeepAlive && !socket.destroyed) next();
      else ahead.length = 0;
    });
    turn.begin();
  }
}
