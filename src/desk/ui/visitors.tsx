/** Who is on the firm's sites now: the session activity table, live (patent Fig. 7). */
import { useSignal } from "@preact/signals";
import type { Session } from "../../model/session.ts";
import { known, nowMs, select, selected } from "./desk.ts";
import { Priority } from "./icons.tsx";
import type { Known } from "./state.ts";
import { bySessionColumn, type SessionColumn } from "./visitor-order.ts";
import { duration, invitationWords, pageWords, roughly, timeOfDay } from "./words.ts";

const COLUMNS: readonly (readonly [SessionColumn, string, string])[] = [
  ["address", "Address", "Address, or name if it is known"],
  ["page", "Current page", "The page that is open, and how far the contact has come"],
  ["started", "Start", "When this visit began"],
  ["access", "Last access", "How long ago the last page was opened, and how many there were"],
  ["priority", "Priority", "0 is a nuisance, 9 the dearest customer"],
];

export function Visitors() {
  const column = useSignal<SessionColumn>("priority");
  const backwards = useSignal(false);
  const desk = known.value;
  const order = bySessionColumn(column.value);
  const sessions = Object.values(desk?.visitors ?? {})
    .filter((s) => s.state !== "ended")
    .sort((a, b) => (backwards.value ? order(b, a) : order(a, b)));
  if (!desk || sessions.length === 0)
    return (
      <p class="empty">
        <b>Nobody is on your sites.</b>
        As soon as somebody opens a page, the visit appears here and stays as long as it lasts.
      </p>
    );
  const sortBy = (name: SessionColumn) => {
    backwards.value = column.value === name && !backwards.value;
    column.value = name;
  };
  const direction = (name: SessionColumn) =>
    column.value !== name ? "none" : backwards.value ? "descending" : "ascending";
  return (
    <div class="table">
      <table class="visitors">
        <thead>
          <tr>
            {COLUMNS.map(([name, label, title]) => (
              <th key={name} class={`by-${name}`} aria-sort={direction(name)}>
                <button type="button" class="sort" title={title} onClick={() => sortBy(name)}>
                  {label}
                </button>
              </th>
            ))}
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
        <span class="soft">{session.name === undefined ? session.site : session.address}</span>
      </td>
      <td>
        <span class="url" title={page?.url}>
          {pageWords(page?.url ?? "")}
        </span>
        <span class="soft">{campaignState(session, desk)}</span>
      </td>
      <td>
        <time>{timeOfDay(session.startedMs)}</time>
        <time class="soft">{duration(nowMs.value - session.startedMs)}</time>
      </td>
      <td>
        <time>{roughly(nowMs.value - session.lastAccessMs)} ago</time>
        <span class="soft">
          {session.pages} {session.pages === 1 ? "page" : "pages"}
        </span>
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
