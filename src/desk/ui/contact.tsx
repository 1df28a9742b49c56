/** The current contact: call status, call control, chat, wrap-up (patent Fig. 5, areas 74 and 76). */
import type { ContactView } from "../protocol.ts";
import { Chat } from "./chat.tsx";
import { give, known, nowMs } from "./desk.ts";
import { Heading } from "./heading.tsx";
import { Visit } from "./visit.tsx";
import { callWords, duration, legWords } from "./words.ts";
import { WrapUp } from "./wrap-up.tsx";

export function Contact({ contact }: { contact: ContactView }) {
  const { interaction, session } = contact;
  const isChat = interaction.kind === "chat";
  return (
    <div class="item">
      <Heading
        kind={isChat ? "chat" : "phone"}
        name={interaction.name}
        address={interaction.address}
        url={session?.trail.at(-1)?.url ?? interaction.url}
        site={interaction.site}
        priority={session?.priority ?? interaction.priority}
        number={interaction.number}
      />
      <div class="halves">
        <div>
          {isChat ? <ChatControl contact={contact} /> : <CallControl contact={contact} />}
          {isChat && <Chat contact={contact} />}
          {interaction.state === "wrapping" && <WrapUp key={interaction.id} contact={contact} />}
        </div>
        <div>
          <Visit session={session} />
        </div>
      </div>
    </div>
  );
}

function ChatControl({ contact: { interaction } }: { contact: ContactView }) {
  const { id, state, queuedMs, activeMs, agent } = interaction;
  const mine = agent === known.value?.agent.name;
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

function CallControl({ contact }: { contact: ContactView }) {
  const { interaction, call } = contact;
  const { id, state, queuedMs } = interaction;
  const live = call && call.state !== "ended";
  const endMs = call?.endedMs ?? nowMs.value;
  return (
    <section class="card control">
      <p class="state" role="status">
        {state === "queued"
          ? `Would like to be called, waiting for ${duration(nowMs.value - queuedMs)}.`
          : call
            ? callWords(call)
            : "Getting the telephones ready \u2026"}
      </p>
      {call && state !== "queued" && (
        <dl class="legs">
          <dt>Your telephone</dt>
          <dd>{legWords(call, "agent")}</dd>
          <dt>Visitor {interaction.number}</dt>
          <dd>{legWords(call, "visitor")}</dd>
          <dt>Duration</dt>
          <dd>{call.joinedMs === undefined ? "\u2013" : duration(endMs - call.joinedMs)}</dd>
        </dl>
      )}
      <div class="buttons">
        {state === "queued" && (
          <button
            type="button"
            class="main"
            onClick={() => void give("/api/contacts/accept", { interactionId: id })}
          >
            Accept and call
          </button>
        )}
        {live && (
          <button
            type="button"
            class="danger"
            onClick={() => void give("/api/contacts/release", { interactionId: id })}
          >
            Release
          </button>
        )}
        {state === "wrapping" && (
          <button
            type="button"
            onClick={() => void give("/api/contacts/redial", { interactionId: id })}
          >
            Redial
          </button>
        )}
      </div>
    </section>
  );
}
