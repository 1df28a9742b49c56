/**
 * Telephones in browsers: PJSIP endpoints that exist in Asterisk's memory only, made and removed over ARI ("push
 * configuration"; `sorcery.conf` must map endpoint, aor and auth to `memory` too). Each has a password of its own, may be
 * registered at one place, and has no dial plan: it can be called, and can call nobody.
 */
import { z } from "zod";
import type { Log } from "../../model/log.ts";
import { type BrowserLines, SwitchError } from "../switch.ts";
import { accepted, type AriConnection } from "./connection.ts";

export interface AsteriskLines extends BrowserLines {
  /** After a gap: ours are made anew where they are missing, others with our name are removed once nobody talks on them. */
  takeUp(): Promise<void>;
  /** A call on the line has ended. */
  callEnded(line: string): void;
}

const endpointList = z.array(z.object({ resource: z.string() }));

/** What an endpoint for a browser needs (Asterisk's "WebRTC" settings), unless the operator says otherwise. */
const ENDPOINT: Readonly<Record<string, string>> = {
  webrtc: "yes",
  context: "warmline-browsers-call-nobody",
  disallow: "all",
  direct_media: "no",
  rewrite_contact: "yes",
  force_rport: "yes",
  rtp_symmetric: "yes",
  allow_transfer: "no",
  // A browser that is gone without a word.
  rtp_timeout: "20",
  rtp_timeout_hold: "20",
};

/** Every browser has G.711 (RFC 7874, section 3), and so has every telephone: nothing is transcoded. */
const VOICE = "ulaw,alaw";
/** Every browser has it, too (RFC 7742, section 5). It is passed on as it comes. */
const PICTURES = "vp8";

/** The codecs of browsers' calls, as Asterisk names them; with pictures, if there may be any. */
export function codecsOf({ browserEndpoint, video }: BrowserCodecs, pictures: boolean): string {
  const voice = (browserEndpoint["allow"] ?? VOICE)
    .split(",")
    .filter((one) => !one.startsWith("!"));
  return [...voice, ...(pictures && video ? [PICTURES] : [])].join(",");
}

export interface BrowserCodecs {
  /** Settings of the endpoints, over our own. */
  readonly browserEndpoint: Readonly<Record<string, string>>;
  /** Whether pictures may be sent at all. */
  readonly video: boolean;
}

/** The name of a line's endpoint, and of who registers with it. */
export function endpointName(application: string, line: string): string {
  return `${application}-browser-${line}`;
}

/** The line of an endpoint; nothing when it is none of ours. */
export function lineOfEndpoint(application: string, resource: string): string | undefined {
  const prefix = endpointName(application, "");
  return resource.startsWith(prefix) ? resource.slice(prefix.length) : undefined;
}

export function createBrowserLines(
  options: BrowserCodecs & { readonly application: string; readonly signalling: string },
  ari: AriConnection,
  log: Log,
  /** Whether there is a call on the line. */
  busy: (line: string) => boolean,
): AsteriskLines {
  const passwords = new Map<string, string>();
  /** To be removed when the call on it has ended: of an endpoint that is removed while in use Asterisk keeps a shell for ever. */
  const closing = new Set<string>();
  const lineOf = (resource: string) => lineOfEndpoint(options.application, resource);
  const path = (type: string, name: string) =>
    `asterisk/config/dynamic/res_pjsip/${type}/${encodeURIComponent(name)}`;

  async function put(type: string, name: string, settings: Readonly<Record<string, string>>) {
    const fields = Object.entries(settings).map(([attribute, value]) => ({ attribute, value }));
    const reply = await ari.request("PUT", path(type, name), { body: { fields } });
    if (reply.status === 403 || reply.status === 404) {
      log.error(
        { status: reply.status, type },
        "the exchange makes no telephones for browsers: see sorcery.conf in docs/operating.md",
      );
      throw new SwitchError("WL_SWITCH_REFUSED", `the exchange makes no ${type} objects`);
    }
    accepted(reply);
  }

  async function make(name: string, password: string): Promise<void> {
    const auth = { auth_type: "userpass", username: name, password };
    await put("auth", name, auth);
    const aor = { max_contacts: "1", remove_existing: "yes", minimum_expiration: "10" };
    await put("aor", name, aor);
    await put("endpoint", name, {
      ...ENDPOINT,
      ...options.browserEndpoint,
      allow: codecsOf(options, true),
      auth: name,
      aors: name,
    });
  }

  async function remove(line: string): Promise<void> {
    if (busy(line)) return void closing.add(line);
    closing.delete(line);
    const name = endpointName(options.application, line);
    for (const type of ["endpoint", "aor", "auth"]) await ari.request("DELETE", path(type, name));
  }
  /** One that cannot be removed now is removed when the exchange is back. */
  async function removeOrLater(line: string): Promise<void> {
    try {
      await remove(line);
    } catch (error) {
      if (!(error instanceof SwitchError)) throw error;
    }
  }

  return {
    signalling: options.signalling,
    async open(line, password) {
      const user = endpointName(options.application, line);
      passwords.set(line, password);
      closing.delete(line);
      try {
        await make(user, password);
      } catch (error) {
        passwords.delete(line);
        throw error;
      }
      return { user, password };
    },
    async close(line) {
      passwords.delete(line);
      await removeOrLater(line);
    },
    callEnded(line) {
      if (!closing.has(line) || passwords.has(line)) return;
      removeOrLater(line).catch((error: unknown) =>
        log.error({ err: error }, "a browser's line was not removed"),
      );
    },
    async takeUp() {
      const reply = await ari.request("GET", "endpoints/PJSIP");
      for (const { resource } of endpointList.parse(accepted(reply))) {
        const line = lineOf(resource);
        if (line !== undefined && !passwords.has(line)) await remove(line);
      }
      for (const [line, password] of passwords) {
        await make(endpointName(options.application, line), password);
      }
    },
  };
}
