import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { readPkcs12 } from "./pkcs12.ts";

export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** Where a certificate is kept: as PEM, the site's own first, or as PKCS #12. */
export type CertificateFiles =
  | { readonly cert: string; readonly key: string }
  | { readonly pkcs12: string; readonly passphrase: string };

/** A certificate with its chain and key, ready to be used. */
export interface Certificate {
  readonly file: string;
  /** Hosts that it is for, in lower case: `shop.example`, `*.shop.example`, `192.0.2.1`. */
  readonly names: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** For those who name a host, … */
  readonly context: SecureContext;
  /** … and what it is made of, for those who name none. */
  readonly pem: { readonly cert: string; readonly key: string };
}

/** Sessions belong to all contexts; Node's own default is the command line, which is another for each worker. */
export const SESSION_CONTEXT = "warmline";

/** Reads a certificate; a text when it cannot be used: what is wrong with which file, and how to mend it. */
export function readCertificate(
  files: CertificateFiles,
  minVersion: TlsVersion,
): Certificate | string {
  if ("pkcs12" in files) {
    const bytes = readOr(files.pkcs12);
    if (typeof bytes === "string") return bytes;
    const read = readPkcs12(bytes, files.passphrase);
    if (typeof read === "string") return `${files.pkcs12}: ${read}`;
    return parseCertificate({
      file: files.pkcs12,
      chain: read.chain,
      keyFile: files.pkcs12,
      key: read.key,
      minVersion,
    });
  }
  const [chain, key] = [readOr(files.cert), readOr(files.key)];
  if (typeof chain === "string") return chain;
  if (typeof key === "string") return key;
  return parseCertificate({
    file: files.cert,
    chain: chain.toString("latin1"),
    keyFile: files.key,
    key: key.toString("latin1"),
    minVersion,
  });
}

/** As {@link readCertificate}, with the PEM texts at hand. */
export function parseCertificate(from: {
  readonly file: string;
  readonly chain: string;
  readonly keyFile: string;
  readonly key: string;
  readonly minVersion: TlsVersion;
}): Certificate | string {
  const { file, chain, keyFile, minVersion } = from;
  if (!chain.includes("-----BEGIN CERTIFICATE-----")) {
    return `${file}: there is no certificate in it; it must be PEM, with a line -----BEGIN CERTIFICATE-----`;
  }
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(chain);
  } catch (error) {
    return `${file}: the certificate is broken (${reason(error)}); copy the file again, whole`;
  }
  const key = parseKey(keyFile, from.key);
  if (typeof key === "string") return key;
  if (!certificate.checkPrivateKey(key)) {
    return `${keyFile}: this is not the key of the certificate in ${file}; in a chain the site's own certificate stands first`;
  }
  const pem = { cert: chain, key: from.key };
  try {
    return {
      file,
      names: namesOf(certificate),
      notBeforeMs: certificate.validFromDate.getTime(),
      notAfterMs: certificate.validToDate.getTime(),
      context: createSecureContext({ ...pem, minVersion, sessionIdContext: SESSION_CONTEXT }),
      pem,
    };
  } catch (error) {
    return `${file}: cannot be used for TLS (${reason(error)})`;
  }
}

function parseKey(file: string, pem: string): KeyObject | string {
  if (pem.includes("ENCRYPTED")) {
    return `${file}: the key is encrypted; write it in the clear with "openssl pkey", readable by Warmline alone, or use PKCS #12`;
  }
  try {
    return createPrivateKey(pem);
  } catch (error) {
    return `${file}: there is no private key in it (${reason(error)}); it must be PEM, with a line -----BEGIN PRIVATE KEY-----`;
  }
}

/** From the subject alternative names; browsers look at nothing else (RFC 9525, section 6.3). */
function namesOf({ subjectAltName = "" }: X509Certificate): string[] {
  return subjectAltName.split(", ").flatMap((entry) => {
    const [, name] = /^(?:DNS|IP Address):([^"\s]+)$/.exec(entry) ?? [];
    return name === undefined ? [] : [canonicalHost(name)];
  });
}

/** One spelling for each host: lower case, IPv6 shortened and without brackets. */
export function canonicalHost(host: string): string {
  const address = host.replace(/^\[|\]$/g, "");
  if (!isIPv6(address)) return host.toLowerCase();
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function readOr(file: string): Buffer | string {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return `${file}: there is no such file`;
    if (code === "EACCES")
      return `${file}: this user may not read it; give it to Warmline's user or group`;
    return `${file}: cannot be read (${reason(error)})`;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
