import { createHmac } from "node:crypto";

type Turn =
  | { readonly urls: readonly string[]; readonly secret: string }
  | { readonly urls: readonly string[]; readonly user: string; readonly password: string };

interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** A call may begin so long after its keys were made, and is relayed for as long as it takes. */
const KEYS_LAST_S = 3_600;

/**
 * How a browser finds its way to the exchange. With a shared secret each browser gets TURN keys of its own that run out
 * ("A REST API for access to TURN services", draft-uberti-behave-turn-rest-00; coturn's `use-auth-secret`).
 */
export function iceServers(
  { stun, turn }: { readonly stun: readonly string[]; readonly turn: readonly Turn[] },
  nowMs: number,
): IceServer[] {
  const username = String(Math.floor(nowMs / 1_000) + KEYS_LAST_S);
  return [
    ...(stun.length > 0 ? [{ urls: stun }] : []),
    ...turn.map((server) =>
      "secret" in server
        ? {
            urls: server.urls,
            username,
            credential: createHmac("sha1", server.secret).update(username).digest("base64"),
          }
        : { urls: server.urls, username: server.user, credential: server.password },
    ),
  ];
}
