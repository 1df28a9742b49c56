/** Asks once whether the visitor may be remembered: a strip at the edge of the page that takes no focus and hides nothing for good. */
import { ANSWERS, ASK } from "../consent-words.ts";
import type { ConsentCard } from "../protocol.ts";
import { element, paragraphs } from "./element.ts";
import { post } from "./post.ts";

export interface Question {
  /** Asks, unless this page has been answered already; without a card there is nothing to ask any more. */
  show(card: ConsentCard | undefined): void;
}

export function createQuestion(base: string): Question {
  let host: HTMLElement | undefined;
  let answered = false;

  function ask({ text, privacy }: ConsentCard): HTMLElement {
    const place = element("div");
    const problem = element("p", { class: "warmline-error", role: "alert" });
    const buttons = ANSWERS.map(([answer, label]) => {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => void send(answer));
      return button;
    });
    async function send(answer: string) {
      problem.textContent = "";
      const form = new URLSearchParams({ answer });
      const sent = await post(`${base}consent`, form).catch(() => undefined);
      if (!sent?.ok) return void (problem.textContent = ASK.notSent);
      answered = true;
      question.show(undefined);
    }
    const strip = element(
      "section",
      { class: "warmline warmline-ask", "aria-labelledby": "ask", hidden: true },
      element("h2", { id: "ask" }, ASK.heading),
      ...paragraphs(text),
      ...(privacy === undefined
        ? []
        : [element("p", {}, element("a", { href: privacy }, ASK.privacy))]),
      problem,
      element("div", { class: "warmline-buttons" }, ...buttons),
    );
    const link = element("link", { rel: "stylesheet", href: `${base}card.css` });
    const spoken = element("div", { class: "warmline-spoken", role: "status" });
    const seen = (styled: boolean) => {
      // The site's policy forbids the stylesheet. Single properties set by script are allowed under any policy.
      if (!styled) {
        Object.assign(place.style, { position: "fixed", left: "0", bottom: "0", zIndex: "9999" });
        Object.assign(strip.style, { background: "Canvas", color: "CanvasText", padding: "1em" });
        spoken.remove();
      }
      strip.hidden = false;
      spoken.textContent = ASK.heading;
    };
    link.addEventListener("load", () => seen(true));
    link.addEventListener("error", () => seen(false));
    place.attachShadow({ mode: "open" }).append(link, spoken, strip);
    return place;
  }

  const question: Question = {
    show(card) {
      if (!card || answered) {
        host?.remove();
        host = undefined;
      } else if (!host) {
        host = ask(card);
        document.documentElement.append(host);
      }
    },
  };
  return question;
}
