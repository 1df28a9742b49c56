import type { CertificateFiles } from "../config/checks.ts";
import type { Config } from "../config/schema.ts";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";
import { type Certificate, readCertificate } from "../proxy/tls/certificate.ts";
import { type Certificates, certificatesBy } from "../proxy/tls/choose.ts";
import { selfSigned } from "../proxy/tls/self-signed.ts";
import { StartError } from "./lifetime.ts";

/** How often it is looked whether the files have changed: renewed certificates are used without anybody's doing. */
const LOOK_MS = 60_000;

/** What is wrong with a certificate's files, or nothing. */
export function certificateProblem(files: CertificateFiles): string | undefined {
  const read = readCertificate(files, "TLSv1.2");
  return typeof read === "string" ? read : undefined;
}

/** Where certificates come from. */
interface Source {
  readonly config: Config;
  /** Where the certificate is that nobody vouches for. */
  readonly selfSigned: string;
  readonly clock: Clock;
}

interface Context extends Source {
  readonly log: Log;
  /** When a site's certificate ends, in ms since 1970; of several hosts the first to end. */
  ends(site: string, atMs: number): void;
}

/**
 * The certificates of a configuration. What visitors' browsers will complain of is logged.
 *
 * @throws {StartError} with the file that cannot be used, and why
 */
export function openCertificates(context: Context): Certificates {
  const { config, clock, log } = context;
  const certificates = readCertificates(context);
  if (config.tls.certificates.length === 0) {
    log.warn(
      { file: context.selfSigned },
      "no certificates are configured: browsers will warn of the one that was made; name others in tls.certificates",
    );
  }
  const nowMs = clock.nowMs();
  for (const { file, notBeforeMs, notAfterMs } of certificates) {
    if (notAfterMs <= nowMs) log.error({ file }, "a certificate has expired: renew it");
    if (notBeforeMs > nowMs)
      log.error({ file }, "a certificate is not valid yet: is the clock right?");
  }
  const by = certificatesBy(certificates);
  for (const site of config.sites) {
    const missing = site.hosts.filter((host) => by.of(host) === undefined);
    if (missing.length > 0) {
      log.warn({ site: site.name, hosts: missing }, "no certificate is for these hosts of a site");
    }
    const own = site.hosts.map((host) => by.of(host) ?? by.first);
    context.ends(site.name, Math.min(...own.map((c) => c.notAfterMs)));
  }
  return by;
}

/**
 * The certificates themselves; without any configured, one that nobody vouches for is made and kept.
 *
 * @throws {StartError} with the file that cannot be used, and why
 */
export function readCertificates(source: Source): [Certificate, ...Certificate[]] {
  const { config, clock } = source;
  const { minVersion, certificates } = config.tls;
  const read = certificates.map((files) => {
    const certificate = readCertificate(files, minVersion);
    if (typeof certificate === "string") throw new StartError(certificate);
    return certificate;
  });
  const [first, ...others] = read;
  if (first) return [first, ...others];
  const hosts = config.sites.flatMap((site) => site.hosts);
  return [selfSigned(source.selfSigned, hosts, minVersion, clock.nowMs())];
}

/** Certificates that are looked at now and then. */
export interface CertificateWatch extends Disposable {
  /**
   * The context's configuration is another now.
   *
   * @throws {StartError} with the file that cannot be used; then nothing has changed
   */
  reload(): void;
}

/** Looks at the files now and then, and tells of what is new in them. A file that cannot be used changes nothing. */
export function watchCertificates(
  context: Context,
  first: Certificates,
  changed: (certificates: Certificates) => void,
): CertificateWatch {
  const { clock, log } = context;
  let seen = first;
  const look = () => {
    timer = clock.after(LOOK_MS, look);
    if (context.config.tls.certificates.length === 0) return;
    try {
      if (contentOf(readCertificates(context)) === contentOf(seen.all)) return;
      seen = openCertificates(context);
    } catch (error) {
      log.error({ err: error }, "certificates are not renewed");
      return;
    }
    log.info({ files: seen.all.map((c) => c.file) }, "certificates were renewed");
    changed(seen);
  };
  let timer = clock.after(LOOK_MS, look);
  return {
    reload() {
      seen = openCertificates(context);
      changed(seen);
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}

function contentOf(certificates: readonly Certificate[]): string {
  return certificates.map(({ pem }) => pem.cert + pem.key).join("");
}
