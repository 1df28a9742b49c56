import type { Allowed } from "./appending.ts";
import { type Additions, fitPolicies } from "./csp.ts";
import type { Beginning } from "./document-start.ts";
import { Front } from "./gzip-front.ts";

/** Where our additions to a site's pages are, all under the reserved path; and what they look like. The same for most pages. */
export class SiteAdditions implements Additions {
  readonly script: URL;
  readonly connect: URL;
  readonly style: URL;
  readonly form: URL;
  /** The loader's tag, for pages without nonces. */
  readonly loader: string;
  readonly front: Front;

  /** @param base the reserved path's URL */
  constructor(base: string) {
    this.script = new URL("loader.js", base);
    this.connect = new URL("events", base);
    this.style = new URL("card.css", base);
    this.form = new URL("answer", base);
    this.loader = this.#tag("");
    this.front = new Front(this.loader);
  }

  loaderWith(nonce: string): string {
    return this.#tag(` nonce="${nonce}"`);
  }

  #tag(attributes: string): string {
    return `<script async${attributes} src="${this.script.pathname}"></script>`;
  }

  /** What a document itself allows: what stands in it cannot be added to. */
  allowedIn({ base, policies: enforced }: Beginning): Allowed {
    if (base !== undefined && URL.parse(base, this.script.href)?.origin !== this.script.origin)
      return { script: false, form: false, reason: "base" };
    if (enforced.length === 0) return { script: true, form: true };
    const own = fitPolicies({ enforced, reportOnly: [] }, this, "-");
    const unchanged = own.policies.enforced.every((policy, i) => policy === enforced[i]);
    return { script: own.script && unchanged, form: own.form, reason: "csp" };
  }
}

const known = new Map<string, SiteAdditions>();
/** Visitors choose the port in Host. */
const MOST_KNOWN = 1000;

/**
 * The additions to pages under that path, remembered.
 *
 * @param authority host and port as the visitor knows them; a port that cannot be is left out
 */
export function additionsAt(secure: boolean, authority: string, path: string): SiteAdditions {
  const at = (host: string) => `${secure ? "https" : "http"}://${host}${path}`;
  const key = at(authority);
  let additions = known.get(key);
  if (!additions) {
    if (known.size >= MOST_KNOWN) known.clear();
    const base = URL.canParse(key) ? key : at(authority.replace(/:\d*$/, ""));
    additions = new SiteAdditions(base);
    known.set(key, additions);
  }
  return additions;
}
