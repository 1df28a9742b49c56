import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import forge from "node-forge";
import {
  canonicalHost,
  type Certificate,
  parseCertificate,
  type TlsVersion,
} from "./certificate.ts";

const DAY_MS = 86_400_000;
const LIFETIME_MS = 365 * DAY_MS;
/** So long before its end a new one is made at start. */
const RENEW_MS = 30 * DAY_MS;

/**
 * The certificate that nobody vouches for, for a first start: read from the file, or made and kept there when it is missing, nearly
 * over, or for other hosts. The file is readable by its owner only.
 *
 * @throws {Error} with the system's `code` when the file cannot be written
 */
export function selfSigned(
  file: string,
  hosts: readonly string[],
  minVersion: TlsVersion,
  nowMs: number,
): Certificate {
  const wanted = hosts.map(canonicalHost);
  const kept = read(file, minVersion);
  if (kept && kept.notAfterMs - nowMs > RENEW_MS && wanted.every((h) => kept.names.includes(h))) {
    return kept;
  }
  // Several processes may do this at once: each file is whole, and the last one stays.
  const made = `${file}.${randomBytes(6).toString("hex")}`;
  writeFileSync(made, make(wanted, nowMs), { mode: 0o600 });
  chmodSync(made, 0o600);
  renameSync(made, file);
  const certificate = read(file, minVersion);
  if (!certificate) throw new Error(`${file}: the certificate just made cannot be read`);
  return certificate;
}

function read(file: string, minVersion: TlsVersion): Certificate | undefined {
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const certificate = parseCertificate({ file, chain: pem, keyFile: file, key: pem, minVersion });
  return typeof certificate === "string" ? undefined : certificate;
}

/** Key and certificate in one text (RFC 5280). */
function make(hosts: readonly string[], nowMs: number): string {
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const { pki, md } = forge;
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(pair.publicKey);
  // Positive, or it would not be DER.
  certificate.serialNumber = `01${randomBytes(15).toString("hex")}`;
  certificate.validity.notBefore = new Date(nowMs - DAY_MS);
  certificate.validity.notAfter = new Date(nowMs + LIFETIME_MS);
  const name = [{ name: "commonName", value: "Warmline, self-signed" }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    {
      name: "subjectAltName",
      altNames: hosts.map((host) =>
        isIP(host) > 0 ? { type: 7, ip: host } : { type: 2, value: host },
      ),
    },
  ]);
  certificate.sign(pki.privateKeyFromPem(pair.privateKey), md.sha256.create());
  return `${pair.privateKey}${pki.certificateToPem(certificate).replaceAll("\r\n", "\n")}`;
}
