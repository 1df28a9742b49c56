/** The waiting queue, in any order [0050]. */
import { nowMs, queue, queueOrder, select, selected } from "./desk.ts";
import { Icon, Priority } from "./icons.tsx";
import type { Entry, QueueOrder } from "./queue.ts";
import { duration } from "./words.ts";

const ORDERS: Readonly<Record<QueueOrder, string>> = {
  priority: "Priority",
  age: "Waiting time",
  kind: "Kind",
};
const KINDS = { alert: "Alert", chat: "Chat", phone: "Call", callback: "Callback" };

export function QueueList() {
  return (
    <>
      <label class="order">
        Sort by
        <select
          value={queueOrder}
          onChange={(event) => (queueOrder.value = event.currentTarget.value as QueueOrder)}
        >
          {Object.entries(ORDERS).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {queue.value.length === 0 ? (
        <p class="empty">
          <b>Nobody is waiting.</b>
          Visitors who match a campaign, ask for a chat or want to be called appear here by
          themselves.
        </p>
      ) : (
        <ul class="rows">
          {queue.value.map((entry) => (
            <Row key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ entry }: { entry: Entry }) {
  const kind = entry.kind === "alert" || entry.kind === "callback" ? entry.kind : "contact";
  return (
    <li>
      <button
        type="button"
        class={`row ${entry.kind}`}
        aria-current={selected.value?.id === entry.id}
        onClick={() => select({ kind, id: entry.id })}
      >
        <span class="kind" title={KINDS[entry.kind]}>
          <Icon name={entry.kind} />
          <span class="spoken">{KINDS[entry.kind]}</span>
        </span>
        <span class="what">
          <b>
            {entry.name ?? entry.address}
            {entry.forMe && <em class="chip">for you</em>}
          </b>
          <span class="page" title={entry.about}>
            {entry.site} · {entry.about}
          </span>
          <span class="reason" title={entry.reason}>
            {entry.reason}
          </span>
        </span>
        <span class="side">
          <Priority value={entry.priority} />
          <time>{duration(nowMs.value - entry.sinceMs)}</time>
        </span>
      </button>
    </li>
  );
}
