/** The words of an invitation, the same with JavaScript and without (patent Figs. 6a-6f). */
import type { Choice } from "../model/invitation.ts";

/** The order of the choices in the figures; the ones with a telephone number come last, next to its field. */
const ORDER: readonly Choice[] = ["none", "chat", "phone", "callback"];

/** The choices as the figures put them: the way out first. */
export function inOrder(choices: readonly Choice[]): Choice[] {
  return ORDER.filter((choice) => choices.includes(choice));
}

/** What a choice is called, given those it stands beside. */
export function choiceLabel(choice: Choice, choices: readonly Choice[]): string {
  if (choice === "none") return "No thanks, just browsing.";
  if (choice === "chat") return "Let\u2019s have a text chat.";
  if (choice === "phone")
    return choices.includes("callback") ? "Sure, call me now at:" : "Sure, call me at:";
  return choices.includes("phone") ? "Call me later at:" : "Please call me at:";
}
