/** The job file: callbacks to make, the ones that are due first [0057]. */
import { known, nowMs, select, selected } from "./desk.ts";
import { Icon, Priority } from "./icons.tsx";
import { moment, roughly } from "./words.ts";

export function JobFile() {
  const callbacks = Object.values(known.value?.callbacks ?? {}).sort(
    (a, b) =>
      Number(b.state === "due") - Number(a.state === "due") ||
      (a.state === "due" ? b.priority - a.priority : 0) ||
      a.dueMs - b.dueMs,
  );
  if (callbacks.length === 0)
    return (
      <p class="empty">
        <b>No callbacks.</b>
        Visitors who come out of hours, or when everybody is busy, can leave their number and a
        time. Their requests wait here.
      </p>
    );
  return (
    <ul class="rows">
      {callbacks.map((callback) => (
        <li key={callback.id}>
          <button
            type="button"
            class="row callback"
            aria-current={selected.value?.id === callback.id}
            onClick={() => select({ kind: "callback", id: callback.id })}
          >
            <span class="kind">
              <Icon name="callback" />
            </span>
            <span class="what">
              <b>{callback.name ?? callback.number}</b>
              <span class="page">{callback.topic ?? callback.site}</span>
              <span class="reason">{moment(callback.dueMs)}</span>
            </span>
            <span class="side">
              <Priority value={callback.priority} />
              {callback.state === "due" ? (
                <em class="chip">due</em>
              ) : callback.state === "scheduled" ? (
                <time>in {roughly(callback.dueMs - nowMs.value)}</time>
              ) : (
                <em class="chip">
                  {callback.state === "reserved" ? "being called" : callback.state}
                </em>
              )}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
