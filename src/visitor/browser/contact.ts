/** A conversation or a call, on the card. */
import { type ChatMessage, isTalk } from "../../model/interaction.ts";
import type { ContactCard } from "../protocol.ts";
import { createCallOffer } from "./call-offer.ts";
import { element } from "./element.ts";
import { post } from "./post.ts";
import { openTalkWindow, showTalk } from "./talk-window.ts";

const NOT_SENT = "Not sent. Please try again in a moment.";

type Facts = Omit<ContactCard, "messages">;

export interface ContactView {
  readonly body: HTMLElement;
  facts: Facts;
  title(): string;
  /** What is going on, in words. */
  words(): string;
  readonly update: (facts: Facts) => void;
  /** Adds a message, unless it is there already. Tells whether it is news from the other side. */
  readonly add: (message: ChatMessage) => boolean;
}

/** What is going on, in words. `number` is the visitor's own, when it was given on this page. */
function contactWords(facts: Facts, number: string): string {
  const { kind, state, chat, handedOn, agent = "Somebody" } = facts;
  const at = number === "" ? "" : ` at ${number}`;
  if (kind === "chat") {
    if (state === "over") return "This chat is over.";
    return state === "active" ? `${agent} is here.` : "One moment, somebody will be with you.";
  }
  if (state === "over" && !handedOn)
    return chat ? "This chat is over." : "The call is over. Thank you.";
  if (isTalk(kind)) {
    const there = "The call has a window of its own; you can go on browsing here.";
    if (handedOn) return `${agent} has handed you on. ${there}`;
    return state === "active" ? `You are talking to ${agent}. ${there}` : there;
  }
  if (handedOn) return `${agent} has handed you on. Thank you.`;
  if (state === "active") return `You are talking to ${agent}.`;
  return state === "calling"
    ? `${agent} is calling you now${at}.`
    : `Thank you. We will call you${at} in a moment.`;
}

/** `number` is asked each time: the news of the contact may come before the answer to the form. */
export function createContact(first: Facts, base: string, number: () => string): ContactView {
  const log = element("div", {
    class: "warmline-log",
    role: "log",
    "aria-label": "Messages",
    tabindex: "0",
  });
  const words = element("p", { class: "warmline-status" });
  const error = element("p", { class: "warmline-error", role: "alert" });
  const text = element("textarea", {
    rows: "2",
    maxlength: "2000",
    "aria-label": "Your message",
    placeholder: "Write a message",
  });
  const form = element("form", { class: "warmline-write" }, text, element("button", {}, "Send"));
  let typed = "";
  const offer = createCallOffer(first.interactionId, base, (at) => {
    typed = at;
    view.update(view.facts);
  });
  const body = element(
    "div",
    { class: "warmline-contact", tabindex: "-1" },
    words,
    log,
    offer.body,
    error,
    form,
  );
  const show = element("button", { type: "button" }, "Show the call\u2019s window");
  show.addEventListener("click", () =>
    showTalk(openTalkWindow(view.facts.kind === "video"), base, first.interactionId),
  );
  body.append(show);
  const page = element("button", { type: "button", class: "warmline-quiet" });
  const told = element("p", { class: "warmline-note", role: "status" });
  page.addEventListener("click", () => void showPage());
  body.append(page, told);
  let last = 0;

  async function showPage() {
    const path = location.pathname + location.search + location.hash;
    const { interactionId, agent } = view.facts;
    try {
      const page = { interactionId, path, title: document.title };
      const response = await post(`${base}page`, page);
      const { message = NOT_SENT } = response.ok
        ? { message: `${agent} has a link to this page now.` }
        : ((await response.json()) as { message?: string });
      told.textContent = message;
    } catch {
      told.textContent = NOT_SENT;
    }
  }

  async function send() {
    const said = text.value.trim();
    if (said === "") return;
    text.readOnly = true;
    try {
      const { interactionId } = view.facts;
      const response = await post(`${base}chat`, { interactionId, text: said });
      if (response.ok) text.value = "";
      const { message } = (await response.json()) as { message?: string };
      error.textContent = response.ok ? "" : (message ?? NOT_SENT);
    } catch {
      error.textContent = NOT_SENT;
    }
    text.readOnly = false;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  });

  const view: ContactView = {
    body,
    facts: first,
    title: () =>
      view.facts.chat
        ? `Chat${view.facts.agent ? ` with ${view.facts.agent}` : ""}`
        : isTalk(view.facts.kind)
          ? "Call"
          : "Telephone",
    words: () => contactWords(view.facts, typed || number()),
    update(facts) {
      view.facts = facts;
      words.textContent = view.words();
      words.className = `warmline-status warmline-${facts.state}`;
      log.hidden = !facts.chat;
      offer.update(facts);
      show.hidden = !isTalk(facts.kind) || (facts.state === "over" && !facts.handedOn);
      page.hidden = facts.state !== "active";
      page.textContent = `Show this page to ${facts.agent ?? "us"}`;
      if (page.hidden) told.textContent = "";
      form.hidden = !facts.chat || facts.state === "over";
    },
    add(message) {
      if (message.number <= last) return false;
      last = message.number;
      log.append(element("div", { class: `warmline-said warmline-${message.from}` }, message.text));
      log.scrollTop = log.scrollHeight;
      return message.from !== "visitor";
    },
  };
  view.update(first);
  return view;
}
