import { within } from "../model/consent.ts";
import type { ConsentTier, VisitorHistory } from "../model/visitor.ts";
import { createHash } from "node:crypto";
import type { Asker } from "../model/hit.ts";
import type { Client } from "./client/forwarded.ts";
import type { Networks } from "./client/networks.ts";
import type { ConsentReader } from "./consent/reader.ts";
import { type OwnCookie, findCookie } from "./cookie-header.ts";
import { ACCEPT_ENCODING, ACCEPT_LANGUAGE, HOST, REFERER, USER_AGENT } from "./http1/names.ts";
import type { RequestHead } from "./http1/request-head.ts";
import { TellsAsker } from "./link/told-hit.ts";
import { hostOf } from "./target.ts";
import type { OpenedCookie } from "./visitor-cookie.ts";

/** As much of it as the address key is made of. */
const MOST_AGENT_CHARACTERS = 512;
const MOST_LANGUAGE = 128;

/** Gzip among what is taken, unless it weighs nothing (RFC 9110, section 12.5.3). */
const GZIP = /(?:^|,)[\t ]*gzip[\t ]*(?:;[\t ]*q=(?!0(?:\.0*)?[\t ]*(?:,|$))[^,]*)?(?:,|$)/i;
const isGzipToo = (accepted: string) => accepted.includes(",") && GZIP.test(accepted);

/** What the requests of one connection have in common, nearly always: worked out once, and again when it changes. */
export class Known {
  /** As the visitor asked for it, perhaps with a port. */
  authority = "";
  /** The same as a site's name: lower case, without port; empty when it is no host's. */
  host = "";
  /** The address without its last part: as much of it as may be written down. */
  shortAddress = "";
  #forwarding: string | undefined;
  #address: string | undefined;
  #secure = false;
  #field = "";
  #found: OwnCookie = { cuts: [], alone: false };
  #cookie: string | undefined;
  #site = "";
  #opened: OpenedCookie | undefined;
  #reader: ConsentReader | undefined;
  #cookies = "";
  #consent: ConsentTier = "none";
  #networks: Networks | undefined;
  #isOf = false;
  #whole: VisitorHistory | undefined;
  #tier: ConsentTier = "none";
  #allowed: VisitorHistory | undefined;
  /** User-Agent of the latest request that was looked at so far; empty without one. */
  agent = "";
  /** Accept-Language, likewise. */
  language = "";
  #referrer = "";
  #encodings = "";
  #narrows = false;
  #asker: TellsAsker | undefined;
  #askerAgent = "";
  #askerLanguage = "";
  #pseudonymOf = "";
  #pseudonym = "";
  #keyOf: string | undefined;
  #salt = "";
  #addressKey = "";

  /** Learns what host a request is for, and who asks. */
  learn(head: RequestHead, { address, secure }: Client): void {
    const sameClient = this.#address === address && this.#secure === secure;
    if (sameClient && this.authority !== "" && head.equals(HOST, this.authority)) return;
    this.authority = head.value(HOST) ?? "";
    this.host = hostOf(this.authority);
    this.#forwarding = undefined;
    if (sameClient) return;
    this.#address = address;
    this.#secure = secure;
    this.shortAddress = address.replace(/[.:][^.:]*$/, "");
    this.#field = "";
    this.#keyOf = undefined;
    this.#asker = undefined;
    this.#networks = undefined;
  }

