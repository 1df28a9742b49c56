/** The invitation on the card: one form, answered without leaving the page (patent Figs. 6a-6f). */
import { isTalk } from "../../model/interaction.ts";
import type { Choice } from "../../model/invitation.ts";
import type { AnswerForm, AnswerResult, InvitationCard } from "../protocol.ts";
import { choiceLabel, inOrder } from "../words.ts";
import { element, paragraphs } from "./element.ts";
import { post } from "./post.ts";
import { canTalk, openTalkWindow, showTalk } from "./talk-window.ts";

const FAILED = "That could not be sent. Please try again.";

/** Builds the form; `answered` gets the engine's answer when it took it, with the number that was given. */
export function invitationBody(
  card: InvitationCard,
  base: string,
  answered: (result: AnswerResult & { ok: true }, number: string) => void,
): HTMLElement {
  const choices = inOrder(card.choices).filter(
    (choice) => !isTalk(choice) || canTalk(choice === "video"),
  );
  const calls = choices.includes("phone") || choices.includes("callback");
  const error = element("p", { class: "warmline-error", role: "alert" });
  const send = element("button", { class: "warmline-send" }, "Send");
  const hidden = (name: keyof AnswerForm, value: string) =>
    element("input", { type: "hidden", name, value });
  const radio = (choice: Choice) =>
    element("input", { type: "radio", name: "choice", value: choice, required: true });
  const radios = choices.map(radio);
  const field = (
    name: keyof AnswerForm,
    label: string,
    attributes: Record<string, string>,
    value?: string,
  ) =>
    element(
      "label",
      { class: `warmline-field warmline-${name}` },
      element("span", {}, label),
      element("input", { name, value, ...attributes }),
    );

  const form = element(
    "form",
    { method: "post", action: `${base}answer`, novalidate: true },
    element("h2", {}, card.heading),
    ...paragraphs(card.text),
  );
  if (card.hours !== undefined) form.append(element("p", { class: "warmline-hours" }, card.hours));
  form.append(
    hidden("invitation", card.id),
    hidden("back", location.pathname + location.search),
    element(
      "fieldset",
      {},
      element("legend", {}, "Your answer"),
      ...radios.map((input, i) =>
        element(
          "label",
          { class: "warmline-choice" },
          input,
          choiceLabel(choices[i] ?? "none", choices),
        ),
      ),
    ),
  );
  if (calls)
    form.append(
      field(
        "number",
        "Telephone number",
        { type: "tel", autocomplete: "tel", maxlength: "40" },
        card.number,
      ),
    );
  if (calls || choices.some((choice) => choice === "chat" || isTalk(choice)))
    form.append(
      field(
        "name",
        "Your name (if you like)",
        { autocomplete: "name", maxlength: "80" },
        card.name,
      ),
    );
  if (choices.includes("callback"))
    form.append(
      element(
        "div",
        { class: "warmline-when" },
        field("date", "Date", { type: "date" }),
        field("time", "Time", { type: "time" }),
      ),
      field("topic", "What is it about? (if you like)", { maxlength: "200" }),
    );
  form.append(error, send);

  // Who types a number means to be called, and who types a date means later.
  form.addEventListener("input", ({ target }) => {
    const { name } = target as HTMLInputElement;
    const chosen = radios.find((r) => r.checked)?.value;
    const meant = choices.includes("phone") && name === "number" ? "phone" : "callback";
    if (!/number|date|time|topic/.test(name) || chosen === "callback" || chosen === meant) return;
    const radio = radios.find((r) => r.value === meant);
    if (radio) radio.checked = true;
  });

  function complain(message: string, name?: string) {
    for (const wrong of form.querySelectorAll("[aria-invalid]"))
      wrong.removeAttribute("aria-invalid");
    error.textContent = message;
    const input =
      name === undefined ? undefined : form.querySelector<HTMLInputElement>(`[name="${name}"]`);
    input?.setAttribute("aria-invalid", "true");
    (input?.closest(".warmline-when") ?? input?.closest("label, fieldset") ?? send).after(error);
    input?.focus();
  }

  async function submit() {
    const data = new FormData(form);
    if (!data.get("choice")) return complain("Please choose one.", "choice");
    if (send.ariaDisabled) return;
    const choice = data.get("choice") as Choice;
    const talk = isTalk(choice) ? openTalkWindow(choice === "video") : undefined;
    // Not `disabled`: that would take the focus away.
    send.ariaDisabled = "true";
    try {
      const answer = new URLSearchParams(data as unknown as Record<string, string>);
      const response = await post(form.action, answer);
      const result = (await response.json()) as AnswerResult;
      if (result.ok) {
        if (result.contact) showTalk(talk, base, result.contact.interactionId);
        return answered(result, data.get("number") as string);
      }
      talk?.close();
      complain(result.message, result.field);
    } catch {
      talk?.close();
      complain(FAILED);
    }
    send.ariaDisabled = null;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  return form;
}
