/** The current contact: call status, call control, chat, wrap-up (patent Fig. 5, areas 74 and 76). */
import { isCall, isChat } from "../../model/interaction.ts";
import type { ContactView, ShownPage } from "../protocol.ts";
import { CallControl } from "./call-control.tsx";
import { CallOffer } from "./call-offer.tsx";
import { Chat } from "./chat.tsx";
import { give, isMine, nowMs } from "./desk.ts";
import { Heading } from "./heading.tsx";
import { Visit } from "./visit.tsx";
import { duration, timeOfDay } from "./words.ts";
import { WrapUp } from "./wrap-up.tsx";

export function Contact({ contact }: { contact: ContactView }) {
  const { interaction, session } = contact;
  const talks = isCall(interaction.kind);
  const writes = isChat(interaction);
  return (
    <div class="item">
      <Heading
        kind={talks ? "phone" : "chat"}
        name={interaction.name}
        address={interaction.address ?? ""}
        url={session?.trail.at(-1)?.url ?? interaction.url ?? ""}
        site={interaction.site}
        priority={session?.priority ?? interaction.priority}
        number={interaction.number}
      />
      <div class="halves">
        <div>
          {talks ? <CallControl contact={contact} /> : <ChatControl contact={contact} />}
          {writes && <Chat contact={contact} />}
          {interaction.state === "wrapping" && isMine(contact) && (
            <WrapUp key={interaction.id} contact={contact} />
          )}
        </div>
        <div>
          {contact.shown && <Shown page={contact.shown} />}
          <Visit session={session} never={interaction.sessionId === undefined} />
        </div>
      </div>
    </div>
  );
}

/** What the visitor wants the agent to look at. */
function Shown({ page: { url, title, atMs } }: { page: ShownPage }) {
  return (
    <section class="card" aria-labelledby="shown" aria-live="polite">
      <h3 id="shown">The visitor shows you</h3>
      <p class="now">
        <a href={url} target="_blank" rel="noopener noreferrer">
          {title || url}
        </a>
      </p>
      <p class="soft">
        {url} · {timeOfDay(atMs)}
      </p>
    </section>
  );
}

function ChatControl({ contact }: { contact: ContactView }) {
  const { id, state, queuedMs, activeMs } = contact.interaction;
  const mine = isMine(contact);
  return (
    <section class="card control slim">
      <p class="state" role="status">
        {state === "queued" &&
          `Would like to chat, waiting for ${duration(nowMs.value - queuedMs)}.`}
        {state === "active" &&
          `In conversation for ${duration(nowMs.value - (activeMs ?? queuedMs))}.`}
        {state === "wrapping" && "The chat is over."}
        {(state === "reserved" || state === "connecting") && "Connecting \u2026"}
      </p>
      {state === "active" && mine && <CallOffer contact={contact} />}
      <div class="buttons">
        {state === "queued" && (
          <button
            type="button"
            class="main"
            onClick={() => void give("/api/contacts/accept", { interactionId: id })}
          >
            Accept chat
          </button>
        )}
        {state === "active" && mine && (
          <button
            type="button"
            onClick={() => void give("/api/contacts/release", { interactionId: id })}
          >
            End chat
          </button>
        )}
      </div>
    </section>
  );
}
