import type { Callback } from "../model/callback.ts";
import type { Interaction } from "../model/interaction.ts";

/** The contact that a callback becomes when it is called. */
export function contactOfCallback(callback: Callback, id: string, nowMs: number): Interaction {
  return {
    id,
    kind: "phone",
    state: "queued",
    site: callback.site,
    firm: callback.firm,
    sessionId: callback.sessionId,
    callbackId: callback.id,
    address: callback.evidence.address,
    url: callback.evidence.url,
    priority: callback.priority,
    ...(callback.name !== undefined && { name: callback.name }),
    number: callback.number,
    queuedMs: nowMs,
  };
}
