import { canonicalHost, type Certificate } from "./certificate.ts";

/** The certificates of all sites, by the names in them. */
export interface Certificates {
  readonly all: readonly Certificate[];
  /** For whoever names no host, or one that is in none. */
  readonly first: Certificate;
  /** The one for a host: with its exact name, then with a wildcard for its first label (RFC 9525, section 6.3). */
  of(host: string): Certificate | undefined;
}

/** Of several certificates for a name, the first counts. */
export function certificatesBy(all: readonly [Certificate, ...Certificate[]]): Certificates {
  const byName = new Map<string, Certificate>();
  for (const certificate of all) {
    for (const name of certificate.names) {
      if (!byName.has(name)) byName.set(name, certificate);
    }
  }
  return {
    all,
    first: all[0],
    of(host) {
      const name = canonicalHost(host);
      const dot = name.indexOf(".");
      return byName.get(name) ?? (dot > 0 ? byName.get(`*${name.slice(dot)}`) : undefined);
    },
  };
}