  /** The fields that say who asked, for the host. */
  forwarding(make: () => string): string {
    return (this.#forwarding ??= make());
  }

  /** Where our cookie stands in a Cookie field. */
  find(field: string, name: string, secure: boolean): OwnCookie {
    if (this.#field !== field) {
      this.#field = field;
      this.#found = findCookie(field, name, secure);
    }
    return this.#found;
  }

  /** The cookie, opened. */
  opened(site: string, cookie: string, open: () => OpenedCookie): OpenedCookie {
    if (!this.#opened || this.#cookie !== cookie || this.#site !== site) {
      this.#cookie = cookie;
      this.#site = site;
      this.#opened = open();
    }
    return this.#opened;
  }

  /** What the site's own cookies say that the visitor allows. */
  consent(cookies: string, reader: ConsentReader): ConsentTier {
    if (this.#reader !== reader || this.#cookies !== cookies) {
      this.#reader = reader;
      this.#cookies = cookies;
      this.#consent = reader(cookies);
    }
    return this.#consent;
  }

  /** Whether who asks is of these networks. */
  isOf(networks: Networks): boolean {
    if (this.#networks !== networks) {
      this.#networks = networks;
      this.#isOf = networks.has(this.#address ?? "");
    }
    return this.#isOf;
  }

  /** As much of the cookie's history as the visitor allows: the same as long as both are. */
  allowed(history: VisitorHistory, consent: ConsentTier): VisitorHistory | undefined {
    if (this.#whole !== history || this.#tier !== consent) {
      this.#whole = history;
      this.#tier = consent;
      this.#allowed = within(history, consent);
    }
    return this.#allowed;
  }

  /** User-Agent, empty without one: the same string as long as it is the same. */
  agentOf(head: RequestHead): string {
    if (!head.equals(USER_AGENT, this.agent)) this.agent = head.value(USER_AGENT) ?? "";
    return this.agent;
  }

  /** Accept-Language, empty without one: the same string as long as it is the same. */
  languageOf(head: RequestHead): string {
    if (!head.equals(ACCEPT_LANGUAGE, this.language)) {
      this.language = head.value(ACCEPT_LANGUAGE) ?? "";
    }
    return this.language;
  }

  /** Referer, undefined without one: the same string as long as it is the same. */
  referrerOf(head: RequestHead): string | undefined {
    if (!head.equals(REFERER, this.#referrer)) this.#referrer = head.value(REFERER) ?? "";
    return head.has(REFERER) ? this.#referrer : undefined;
  }

  /** Whether the visitor takes gzip among other codings. */
  takesGzipToo(head: RequestHead): boolean {
    if (head.isRepeated(ACCEPT_ENCODING)) return isGzipToo(head.all("accept-encoding").join());
    if (!head.equals(ACCEPT_ENCODING, this.#encodings)) {
      this.#encodings = head.value(ACCEPT_ENCODING) ?? "";
      this.#narrows = isGzipToo(this.#encodings);
    }
    return this.#narrows;
  }

  /** Who asks, with the User-Agent and the language that the request had. */
  asker(who: Omit<Asker, "userAgent" | "language">): TellsAsker {
    const known = this.#asker?.asker;
    if (
      this.#asker &&
      known?.site === who.site &&
      known.consent === who.consent &&
      known.history === who.history &&
      known.visitor.cookie === who.visitor.cookie &&
      known.visitor.visitorId === who.visitor.visitorId &&
      known.visitor.addressKey === who.visitor.addressKey &&
      this.#askerAgent === this.agent &&
      this.#askerLanguage === this.language
    )
      return this.#asker;
    this.#askerAgent = this.agent;
    this.#askerLanguage = this.language;
    this.#asker = new TellsAsker({
      ...who,
      ...(this.agent !== "" && { userAgent: this.agent.slice(0, MOST_AGENT_CHARACTERS) }),
      ...(this.language !== "" && { language: this.language.slice(0, MOST_LANGUAGE) }),
    });
    return this.#asker;
  }

  /** What stands for a visitor in the access log: his cookie's id cannot be told from it. */
  pseudonym(visitorId: string): string {
    if (this.#pseudonymOf !== visitorId) {
      this.#pseudonymOf = visitorId;
      this.#pseudonym = createHash("sha256").update(visitorId).digest("base64url").slice(0, 16);
    }
    return this.#pseudonym;
  }

  /** The key of address and User-Agent. */
  addressKey(agent: string, salt: string, make: () => string): string {
    if (this.#keyOf !== agent || this.#salt !== salt) {
      this.#keyOf = agent;
      this.#salt = salt;
      this.#addressKey = make();
    }
    return this.#addressKey;
  }
}
