/** The web desk (patent Fig. 5). */
import { useSignal } from "@preact/signals";
import { render } from "preact";
import { Alert } from "./alert.tsx";
import { Callback } from "./callback.tsx";
import { CompanionOffer } from "./companion-offer.tsx";
import { Contact } from "./contact.tsx";
import {
  connection,
  begin,
  consulted,
  known,
  loggedOut,
  mine,
  queue,
  select,
  selected,
  unread,
} from "./desk.ts";
import { Handset } from "./handset.tsx";
import { Icon } from "./icons.tsx";
import { JobFile } from "./job-file.tsx";
import { Login } from "./login.tsx";
import { Pops } from "./pops.tsx";
import { QueueList } from "./queue-list.tsx";
import { TopBar } from "./top-bar.tsx";
import { Visitor } from "./visitor.tsx";
import { Visitors } from "./visitors.tsx";

type Tab = "queue" | "jobs" | "visitors";

function Desk() {
  if (loggedOut.value) return <Login />;
  if (!known.value)
    return (
      <p class="wait" role="status">
        {connection.value === "lost"
          ? "The server cannot be reached. Trying again \u2026"
          : "One moment \u2026"}
      </p>
    );
  return (
    <>
      <TopBar />
      <div class={`panes ${selected.value ? "chosen" : ""}`}>
        <Lists />
        <main>
          <Handset />
          <Own />
          <Current />
        </main>
      </div>
      <Pops />
    </>
  );
}

function Lists() {
  const tab = useSignal<Tab>("queue");
  const desk = known.value;
  const tabs: readonly (readonly [Tab, string, number])[] = [
    ["queue", "Queue", queue.value.length],
    ["jobs", "Job file", Object.keys(desk?.callbacks ?? {}).length],
    ["visitors", "Visitors", Object.keys(desk?.visitors ?? {}).length],
  ];
  return (
    <nav class="lists" aria-label="Work">
      <div class="tabs" role="tablist">
        {tabs.map(([name, label, count]) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={tab.value === name}
            aria-controls="list"
            onClick={() => (tab.value = name)}
          >
            {label} <span class="count">{count}</span>
          </button>
        ))}
      </div>
      <div id="list" role="tabpanel" aria-labelledby={`tab-${tab.value}`}>
        {tab.value === "queue" ? <QueueList /> : tab.value === "jobs" ? <JobFile /> : <Visitors />}
      </div>
    </nav>
  );
}

/** The agent's own contacts: several chats at once are switched here. */
function Own() {
  const contacts = consulted.value ? [...mine.value, consulted.value] : mine.value;
  if (!selected.value && contacts.length === 0) return null;
  return (
    <div class="own" role="group" aria-label="Your contacts">
      <button type="button" class="quiet return" onClick={() => select(undefined)}>
        <Icon name="back" /> Lists
      </button>
      {contacts.map(({ interaction: { id, kind, name, address, number, state } }) => (
        <button
          key={id}
          type="button"
          aria-pressed={selected.value?.id === id}
          class={state}
          onClick={() => select({ kind: "contact", id })}
        >
          <Icon name={kind === "chat" ? "chat" : "phone"} />
          {name ?? (address || number)}
          {(unread.value[id] ?? 0) > 0 && (
            <span class="count">
              {unread.value[id]}
              <span class="spoken"> new</span>
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

function Current() {
  const desk = known.value;
  const { kind, id } = selected.value ?? {};
  if (!desk || id === undefined) return <Nothing />;
  const alert = kind === "alert" ? desk.alerts[id] : undefined;
  if (alert) return <Alert alert={alert} />;
  const contact = kind === "contact" ? desk.contacts[id] : undefined;
  if (contact) return <Contact contact={contact} />;
  const callback = kind === "callback" ? desk.callbacks[id] : undefined;
  if (callback) return <Callback callback={callback} />;
  const session = kind === "visitor" ? desk.visitors[id] : undefined;
  return session ? <Visitor session={session} /> : <Nothing />;
}

function Nothing() {
  const away = known.value?.agent.status !== "available";
  return (
    <div class="nothing">
      <Icon name="visitor" />
      <h2>{away ? "You are not available" : "Nothing in hand"}</h2>
      <p>
        {away
          ? "Choose \u201cAvailable\u201d above, and alerts and contacts come to you."
          : "The next alert or contact opens here by itself. You can also take one from the queue, or invite a visitor from the list."}
      </p>
      <CompanionOffer />
    </div>
  );
}

const place = document.getElementById("desk");
if (place) render(<Desk />, place);
void begin();
