/**
 * What a page's Content-Security-Policy (CSP level 3, https://www.w3.org/TR/CSP3/) lets us append. A policy is never made to
 * allow a kind of thing that it forbids: all that is ever added is a nonce where nonces, hashes or 'strict-dynamic' decide
 * already, or the loader's own URL where every inline script may run anyway.
 */

/** The header values of an answer, each a list of policies. */
export interface Policies {
  readonly enforced: readonly string[];
  readonly reportOnly: readonly string[];
}

/** What our additions need. All of the page's own origin. */
export interface Additions {
  readonly script: URL;
  /** Event stream and answers of the script. */
  readonly connect: URL;
  readonly style: URL;
  readonly form: URL;
}

/** What may be appended, and the policies to send with it. */
export interface Fit {
  /** The loader may run and reach us. */
  readonly script: boolean;
  /** The loader's tag must carry the nonce. */
  readonly nonce: boolean;
  /** An invitation's form may be sent. */
  readonly form: boolean;
  readonly style: boolean;
  /** As many values as came in, in their order; unchanged unless `script` needs it. */
  readonly policies: Policies;
}

interface Directive {
  readonly name: string;
  readonly sources: readonly string[];
  /** Where it is in the policy, counted in `;`. */
  readonly at: number;
}
type Directives = ReadonlyMap<string, Directive>;

/** What makes the script run under one policy: nothing, one more source, or nothing can. */
type Need = { readonly runs: true; readonly add?: { source: string; at: number } } | undefined;

/**
 * Fits our additions to all policies of a page; several intersect (section 4.2).
 *
 * @param nonce fresh and unguessable, base64 characters
 */
export function fitPolicies(policies: Policies, to: Additions, nonce: string): Fit {
  const enforced = split(policies.enforced).map(directivesOf);
  const needs = enforced.map((policy) => scriptNeed(policy, to, nonce));
  const reported = split(policies.reportOnly).map((p) => scriptNeed(directivesOf(p), to, nonce));
  const every = (may: (policy: Directives) => boolean) => enforced.every(may);
  const script =
    needs.every((need) => need !== undefined) &&
    every((policy) => sandboxAllows(policy, "allow-scripts", "allow-same-origin")) &&
    every((policy) => allows(policy, ["connect-src", "default-src"], to.connect));
  const edit = (value: string) =>
    value
      .split(",")
      .map((policy) => edited(policy, scriptNeed(directivesOf(policy), to, nonce)))
      .join(",");
  return {
    script,
    nonce:
      script && [...needs, ...reported].some((need) => need?.add?.source === nonceSource(nonce)),
    form:
      every((policy) => sandboxAllows(policy, "allow-forms")) &&
      every((policy) => allows(policy, ["form-action"], to.form)),
    style: every((policy) =>
      allows(policy, ["style-src-elem", "style-src", "default-src"], to.style),
    ),
    policies: script
      ? { enforced: policies.enforced.map(edit), reportOnly: policies.reportOnly.map(edit) }
      : policies,
  };
}

const nonceSource = (nonce: string) => `'nonce-${nonce}'`;
const split = (values: readonly string[]) => values.flatMap((value) => value.split(","));

/** Section 2.2.1: the first directive of a name counts. */
function directivesOf(policy: string): Directives {
  const directives = new Map<string, Directive>();
  for (const [at, part] of policy.split(";").entries()) {
    const [name = "", ...sources] = part.trim().split(/[\t\n\f\r ]+/);
    const lower = name.toLowerCase();
    if (lower !== "" && !directives.has(lower)) directives.set(lower, { name: lower, sources, at });
  }
  return directives;
}

function effective(policy: Directives, names: readonly string[]): Directive | undefined {
  for (const name of names) {
    const directive = policy.get(name);
    if (directive) return directive;
  }
  return undefined;
}

function allows(policy: Directives, names: readonly string[], url: URL): boolean {
  const directive = effective(policy, names);
  return !directive || directive.sources.some((source) => matches(source, url));
}

