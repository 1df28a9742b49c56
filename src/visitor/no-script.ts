/**
 * Invitation, chat and answers for browsers without JavaScript [SPEC E6]. Pure functions from values to ASCII markup.
 * Whole pages are meant to be served directly under the reserved path, so their links are relative to it.
 */
import { type ChatMessage, isTalk } from "../model/interaction.ts";
import type { CallChoice } from "../model/invitation.ts";
import { escaped, localPath, paragraphs } from "./markup.ts";
import { backLink, whole } from "./page.ts";
import type { AnswerForm, ContactCard, InvitationCard } from "./protocol.ts";
import { CALL_OFFER, choiceLabel, inOrder } from "./words.ts";

/** A form to be mended: what was typed, and where the mistake is. */
export interface FormAgain {
  readonly card: InvitationCard;
  readonly values?: Partial<AnswerForm>;
  readonly field?: keyof AnswerForm;
}

/**
 * Markup to append to a page: the invitation as a plain form, seen only where scripts do not run. It is fixed to the
 * corner by `card.css`, can be folded up to see what is below, and reads well below the page when the site's policy forbids that stylesheet.
 */
export function invitationForm(
  card: InvitationCard,
  options: { readonly reservedPath: string; readonly back?: string },
): string {
  const base = escaped(localPath(options.reservedPath));
  return (
    `<noscript><link rel="stylesheet" href="${base}card.css">` +
    `<section class="warmline warmline-corner" aria-label="Invitation">` +
    `<details open><summary><h2>${escaped(card.heading)}</h2></summary>` +
    `${form({ card }, `${base}answer`, options.back)}</details></section></noscript>`
  );
}

/** The page after an answer. */
export function answerPage(page: {
  readonly heading: string;
  readonly text: string;
  readonly back?: string | undefined;
}): string {
  return whole(page.heading, `${paragraphs(page.text)}${backLink(page.back)}`);
}

/** The page after an answer that cannot be taken; with `form`, it can be mended on the spot. */
export function errorPage(page: {
  readonly message: string;
  readonly back?: string | undefined;
  readonly form?: FormAgain;
}): string {
  const error = `<p class="warmline-error" role="alert">${escaped(page.message)}</p>`;
  const again = page.form ? form(page.form, "answer", page.back) : "";
  return whole("That did not work", `${error}${again}${backLink(page.back)}`);
}

/** The page when nobody can be reached because the service is not running. */
export function unavailablePage(page: { readonly back?: string | undefined }): string {
  return whole(
    "Not available now",
    `<p>We cannot take your answer at the moment. Please try again in a few minutes.</p>${backLink(page.back)}`,
  );
}

/**
 * The conversation. While the visitor waits, the page renews itself; once there is something to write into, it does not,
 * because that would lose what is being typed: sending a message, or the link, shows what is new.
 */
export function chatPage(page: {
  readonly card: ContactCard;
  readonly reservedPath: string;
  readonly back?: string | undefined;
}): string {
  const { card } = page;
  const base = escaped(localPath(page.reservedPath));
  const here = `${base}chat?interaction=${encodeURIComponent(card.interactionId)}`;
  const active = (card.chat ?? false) && card.state !== "waiting" && card.state !== "over";
  const waiting = card.state === "waiting" || (card.state === "calling" && !card.chat);
  const messages = card.messages.map((message) => line(message, card.agent)).join("");
  const write =
    `<form class="warmline-write" method="post" action="${base}chat">` +
    `<input type="hidden" name="interactionId" value="${escaped(card.interactionId)}">` +
    `<label>Your message<textarea name="text" rows="3" maxlength="2000" required></textarea></label>` +
    `<button>Send</button></form><p><a href="${here}#end">Show new messages</a></p>`;
  const { offer } = card;
  const offered = offer === undefined ? "" : callForm(card.interactionId, offer, base);
  return whole(
    card.agent === undefined ? "Talk to us" : `You and ${card.agent}`,
    `<p role="status">${escaped(contactWords(card))}</p>` +
      (messages === "" ? "" : `<ol class="warmline-log">${messages}</ol>`) +
      `<div id="end">${offered}${active ? write : ""}</div>${backLink(page.back)}`,
    waiting ? `<meta http-equiv="refresh" content="4">` : "",
  );
}

