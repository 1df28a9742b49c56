import type { SwitchOptions } from "../config/schema.ts";
import { createAsteriskSwitch } from "../cti/asterisk/switch.ts";
import type { DialogRecords } from "../cti/ports.ts";
import { createSipSwitch } from "../cti/sip/switch.ts";
import { createMemorySwitch } from "../cti/memory/switch.ts";
import type { Switch, SwitchEvent } from "../cti/switch.ts";
import type { Clock } from "../model/clock.ts";
import type { Log } from "../model/log.ts";

/** The driver that the configuration names. */
export function connectSwitch(
  options: SwitchOptions,
  /** Whether browsers may send pictures. */
  video: boolean,
  ports: { readonly clock: Clock; readonly log: Log; readonly records: DialogRecords },
  listener: (event: SwitchEvent) => void,
): Switch & AsyncDisposable {
  switch (options.driver) {
    case "memory":
      return createMemorySwitch({ answerAfterMs: options.answerAfter }, ports.clock, listener);
    case "asterisk":
      return createAsteriskSwitch(
        { ...options, video, signalling: options.webSocket ?? besideAri(options.url) },
        ports,
        listener,
      );
    case "sip": {
      const { domain, expires, ...trunk } = options.trunk;
      return createSipSwitch(
        {
          ...trunk,
          listen: options.listen,
          domain: domain ?? trunk.server.host,
          expiresMs: expires,
        },
        ports,
        listener,
      );
    }
  }
}

/** `http://host:port/ari` has SIP over WebSocket at `ws://host:port/ws`: it is the same server. */
function besideAri(ari: string): string {
  const url = new URL(ari.replace(/^http/, "ws"));
  url.pathname = url.pathname.replace(/\/ari\/*$/, "/ws");
  [url.username, url.password] = ["", ""];
  return url.href;
}
