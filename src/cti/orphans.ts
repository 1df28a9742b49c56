import { callOfLeg } from "./call-steps.ts";
import type { SwitchEvent } from "./switch.ts";

/** Legs of ours that an earlier process has left at the exchange. */
export interface Orphans {
  /** Those that exist. Two of one call may be talking: they are left to it. One alone has nobody to talk to. */
  readonly found: (legIds: readonly string[]) => void;
  readonly heard: (event: Extract<SwitchEvent, { legId: string }>) => void;
}

/**
 * Two people who talk must not be cut off because the engine was restarted. So a pair goes on until one of the two hangs
 * up; then the other is released, since nobody else would. Whoever was still being called is released on answering.
 */
export function createOrphans(
  release: (legId: string) => void,
  dissolve: (callId: string) => void,
): Orphans {
  const partners = new Map<string, string>();
  return {
    found(legIds) {
      partners.clear();
      const byCall = new Map<string, string[]>();
      for (const legId of legIds) {
        const callId = callOfLeg(legId);
        byCall.set(callId, [...(byCall.get(callId) ?? []), legId]);
      }
      for (const [callId, [one, other]] of byCall) {
        if (one === undefined) continue;
        if (other !== undefined) {
          partners.set(one, other).set(other, one);
          continue;
        }
        release(one);
        dissolve(callId);
      }
    },
    heard({ type, legId }) {
      const other = partners.get(legId);
      if (other === undefined) return;
      partners.delete(legId);
      partners.delete(other);
      release(other);
      if (type !== "ended") release(legId);
      dissolve(callOfLeg(legId));
    },
  };
}