/** Nobody talks by browser without a script: what is left is the telephone. */
function callForm(interactionId: string, offer: readonly CallChoice[], base: string): string {
  const browser = offer.some(isTalk)
    ? "<p>Talking by browser needs JavaScript, which is off here. We can call you by telephone.</p>"
    : "";
  return (
    `<form class="warmline-offer" method="post" action="${base}call">${browser}` +
    `<input type="hidden" name="interactionId" value="${escaped(interactionId)}">` +
    `<label class="warmline-field"><span>${escaped(CALL_OFFER.number)}</span>` +
    `<input name="number" type="tel" autocomplete="tel" maxlength="40"></label>` +
    `<p class="warmline-buttons"><button name="choice" value="phone">${escaped(CALL_OFFER.phone)}</button>` +
    `<button class="warmline-quiet" name="choice" value="none">${escaped(CALL_OFFER.none)}</button></p></form>`
  );
}

function contactWords(card: ContactCard): string {
  const agent = card.agent ?? "Somebody";
  if (card.state === "over" && card.handedOn && !card.chat) return `${agent} has handed you on.`;
  if (card.state === "over") return card.chat ? "This chat is over." : "The call is over.";
  if (card.state === "waiting") return "One moment please, somebody will be with you.";
  if (card.kind === "chat") return `${agent} is here.`;
  return card.state === "calling"
    ? `${agent} is calling you now.`
    : `${agent} is on the telephone with you.`;
}

function line(message: ChatMessage, agent: string | undefined): string {
  const who = { visitor: "You", agent: agent ?? "We", system: "Note" }[message.from];
  const text = escaped(message.text).replaceAll("\n", "<br>");
  return `<li class="warmline-said warmline-${message.from}"><b>${escaped(who)}:</b> ${text}</li>`;
}

function form(again: FormAgain, action: string, back: string | undefined): string {
  const { card, values = {}, field } = again;
  // Nobody talks by browser without a script.
  const choices = inOrder(card.choices).filter((choice) => !isTalk(choice));
  const calls = choices.includes("phone") || choices.includes("callback");
  const radios = choices.map(
    (choice) =>
      `<label class="warmline-choice"><input type="radio" name="choice" value="${choice}" required` +
      `${values.choice === choice ? " checked" : ""}> ${escaped(choiceLabel(choice, choices))}</label>`,
  );
  const input = (name: keyof AnswerForm, label: string, attributes: string, known?: string) => {
    const value = values[name] ?? known;
    return (
      `<label class="warmline-field warmline-${name}"><span>${label}</span><input name="${name}" ${attributes}` +
      `${value === undefined ? "" : ` value="${escaped(value)}"`}${field === name ? ' aria-invalid="true"' : ""}></label>`
    );
  };
  return (
    `<form method="post" action="${action}">${paragraphs(card.text)}` +
    (card.hours === undefined ? "" : `<p class="warmline-hours">${escaped(card.hours)}</p>`) +
    `<input type="hidden" name="invitation" value="${escaped(card.id)}">` +
    // Without it the engine goes by the Referer: the page is served by somebody else, who knows where it stands.
    (back === undefined
      ? ""
      : `<input type="hidden" name="back" value="${escaped(localPath(back))}">`) +
    `<fieldset><legend>Your answer</legend>${radios.join("")}</fieldset>` +
    (calls
      ? input(
          "number",
          "Telephone number",
          `type="tel" autocomplete="tel" maxlength="40"`,
          card.number,
        )
      : "") +
    (calls || choices.includes("chat")
      ? input("name", "Your name (if you like)", `autocomplete="name" maxlength="80"`, card.name)
      : "") +
    (choices.includes("callback")
      ? `<div class="warmline-when">${input("date", "Date", `type="date" placeholder="YYYY-MM-DD"`)}` +
        `${input("time", "Time", `type="time" placeholder="HH:MM"`)}</div>` +
        input("topic", "What is it about? (if you like)", `maxlength="200"`)
      : "") +
    `<button>Send</button></form>`
  );
}
