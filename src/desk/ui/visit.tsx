/** The page the visitor sees, the way there, and past behaviour. */
import { useSignal } from "@preact/signals";
import type { Session } from "../../model/session.ts";
import type { Priority as Grade } from "../../model/visitor.ts";
import { give, known, nowMs, toast } from "./desk.ts";
import { duration, moment, priorityWords, roughly, timeOfDay } from "./words.ts";

interface Props {
  readonly session: Session | undefined;
  /** Nobody who came from the site. */
  readonly never?: boolean;
}

export function Visit({ session, never = false }: Props) {
  if (!session)
    return (
      <section class="card">
        <h3>Visit</h3>
        <p class="soft">
          {never ? "Nobody on the site has left this number." : "The visitor has left the site."}
        </p>
      </section>
    );
  const page = session.trail.at(-1);
  return (
    <>
      <section class="card">
        <h3>On the page now</h3>
        <p class="now">{page?.url ?? "\u2013"}</p>
        <p class="soft">
          for {duration(nowMs.value - (page?.atMs ?? session.startedMs))}, on the site for{" "}
          {duration(nowMs.value - session.startedMs)}
          {session.state === "ended" && " · has left"}
        </p>
        <ShowPage session={session} />
      </section>
      <section class="card">
        <h3>Way through the site</h3>
        <ol class="trail">
          {session.trail.toReversed().map((view, i, views) => (
            <li key={view.atMs}>
              <time>{timeOfDay(view.atMs)}</time>
              <span title={view.url}>{view.url}</span>
              <small>
                {roughly((i === 0 ? nowMs.value : (views[i - 1]?.atMs ?? 0)) - view.atMs)}
              </small>
            </li>
          ))}
        </ol>
        {session.referrer !== undefined && <p class="soft">Came from {session.referrer}</p>}
      </section>
      <History session={session} />
    </>
  );
}

function ShowPage({ session }: { session: Session }) {
  const path = useSignal("");
  async function show(event: SubmitEvent) {
    event.preventDefault();
    const answer = await give("/api/visitors/page", { sessionId: session.id, path: path.value });
    if (!answer) return;
    path.value = "";
    toast(
      answer.at === "once" ? "The page is shown now." : "It will be the visitor\u2019s next page.",
    );
  }
  return (
    <form class="inline" onSubmit={(event) => void show(event)}>
      <input
        aria-label="Page to show to the visitor"
        placeholder="/another/page"
        pattern="/([^\/\\].*)?"
        title="A page of this site, beginning with /"
        required
        value={path}
        onInput={(event) => (path.value = event.currentTarget.value)}
      />
      <button type="submit">Show page</button>
    </form>
  );
}

function History({ session }: { session: Session }) {
  const { history } = session;
  const spent = history?.purchases.reduce((sum, p) => sum + (p.amount ?? 0), 0) ?? 0;
  return (
    <section class="card">
      <h3>Past behaviour</h3>
      {history ? (
        <dl class="facts">
          <dt>First seen</dt>
          <dd>{moment(history.firstSeenMs)}</dd>
          <dt>Visits</dt>
          <dd>{history.visitCount}</dd>
          <dt>Time on the site</dt>
          <dd>{roughly(history.timeSpentMs)}</dd>
          <dt>Purchases</dt>
          <dd>
            {history.purchases.length === 0 ? "none yet" : history.purchases.length}
            {spent > 0 && ` (${spent.toLocaleString()})`}
          </dd>
        </dl>
      ) : (
        <p class="soft">
          {session.consent === "none"
            ? "Not known: this visitor does not want to be recognised."
            : "Nothing is known before the second page."}
        </p>
      )}
      <PriorityChoice session={session} />
    </section>
  );
}

function PriorityChoice({ session }: { session: Session }) {
  const may = known.value?.agent.maySetPriority ?? false;
  async function set(priority: Grade) {
    if (await give("/api/visitors/priority", { sessionId: session.id, priority }))
      toast(`Priority is now ${priority}.`);
  }
  if (!may)
    return (
      <p class="soft">
        Priority {session.priority}: {priorityWords(session.priority)}
      </p>
    );
  return (
    <label class="inline">
      Priority
      <select
        value={session.priority}
        onChange={(event) => void set(Number(event.currentTarget.value) as Grade)}
      >
        {[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((value) => (
          <option key={value} value={value}>
            {value} – {priorityWords(value)}
          </option>
        ))}
      </select>
    </label>
  );
}
