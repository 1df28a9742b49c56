/** Who is on the firm's sites now: the session activity table, live (patent Fig. 7). */
import type { Session } from "../../model/session.ts";
import { known, nowMs, select, selected } from "./desk.ts";
import { Priority } from "./icons.tsx";
import type { Known } from "./state.ts";
import { duration, invitationWords, pageWords } from "./words.ts";

export function Visitors() {
  const desk = known.value;
  const sessions = Object.values(desk?.visitors ?? {})
    .filter((s) => s.state !== "ended")
    .sort((a, b) => b.priority - a.priority || b.lastAccessMs - a.lastAccessMs);
  if (!desk || sessions.length === 0)
    return (
      <p class="empty">
        <b>Nobody is on your sites.</b>
        As soon as somebody opens a page, the visit appears here and stays as long as it lasts.
      </p>
    );
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            <th>Visitor, page</th>
            <th>Time on page, site</th>
            <th title="Pages in this visit, visits so far">Pages, visits</th>
            <th>Priority</th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <Visit key={session.id} session={session} desk={desk} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Visit({ session, desk }: { session: Session; desk: Known }) {
  const page = session.trail.at(-1);
  const open = () => select({ kind: "visitor", id: session.id });
  return (
    <tr class={session.state} aria-current={selected.value?.id === session.id} onClick={open}>
      <td>
        <button type="button" class="link" onClick={open}>
          {session.name ?? session.address}
        </button>
        <span class="page" title={page?.url}>
          {session.site} · {pageWords(page?.url ?? "")}
        </span>
        <span class="reason">{campaignState(session, desk)}</span>
      </td>
      <td>
        <time>{duration(nowMs.value - (page?.atMs ?? session.startedMs))}</time>
        <time class="soft">{duration(nowMs.value - session.startedMs)}</time>
      </td>
      <td>
        {session.pages}
        <span class="soft">{session.history?.visitCount ?? "?"}</span>
      </td>
      <td>
        <Priority value={session.priority} />
      </td>
    </tr>
  );
}

/** How far this visitor is on the way from being noticed to being talked to. */
export function campaignState(session: Session, desk: Known): string {
  const contact = Object.values(desk.contacts).find((c) => c.interaction.sessionId === session.id);
  if (contact) return contact.interaction.state === "queued" ? "Waits in the queue" : "In contact";
  const invitation = latestInvitation(session.id, desk);
  if (invitation) return `Invitation ${invitationWords(invitation)}`;
  if (Object.values(desk.alerts).some((a) => a.session.id === session.id)) return "Alert raised";
  return session.state === "idle" ? "Quiet for a while" : "Browsing";
}

export function latestInvitation(sessionId: string, desk: Known) {
  return Object.values(desk.invitations)
    .filter((i) => i.sessionId === sessionId)
    .sort((a, b) => b.sentMs - a.sentMs)[0];
}
