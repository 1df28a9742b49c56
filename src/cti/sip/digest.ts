/** Digest authentication of a client (RFC 3261, section 22, with the algorithms of RFC 8760 and the rules of RFC 7616). */
import { createHash, randomBytes } from "node:crypto";
import { splitList } from "./message.ts";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** From the strongest to the one that old servers know; node:crypto's names for them. */
const HASHES: readonly (readonly [algorithm: string, hash: string])[] = [
  ["SHA-512-256", "sha512-256"],
  ["SHA-256", "sha256"],
  ["MD5", "md5"],
];

export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string | undefined;
  readonly algorithm: string;
  /** Without one the server is of RFC 2069's time. */
  readonly auth: boolean;
  /** The password was right, only the nonce was old. */
  readonly stale: boolean;
}

/**
 * The challenge to answer among those that were sent: the first, in the server's order, that we know how to answer (RFC 8760,
 * section 2.3); nothing when there is none.
 *
 * @param values of all WWW-Authenticate or Proxy-Authenticate headers, one challenge each
 */
export function chooseChallenge(values: readonly string[]): Challenge | undefined {
  for (const value of values) {
    const challenge = parseChallenge(value);
    if (challenge) return challenge;
  }
  return undefined;
}

function parseChallenge(value: string): Challenge | undefined {
  const [, list] = /^Digest[ \t]+(.*)$/is.exec(value) ?? [];
  if (list === undefined) return undefined;
  const fields = new Map<string, string>();
  for (const part of splitList(list)) {
    const [, name = "", text = ""] = /^([A-Za-z-]+)[ \t]*=[ \t]*(.*)$/s.exec(part) ?? [];
    fields.set(name.toLowerCase(), text.replace(/^"(.*)"$/s, "$1"));
  }
  const [realm, nonce, qop] = [fields.get("realm"), fields.get("nonce"), fields.get("qop")];
  const written = fields.get("algorithm") ?? "MD5";
  const known = HASHES.find(([name]) => name === written.toUpperCase());
  const auth = qop?.split(",").some((one) => one.trim().toLowerCase() === "auth") ?? false;
  if (realm === undefined || nonce === undefined || !known || (qop !== undefined && !auth))
    return undefined;
  return {
    realm,
    nonce,
    opaque: fields.get("opaque"),
    algorithm: known[0],
    auth,
    stale: fields.get("stale")?.toLowerCase() === "true",
  };
}

/**
 * The value of an Authorization header.
 *
 * @param count how many requests with this nonce there have been, this one included
 */
export function answerChallenge(
  challenge: Challenge,
  { user, password }: Credentials,
  request: { readonly method: string; readonly uri: string },
  count: number,
  clientNonce = randomBytes(8).toString("hex"),
): string {
  const { realm, nonce, opaque, algorithm, auth } = challenge;
  const hash = HASHES.find(([name]) => name === algorithm)?.[1] ?? "md5";
  const h = (text: string) => createHash(hash).update(text, "utf8").digest("hex");
  const nc = count.toString(16).padStart(8, "0");
  const [ha1, ha2] = [h(`${user}:${realm}:${password}`), h(`${request.method}:${request.uri}`)];
  const response = h(
    auth ? `${ha1}:${nonce}:${nc}:${clientNonce}:auth:${ha2}` : `${ha1}:${nonce}:${ha2}`,
  );
  const quote = (text: string) => `"${text}"`;
  const escaped = Buffer.from(user.replaceAll(/["\\]/g, (one) => `\\${one}`)).toString("latin1");
  return `Digest ${[
    `username=${quote(escaped)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(request.uri)}`,
    `response=${quote(response)}`,
    `algorithm=${algorithm}`,
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ...(auth ? [`qop=auth`, `nc=${nc}`, `cnonce=${quote(clientNonce)}`] : []),
  ].join(", ")}`;
}
