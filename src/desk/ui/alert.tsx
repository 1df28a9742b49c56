/** An alert: somebody worth talking to, why, and the invitation to send. */
import type { AlertView } from "../protocol.ts";
import { Composer } from "./composer.tsx";
import { give, known, nowMs } from "./desk.ts";
import { VisitHeading } from "./heading.tsx";
import { Visit } from "./visit.tsx";
import { duration } from "./words.ts";

export function Alert({ alert }: { alert: AlertView }) {
  const { session, opportunity } = alert;
  const open = alert.state === "queued" || alert.state === "offered";
  const sent = Object.values(known.value?.invitations ?? {}).some(
    (i) => i.opportunityId === opportunity.id,
  );
  return (
    <div class="item">
      <VisitHeading kind="alert" session={session} />
      <div class="halves">
        <div>
          <section class="card control">
            <p class="state">
              {opportunity.campaign}
              <code>{opportunity.criterion}</code>
            </p>
            {open && (
              <div class="buttons">
                <span class="soft">Open to all for {duration(alert.expiresMs - nowMs.value)}</span>
                <button
                  type="button"
                  onClick={() => void give("/api/alerts/accept", { alertId: alert.id })}
                >
                  Keep it for me
                </button>
                <button
                  type="button"
                  onClick={() => void give("/api/alerts/reject", { alertId: alert.id })}
                >
                  Not for me
                </button>
              </div>
            )}
          </section>
          {!sent && (
            <Composer
              key={alert.id}
              session={session}
              alertId={alert.id}
              suggestion={alert.suggestion}
            />
          )}
        </div>
        <div>
          <Visit session={session} />
        </div>
      </div>
    </div>
  );
}
