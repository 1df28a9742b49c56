/** The words of our question whether a visitor may be remembered, the same with JavaScript and without. */
import type { ConsentAnswer, ConsentQuestion, ConsentSaid } from "../model/consent.ts";

export const ASK = {
  heading: "May we remember you?",
  privacy: "How your data is protected",
  notSent: "That could not be sent. Please try again.",
} as const;

/** The answers, none before the others: all three are as easy to give. */
export const ANSWERS: readonly (readonly [ConsentAnswer, string])[] = [
  ["yes", "Yes"],
  ["visit", "Only this visit"],
  ["no", "No"],
];

/** What is asked, unless the site has words of its own. */
export function questionText({ allows, text }: ConsentQuestion): string {
  if (text !== undefined) return text;
  const name = allows === "identified" ? " and what you are called" : "";
  return (
    `If you agree, this site keeps a cookie in your browser that says when you were here before, what you bought${name}, ` +
    "so that our staff can help you better. You can change your mind at any time."
  );
}

/** What holds now. */
export function saidWords(said: ConsentSaid): string {
  switch (said) {
    case "refused":
      return "Your browser asks sites not to follow you, and we keep to that. Nothing is stored in it.";
    case "undecided":
      return "You have not answered yet. Until you do, nothing is stored in your browser.";
    case "none":
      return "You said no. Nothing is stored in your browser but this answer.";
    case "session":
      return "You are remembered until you close your browser.";
    case "persistent":
    case "identified":
      return "You said yes. You are remembered when you come back.";
  }
}
