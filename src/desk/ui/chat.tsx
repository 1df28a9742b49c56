/** The conversation with a visitor. Nothing typed is lost when sending fails, or when another chat is looked at. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ContactView } from "../protocol.ts";
import { give } from "./desk.ts";
import { timeOfDay } from "./words.ts";

const drafts = signal<Readonly<Record<string, string>>>({});
const write = (id: string, text: string) => (drafts.value = { ...drafts.value, [id]: text });

export function Chat({ contact }: { contact: ContactView }) {
  const { interaction, messages } = contact;
  const { id } = interaction;
  const log = useRef<HTMLDivElement>(null);
  const draft = drafts.value[id] ?? "";
  const active = ["connecting", "active", "held"].includes(interaction.state);
  useEffect(() => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [messages.length, id]);

  async function send() {
    const text = draft.trim();
    if (text === "") return;
    write(id, "");
    const done = await give("/api/contacts/chat", { interactionId: id, text });
    // Not sent: back into the field, in front of what was typed since.
    if (!done) write(id, [text, drafts.value[id]].filter(Boolean).join("\n"));
  }

  return (
    <section class="card chat">
      <h3>Chat</h3>
      <div class="log" ref={log} role="log" aria-label="Messages" tabIndex={0}>
        {messages.map((message) => (
          <p key={message.number} class={message.from}>
            <span>{message.text}</span>
            <time>{timeOfDay(message.atMs)}</time>
          </p>
        ))}
      </div>
      {active && (
        <form
          class="inline"
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <textarea
            rows={2}
            maxLength={2000}
            aria-label="Message to the visitor"
            placeholder="Write a message, send with Enter"
            value={draft}
            onInput={(event) => write(id, event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
              event.preventDefault();
              void send();
            }}
          />
          <button type="submit" class="main">
            Send
          </button>
        </form>
      )}
    </section>
  );
}
