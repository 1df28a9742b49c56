/** Sessions that end unless they are refreshed (RFC 4028): so that nobody waits for ever for a BYE that was lost. */
import type { Clock, Timer } from "../../model/clock.ts";
import { type Dialog, sessionLife } from "./dialog.ts";
import { isRequest, type SipHeader, type SipRequest, type SipResponse } from "./message.ts";

export interface SessionLife extends Disposable {
  /** Takes what a message says that begins or refreshes the session; without a word the session lasts. */
  heard(message: SipRequest | SipResponse): void;
  /** Begins to watch: as a dialog says that another process has had. */
  watch(): void;
}

/** @param then.refresh it is on us, and time; @param then.over the other end has not done it in time */
export function createSessionLife(
  dialog: Dialog,
  clock: Clock,
  then: { refresh(): void; over(): void },
): SessionLife {
  let timer: Timer | undefined;

  function watch(): void {
    timer?.[Symbol.dispose]();
    if (!dialog.refresh) return;
    const { everyMs, ours } = dialog.refresh;
    // Section 10: at half of it, or the smaller of 32 s and a third before its end.
    const afterMs = ours ? everyMs / 2 : everyMs - Math.min(32_000, everyMs / 3);
    timer = clock.after(afterMs, () => (ours ? then.refresh() : then.over()));
  }

  return {
    heard(message) {
      const life = sessionLife(message);
      if (life) {
        // "uac" is who has sent the request: in a response to ours that is us.
        const ours = isRequest(message) ? life.refresher === "uas" : life.refresher !== "uas";
        dialog.refresh = { everyMs: life.everyMs, ours };
      } else delete dialog.refresh;
      watch();
    },
    watch,
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}

/** What a refresh of ours says. */
export function refreshHeaders({ refresh }: Dialog): SipHeader[] {
  if (!refresh) return [];
  const refresher = refresh.ours ? "uac" : "uas";
  return [{ name: "session-expires", value: `${refresh.everyMs / 1_000};refresher=${refresher}` }];
}

/** What our answer to a request says of the session's life (section 9). */
export function lifeHeaders(request: SipRequest): SipHeader[] {
  const life = sessionLife(request);
  if (!life) return [];
  const refresher = life.refresher === "uas" ? "uas" : "uac";
  const value = `${life.everyMs / 1_000};refresher=${refresher}`;
  const theirs = refresher === "uac" ? [{ name: "require", value: "timer" }] : [];
  return [{ name: "session-expires", value }, ...theirs];
}
