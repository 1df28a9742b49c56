/** A visitor who is on the site now: looked at from the list, or invited and not yet answering. */
import type { Session } from "../../model/session.ts";
import { Composer } from "./composer.tsx";
import { known } from "./desk.ts";
import { VisitHeading } from "./heading.tsx";
import { Visit } from "./visit.tsx";
import { Why } from "./why.tsx";
import { campaignState, latestInvitation } from "./visitors.tsx";

export function Visitor({ session }: { session: Session }) {
  const desk = known.value;
  if (!desk) return null;
  const invitation = latestInvitation(session.id, desk);
  const pending = invitation && ["qualified", "sent", "shown"].includes(invitation.state);
  const busy = Object.values(desk.contacts).some((c) => c.interaction.sessionId === session.id);
  return (
    <div class="item">
      <VisitHeading kind="visitor" session={session} />
      <div class="halves">
        <div>
          <section class="card control">
            <p class="state" role="status">
              {campaignState(session, desk)}
            </p>
            {pending && (
              <p class="soft">
                “{invitation.heading}” An answer appears in the queue, marked as yours.
              </p>
            )}
          </section>
          {!pending && !busy && session.state !== "ended" && (
            <Composer key={session.id} session={session} />
          )}
        </div>
        <div>
          <Visit session={session} />
          {session.state !== "ended" && <Why key={session.id} session={session} />}
        </div>
      </div>
    </div>
  );
}
