import type { ConsentTier } from "../model/visitor.ts";
import type { Client } from "./client/forwarded.ts";
import type { ConsentReader } from "./consent/reader.ts";
import { type OwnCookie, findCookie } from "./cookie-header.ts";
import { HOST } from "./http1/names.ts";
import type { RequestHead } from "./http1/request-head.ts";
import { hostOf } from "./target.ts";
import type { OpenedCookie } from "./visitor-cookie.ts";

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
  #agent: string | undefined;
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
    this.#agent = undefined;
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

  /** The key of address and User-Agent. */
  addressKey(agent: string, salt: string, make: () => string): string {
    if (this.#agent !== agent || this.#salt !== salt) {
      this.#agent = agent;
      this.#salt = salt;
      this.#addressKey = make();
    }
    return this.#addressKey;
  }
}
