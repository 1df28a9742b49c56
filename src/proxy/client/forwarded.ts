import { isIP } from "node:net";
import type { Networks } from "./networks.ts";

/** Who asks: the address, and whether by https. */
export interface Client {
  readonly address: string;
  readonly secure: boolean;
}

/** One hop, as the proxy behind it tells. */
interface Hop {
  readonly address: string | undefined;
  readonly secure: boolean | undefined;
}

/**
 * Who asks when the connection comes from `peer`. What a header says is believed from right to left, as long as whoever said it is
 * a proxy that we trust: each such proxy has written down who connected to it. An entry that cannot be read ends the search at the
 * last hop that could.
 *
 * X-Forwarded-For goes before Forwarded (RFC 7239) when there are both.
 *
 * @param get all values of a field as a list; its name in lower case
 */
export function clientOf(
  peer: Client,
  trusted: Networks,
  get: (name: string) => string | undefined,
): Client {
  if (!trusted.has(peer.address)) return peer;
  const hops = hopsOf(get);
  let client = peer;
  for (let hop = hops.pop(); hop; hop = hops.pop()) {
    if (hop.address === undefined) break;
    client = { address: hop.address, secure: hop.secure ?? client.secure };
    if (!trusted.has(hop.address)) break;
  }
  return client;
}

function hopsOf(get: (name: string) => string | undefined): Hop[] {
  const list = get("x-forwarded-for");
  const protocols = get("x-forwarded-proto")
    ?.split(",")
    .map((proto) => secureBy(proto.trim()));
  if (list !== undefined) {
    const addresses = list.split(",");
    return addresses.map((address, i) => ({
      address: addressOf(address.trim()),
      // Each proxy appends one to both lists, or sets the second alone.
      secure: protocols?.[protocols.length === addresses.length ? i : protocols.length - 1],
    }));
  }
  const forwarded = get("forwarded");
  if (forwarded !== undefined) return elements(forwarded).map(hopOf);
  // A proxy that tells no address may still tell how it was asked.
  const secure = protocols?.at(-1);
  return secure === undefined ? [] : [{ address: undefined, secure }];
}

function secureBy(proto: string): boolean | undefined {
  const lower = proto.toLowerCase();
  return lower === "https" || lower === "wss" ? true : lower === "http" ? false : undefined;
}

/** The elements of a Forwarded field: commas in quoted strings are none between them (RFC 7239, section 4). */
function elements(value: string): string[] {
  return value.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [];
}

const PAIR =
  /(?:^|;)\s*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w-]+))\s*(?=;|$)/g;

function hopOf(element: string): Hop {
  let address: string | undefined;
  let secure: boolean | undefined;
  for (const [, name = "", quoted, token] of element.trim().matchAll(PAIR)) {
    const value = quoted?.replaceAll(/\\(.)/g, "$1") ?? token ?? "";
    if (name.toLowerCase() === "for") address = addressOf(value);
    else if (name.toLowerCase() === "proto") secure = secureBy(value);
  }
  return { address, secure };
}

/** `1.2.3.4`, `1.2.3.4:5`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5`; not a name, and not `unknown`. */
export function addressOf(text: string): string | undefined {
  const [, bracketed] = /^\[([0-9a-fA-F:.]+)\](?::\d{1,5})?$/.exec(text) ?? [];
  const [, plain] = /^([\d.]+)(?::\d{1,5})?$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  return isIP(address) === 0 ? undefined : address.replace(/^::ffff:(?=\d+\.)/i, "");
}