function sandboxAllows(policy: Directives, ...flags: readonly string[]): boolean {
  const sandbox = policy.get("sandbox")?.sources.map((flag) => flag.toLowerCase());
  return !sandbox || flags.every((flag) => sandbox.includes(flag));
}

/** Section 6.7.1.1: whether a script that the parser finds, with a URL and perhaps a nonce, is let through. */
function scriptNeed(policy: Directives, to: Additions, nonce: string): Need {
  const directive = effective(policy, ["script-src-elem", "script-src", "default-src"]);
  if (!directive) return { runs: true };
  const { sources, at } = directive;
  const lower = sources.map((source) => source.toLowerCase());
  const dynamic = lower.includes("'strict-dynamic'");
  if (!dynamic && sources.some((source) => matches(source, to.script))) return { runs: true };
  if (lower.some((source) => /^'(nonce|sha256|sha384|sha512)-.+'$/.test(source)))
    return { runs: true, add: { source: nonceSource(nonce), at } };
  // A nonce would switch 'unsafe-inline' off, and with it the page's own scripts.
  if (lower.includes("'unsafe-inline'"))
    return dynamic ? undefined : { runs: true, add: { source: to.script.href, at } };
  return dynamic ? { runs: true, add: { source: nonceSource(nonce), at } } : undefined;
}

function edited(policy: string, need: Need): string {
  if (!need?.add) return policy;
  const { source, at } = need.add;
  const parts = policy.split(";");
  parts[at] = `${(parts[at] ?? "").trimEnd()} ${source}`;
  return parts.join(";");
}

const HOST_SOURCE =
  /^(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/)?(?<host>\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)(?::(?<port>\d+|\*))?(?<path>\/[^?#]*)?$/i;

/** Section 6.7.2.8: whether a source expression matches a URL of the page's own origin. */
function matches(source: string, url: URL): boolean {
  const lower = source.toLowerCase();
  if (lower === "'self'" || lower === "*") return true;
  if (/^[a-z][a-z0-9+.-]*:$/.test(lower)) return schemeMatches(lower, url.protocol);
  const { scheme, host, port, path } = HOST_SOURCE.exec(source)?.groups ?? {};
  if (host === undefined) return false;
  return (
    (scheme === undefined || schemeMatches(`${scheme.toLowerCase()}:`, url.protocol)) &&
    hostMatches(host.toLowerCase(), url.hostname) &&
    portMatches(port, url) &&
    pathMatches(path ?? "", url.pathname)
  );
}

/** Section 6.7.2.9: http lets https through too. */
const schemeMatches = (scheme: string, protocol: string) =>
  scheme === protocol || (scheme === "http:" && protocol === "https:");

/** Section 6.7.2.10: `*.a` matches what ends in `.a`, not `a`; of addresses only 127.0.0.1 ever matches. */
function hostMatches(pattern: string, host: string): boolean {
  if (pattern === "*") return true;
  if (pattern.startsWith("*.")) return host.endsWith(pattern.slice(1));
  if (/^\d+(\.\d+){3}$/.test(pattern) && pattern !== "127.0.0.1") return false;
  return pattern === host;
}

/** Section 6.7.2.11; `URL` writes no default port. */
function portMatches(port: string | undefined, url: URL): boolean {
  if (port === undefined) return url.port === "";
  if (port === "*") return true;
  const actual = url.port || (url.protocol === "https:" ? "443" : "80");
  return port === actual || (port === "80" && actual === "443");
}

/** Section 6.7.2.12: with a slash at its end it is a folder, else exactly that path. */
function pathMatches(pattern: string, path: string): boolean {
  if (pattern === "" || pattern === "/") return true;
  const [wanted, actual] = [decoded(pattern), decoded(path)];
  if (wanted === undefined || actual === undefined) return false;
  return pattern.endsWith("/") ? actual.startsWith(wanted) : actual === wanted;
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
