import { INCOMPLETE } from "../http1/head.ts";
import { latin1Of } from "../http1/latin1.ts";
import { addressOf } from "./forwarded.ts";

/** What a preamble said. */
export interface Preamble {
  /** Behind it the visitor's own bytes begin. */
  readonly end: number;
  /** Who connected to the proxy; absent when the proxy speaks for itself, such as to see whether we are there. */
  readonly address: string | undefined;
}

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const V1 = /^PROXY (?:(TCP4|TCP6) (\S{1,39}) (\S{1,39}) (\d{1,5}) (\d{1,5})|UNKNOWN[^\r\n]*)\r\n/;
const LONGEST_V1 = 107;
/** Addresses and additions of version 2 that we take in. */
const LONGEST_V2 = 2048;

/**
 * Reads what a proxy says before a connection's own bytes, versions 1 and 2
 * (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt, section 2).
 *
 * @returns INCOMPLETE, or undefined when it is none
 */
export function readPreamble(
  bytes: Buffer,
  start: number,
  end: number,
): Preamble | typeof INCOMPLETE | undefined {
  const length = Math.min(end - start, SIGNATURE.length);
  const isV2 = bytes.compare(SIGNATURE, 0, length, start, start + length) === 0;
  return isV2 ? readV2(bytes, start, end) : readV1(bytes, start, end);
}

function readV1(bytes: Buffer, start: number, end: number) {
  const text = latin1Of(bytes, start, Math.min(end, start + LONGEST_V1));
  const match = V1.exec(text);
  if (!match) {
    const mayBe = text.startsWith("PROXY ") || "PROXY ".startsWith(text);
    return mayBe && !text.includes("\n") && text.length < LONGEST_V1 ? INCOMPLETE : undefined;
  }
  const [whole, family, from = "", to = ""] = match;
  const address = addressOf(from);
  if (family !== undefined) {
    const fits = (text: string) => text.includes(":") === (family === "TCP6");
    if (address === undefined || addressOf(to) === undefined || !fits(from) || !fits(to)) {
      return undefined;
    }
  }
  return { end: start + whole.length, address: family === undefined ? undefined : address };
}

const VERSION_2 = 0x20;
const LOCAL = 0;
const PROXIED = 1;
const IPV4 = 0x10;
const IPV6 = 0x20;

function readV2(bytes: Buffer, start: number, end: number) {
  if (end - start < 16) return INCOMPLETE;
  const command = (bytes[start + 12] as number) - VERSION_2;
  const family = (bytes[start + 13] as number) & 0xf0;
  const length = bytes.readUInt16BE(start + 14);
  if ((command !== LOCAL && command !== PROXIED) || length > LONGEST_V2) return undefined;
  const at = start + 16;
  if (end - at < length) return INCOMPLETE;
  if (command === LOCAL) return { end: at + length, address: undefined };
  if (family === IPV4 && length >= 12) {
    return { end: at + length, address: [...bytes.subarray(at, at + 4)].join(".") };
  }
  if (family !== IPV6 || length < 36) return undefined;
  return { end: at + length, address: ipv6Of(bytes.subarray(at, at + 16)) };
}

/** An IPv6 address as it is usually written (RFC 5952); one of IPv4 in it as one of IPv4. */
function ipv6Of(bytes: Buffer): string {
  const isV4 =
    bytes.readUInt16BE(10) === 0xffff && bytes.subarray(0, 10).every((byte) => byte === 0);
  if (isV4) return [...bytes.subarray(12)].join(".");
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
