/** A call that the agent offers in a chat: the visitor accepts with a press, and goes on writing beside it. */
import { isTalk } from "../../model/interaction.ts";
import type { CallChoice } from "../../model/invitation.ts";
import type { AnswerResult, ContactCard } from "../protocol.ts";
import { CALL_OFFER, TALK } from "../words.ts";
import { element } from "./element.ts";
import { post } from "./post.ts";
import { canTalk, openTalkWindow, showTalk } from "./talk-window.ts";

interface CallOfferView {
  readonly body: HTMLElement;
  /** Shows what is offered now, or nothing. */
  update(facts: Pick<ContactCard, "agent" | "offer">): void;
}

/** @param called told the number when the visitor is called by telephone */
export function createCallOffer(
  interactionId: string,
  base: string,
  called: (number: string) => void,
): CallOfferView {
  const heading = element("p", { class: "warmline-offered" });
  const cannot = element("p", { class: "warmline-note" }, CALL_OFFER.cannot);
  const error = element("p", { class: "warmline-error", role: "alert" });
  const button = (choice: CallChoice | "none", style = "") =>
    element("button", { type: "button", class: style }, CALL_OFFER[choice]);
  const talk = { voip: button("voip"), video: button("video") };
  const none = button("none", "warmline-quiet");
  const number = element("input", { type: "tel", autocomplete: "tel", maxlength: "40" });
  const phone = element(
    "form",
    { class: "warmline-by-phone", novalidate: true },
    element("label", { class: "warmline-field" }, element("span", {}, CALL_OFFER.number), number),
    element("button", {}, CALL_OFFER.phone),
  );
  const body = element(
    "div",
    { class: "warmline-offer", role: "group", "aria-label": "Offer of a call", hidden: true },
    heading,
    cannot,
    element("p", { class: "warmline-buttons" }, talk.voip, talk.video),
    phone,
    error,
    none,
  );
  let sending = false;

  async function answer(choice: CallChoice | "none"): Promise<void> {
    if (sending) return;
    // While the press still allows it; the microphone is asked for in there.
    const opened = isTalk(choice) ? openTalkWindow(choice === "video") : undefined;
    sending = true;
    error.textContent = "";
    try {
      const body = { interactionId, choice, number: number.value };
      const result = (await (await post(`${base}call`, body)).json()) as AnswerResult;
      if (!result.ok) throw new Error(result.message);
      if (choice === "phone") called(number.value);
      showTalk(opened, base, interactionId);
    } catch (problem) {
      opened?.close();
      const refused = problem instanceof Error && problem.constructor === Error;
      error.textContent = refused ? problem.message : TALK.notSent;
      if (choice === "phone") number.focus();
    }
    sending = false;
  }
  for (const choice of ["voip", "video"] as const)
    talk[choice].addEventListener("click", () => void answer(choice));
  none.addEventListener("click", () => void answer("none"));
  phone.addEventListener("submit", (event) => {
    event.preventDefault();
    void answer("phone");
  });

  return {
    body,
    update({ agent = "We", offer }) {
      const can = (choice: "voip" | "video") =>
        (offer?.includes(choice) ?? false) && canTalk(choice === "video");
      if (body.hidden && offer) error.textContent = "";
      body.hidden = offer === undefined;
      heading.textContent = CALL_OFFER.heading(agent);
      talk.voip.hidden = !can("voip");
      talk.video.hidden = !can("video");
      cannot.hidden = !offer?.some(isTalk) || can("voip") || can("video");
      phone.hidden = !offer?.includes("phone");
    },
  };
}
