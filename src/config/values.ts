/** Kinds of values that operators write: durations, addresses, hours, references to secrets. */
import { isIP } from "node:net";
import { z } from "zod";
import { WEEKDAYS } from "../model/local-time.ts";
import type { Opening } from "../model/opening-hours.ts";

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `250ms`, `30s`, `5m`, `2h`, `7d`; in milliseconds. */
export const duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, "write a number with ms, s, m, h or d, as in 30s")
  .transform((text) => {
    const [, digits = "", unit = ""] = /^(\d+)(\D+)$/.exec(text) ?? [];
    return Number(digits) * (UNITS_MS[unit] ?? Number.NaN);
  });

/** How long something may take, or how often it is done: nothing that is over at once. */
export const timeout = duration.refine((ms) => ms >= 10, "at least 10ms");

const SIZES: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** `512KB`, `10MB`, `2GB`; in bytes. */
export const size = z
  .string()
  .regex(/^\d{1,6}(B|KB|MB|GB)$/, "write a number with B, KB, MB or GB, as in 10MB")
  .transform((text) => {
    const [, digits = "", unit = ""] = /^(\d+)(\D+)$/.exec(text) ?? [];
    return Number(digits) * (SIZES[unit] ?? Number.NaN);
  });

/** Where to listen or connect. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:8080` or `[::1]:8080`. */
export const hostPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^:[\]]+):\d{1,5}$/, "write host:port, as in 127.0.0.1:8080")
  .transform((text): HostPort => {
    const at = text.lastIndexOf(":");
    return { host: text.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(text.slice(at + 1)) };
  })
  .refine(({ port }) => port <= 65_535, "ports end at 65535");

const HOURS =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))? ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/;

/** `Mon-Fri 08:00-23:00`, or `Sat 10:00-24:00`. */
export const openingHours = z
  .string()
  .regex(HOURS, "write days and times, as in Mon-Fri 08:00-18:00")
  .transform((text, context): Opening[] => {
    const [, first = "", last = first, fromHour, fromMinute, toHour, toMinute] =
      HOURS.exec(text) ?? [];
    const from = Number(fromHour) * 60 + Number(fromMinute);
    const to = Number(toHour) * 60 + Number(toMinute);
    const [begin, end] = [WEEKDAYS.indexOf(first), WEEKDAYS.indexOf(last)];
    if (from >= to || to > 1440 || begin > end) {
      context.addIssue({ code: "custom", message: "the end must come after the beginning" });
      return z.NEVER;
    }
    return WEEKDAYS.slice(begin, end + 1).map((_, i) => ({
      weekday: begin + i + 1,
      fromMinute: from,
      toMinute: to,
    }));
  });

/** ISO 3166-1 alpha-2. */
export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, "write two capital letters (ISO 3166), as in DE");

/** What E.164 numbers may begin with. */
export const phonePrefix = z
  .string()
  .regex(/^\+[1-9][0-9]{0,14}$/, "begin with + and the country's code, as in +49171");

/** A time zone that this machine knows. */
export const timeZone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}, "name a zone of the IANA time zone database, as in Europe/Berlin");

/** A host as it stands in a Host header, without port. */
export const hostName = z
  .string()
  .toLowerCase()
  .regex(
    /^([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:]+\])$/,
    "write a host name alone, without http://, port or *, as in shop.example",
  );

/** What `warmline hash-password` prints. */
export const passwordHash = z
  .string()
  .regex(
    /^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/,
    "make one with: npm run --silent warmline -- hash-password",
  );

/** `http://host:port` without a path. */
export const origin = z.string().refine((text) => {
  const url = URL.parse(text);
  return url !== null && url.protocol === "http:" && `${url.origin}/` === url.href;
}, "write http://host:port without a path (HTTPS to origins is not supported yet)");

/** Names of things in the file: they become metric labels and parts of URLs. */
export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "use lower-case letters, digits and hyphens, as in my-shop");

/** `10.0.0.0/8`, `2001:db8::/32`, or a single address. */
export const network = z.string().refine((text) => {
  const [address = "", bits] = text.split("/", 2);
  const most = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
  return bits === undefined ? most > 0 : /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}, "write a network like 10.0.0.0/8 or 2001:db8::/32");

/** Files of a certificate: PEM, or PKCS #12 with its passphrase. */
export const certificateFiles = z
  .strictObject({
    cert: z.string().min(1).exactOptional(),
    key: z.string().min(1).exactOptional(),
    pkcs12: z.string().min(1).exactOptional(),
    passphrase: z.string().exactOptional(),
  })
  .transform(({ cert, key, pkcs12, passphrase }, context) => {
    if (pkcs12 !== undefined && cert === undefined && key === undefined) {
      return { pkcs12, passphrase: passphrase ?? "" };
    }
    if (
      cert !== undefined &&
      key !== undefined &&
      pkcs12 === undefined &&
      passphrase === undefined
    ) {
      return { cert, key };
    }
    context.addIssue({
      code: "custom",
      message: "name cert and key, or pkcs12 and its passphrase",
    });
    return z.NEVER;
  });

/** `stun:host:port` (RFC 7064), or `turn:host:port?transport=tcp` (RFC 7065). */
export const iceUrl = (kind: "stun" | "turn") =>
  z
    .string()
    .regex(
      new RegExp(
        `^${kind}s?:(\\[[0-9a-fA-F:]+\\]|[A-Za-z0-9.-]+)(:\\d{1,5})?${kind === "turn" ? "(\\?transport=(udp|tcp))?" : ""}$`,
      ),
      `write ${kind}:host:port, as in ${kind}:${kind}.example.com:3478`,
    );
