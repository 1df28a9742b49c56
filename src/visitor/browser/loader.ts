/**
 * The visitor's script. It opens one event stream per visible tab, shows the invitation, the chat or the state of the call
 * on a card, and stores nothing. Whatever goes wrong with it, the page it runs in must not notice.
 */
import type { AnswerResult, InvitationCard, VisitorEvent } from "../protocol.ts";
import { createQuestion } from "./consent.ts";
import { createContact, type ContactView } from "./contact.ts";
import { element } from "./element.ts";
import { createFrame } from "./frame.ts";
import { invitationBody } from "./invitation.ts";
import { post } from "./post.ts";

function start(base: string) {
  const frame = createFrame(base);
  const contacts = new Map<string, ContactView>();
  const closed = new Set<string>();
  const shown = new Set<string>();
  let invitation: { card: InvitationCard; body: HTMLElement } | undefined;
  let thanks: HTMLElement | undefined;
  let typedNumber = "";
  let stream: EventSource | undefined;

  const question = createQuestion(base);

  /** Shows what matters most now. */
  function draw(): Promise<void> {
    const open = [...contacts.values()].filter((c) => !closed.has(c.facts.interactionId));
    const contact = open.find((c) => c.facts.state !== "over") ?? open.at(-1);
    if (contact) {
      const close = () => {
        closed.add(contact.facts.interactionId);
        void draw();
      };
      const over = contact.facts.state === "over";
      return frame.show({ title: contact.title(), body: contact.body, ...(over && { close }) });
    }
    if (invitation) return invite(invitation);
    if (!thanks) return frame.show(undefined);
    const close = () => {
      thanks = undefined;
      void draw();
    };
    return frame.show({ title: "Thank you", body: thanks, close });
  }

  async function invite({ card, body }: { card: InvitationCard; body: HTMLElement }) {
    await frame.show({
      title: card.heading,
      body,
      close: () => void decline(card),
      closeLabel: "No thanks",
    });
    if (shown.has(card.id) || invitation?.card.id !== card.id || document.hidden) return;
    shown.add(card.id);
    frame.announce(`${card.heading} ${card.text}`);
    post(`${base}shown`, { invitationId: card.id }).catch(() => shown.delete(card.id));
  }

  async function decline(card: InvitationCard) {
    setInvitation(undefined);
    void draw();
    const answer = new URLSearchParams({ invitation: card.id, choice: "none", back: "/" });
    await post(`${base}answer`, answer).catch(() => 0);
  }

  function setInvitation(card: InvitationCard | undefined) {
    if (card?.id === invitation?.card.id) return;
    if (card) thanks = undefined;
    invitation = card && {
      card,
      body: invitationBody(card, base, (result, number) => answered(card, result, number)),
    };
  }

  function answered(
    card: InvitationCard,
    { choice, contact }: AnswerResult & { ok: true },
    number: string,
  ) {
    const focused = frame.focused();
    typedNumber = number;
    if (invitation?.card === card) setInvitation(undefined);
    if (contact) setContact(contact);
    else if (choice !== "none")
      thanks = element(
        "div",
        { tabindex: "-1" },
        element("h2", {}, "Thank you"),
        element("p", {}, "Your request is noted. We will call you then."),
      );
    const body = contact ? contacts.get(contact.interactionId)?.body : thanks;
    // The form that had the focus is gone: it goes to what took its place.
    void draw().then(
      () =>
        focused &&
        (body?.querySelector<HTMLElement>("form:not([hidden]) textarea") ?? body)?.focus(),
    );
  }

  function setContact(facts: ContactView["facts"]) {
    const known = contacts.get(facts.interactionId);
    if (known) {
      const before = known.words();
      known.update(facts);
      if (known.words() !== before) frame.announce(known.words());
    } else if (facts.state !== "over")
      contacts.set(
        facts.interactionId,
        createContact(facts, base, () => typedNumber),
      );
  }

  function receive(event: VisitorEvent) {
    if (event.type === "state") {
      question.show(event.ask);
      setInvitation(event.invitation);
      const live = new Set(event.contacts.map((contact) => contact.interactionId));
      for (const { facts, update } of contacts.values())
        if (!live.has(facts.interactionId)) update({ ...facts, state: "over" });
      for (const contact of event.contacts) {
        setContact(contact);
        for (const message of contact.messages) contacts.get(contact.interactionId)?.add(message);
      }
    } else if (event.type === "invitation") setInvitation(event.invitation);
    else if (event.type === "withdraw") {
      if (invitation?.card.id === event.invitationId) setInvitation(undefined);
    } else if (event.type === "contact") setContact(event.contact);
    else if (event.type === "chat") {
      const { message } = event;
      if (contacts.get(message.interactionId)?.add(message)) frame.announce(message.text);
    } else {
      const to = new URL(event.path, location.href);
      if (!document.hidden && to.origin === location.origin && to.href !== location.href)
        location.assign(to);
    }
    void draw();
  }

  // A hidden tab gives its connection back, of which browsers have six per site, unless a contact is going on.
  function connect() {
    const talking = [...contacts.values()].some((contact) => contact.facts.state !== "over");
    if (document.hidden && !talking) {
      stream?.close();
      stream = undefined;
    } else if (!stream || stream.readyState === EventSource.CLOSED) {
      stream = new EventSource(`${base}events`);
      // Answered with an error, as while the engine restarts: browsers give up then, we do not.
      stream.addEventListener("error", () => {
        if (stream?.readyState === EventSource.CLOSED)
          setTimeout(connect, (20 + 20 * Math.random()) * 1000);
      });
      stream.addEventListener("message", ({ data }: MessageEvent<string>) =>
        receive(JSON.parse(data) as VisitorEvent),
      );
    }
    if (invitation && !document.hidden) void draw();
  }
  document.addEventListener("visibilitychange", connect);
  addEventListener("pagehide", () => stream?.close());
  addEventListener("pageshow", connect);
  connect();
}

const script = document.currentScript;
const mark = Symbol.for("warmline");
if (
  script instanceof HTMLScriptElement &&
  document.documentElement instanceof HTMLHtmlElement &&
  "attachShadow" in Element.prototype &&
  !(mark in window)
) {
  Object.defineProperty(window, mark, { value: true });
  const base = script.src.replace(/[^/]*$/, "");
  const loaded = () => {
    if (document.readyState === "complete") start(base);
    else addEventListener("load", () => start(base));
  };
  // Made ready ahead by the browser, perhaps for nobody: such a page is opened when it is shown.
  const opened = () => {
    const from = encodeURIComponent(document.referrer);
    const page = encodeURIComponent(location.pathname + location.search);
    void fetch(`${base}opened?page=${page}&from=${from}`, { method: "POST", keepalive: true })
      .catch(() => 0)
      .then(loaded);
  };
  const [entry] = performance.getEntriesByType("navigation") as { deliveryType?: string }[];
  if ((document as { prerendering?: boolean }).prerendering)
    document.addEventListener("prerenderingchange", opened, { once: true });
  // The browser gave up making it ready, and shows what it had fetched for that.
  else if (entry?.deliveryType === "navigational-prefetch") opened();
  else loaded();
}
