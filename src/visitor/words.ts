/** The words of an invitation, the same with JavaScript and without (patent Figs. 6a-6f). */
import type { Choice } from "../model/invitation.ts";

/** The order of the choices in the figures; the ones with a telephone number come last, next to its field. */
const ORDER: readonly Choice[] = ["none", "chat", "voip", "video", "phone", "callback"];

/** The choices as the figures put them: the way out first. */
export function inOrder(choices: readonly Choice[]): Choice[] {
  return ORDER.filter((choice) => choices.includes(choice));
}

/** What a choice is called, given those it stands beside. */
export function choiceLabel(choice: Choice, choices: readonly Choice[]): string {
  if (choice === "none") return "No thanks, just browsing.";
  if (choice === "chat") return "Let\u2019s have a text chat.";
  if (choice === "voip") return "Let\u2019s talk now, with my microphone.";
  if (choice === "video") return "Let\u2019s have a web conference, with my camera.";
  if (choice === "phone")
    return choices.includes("callback") ? "Sure, call me now at:" : "Sure, call me at:";
  return choices.includes("phone") ? "Call me later at:" : "Please call me at:";
}

/** The words of a call that is offered in a chat. */
export const CALL_OFFER = {
  heading: (agent: string) => `${agent} would like to talk with you. You can go on writing here.`,
  voip: "Talk in this browser",
  video: "Talk with my camera on",
  number: "Your telephone number",
  phone: "Call me",
  none: "No, let\u2019s go on writing",
  cannot:
    "This browser cannot use a microphone on this page, so let us call you by telephone instead.",
} as const;

/** The words of the window of a call by browser. */
export const TALK = {
  hangUp: "Hang up",
  mute: "Mute",
  unmute: "Unmute",
  again: "Try again",
  instead: "Or shall we call you by telephone? Your number:",
  callMe: "Call me",
  over: "The call is over. Thank you. You can close this window.",
  willCall: "Thank you. We will call you in a moment. You can close this window.",
  lost: "The connection was lost. Please try again, or let us call you by telephone.",
  notSent: "That could not be sent. Please try again.",
} as const;

/** Why there is no microphone, by the name of the error (Media Capture and Streams, section 10.2.1). */
export function microphoneWords(error: string): string {
  if (error === "NotFoundError" || error === "OverconstrainedError") {
    return "No microphone was found. Please plug one in and try again, or let us call you by telephone.";
  }
  if (error === "NotReadableError" || error === "AbortError") {
    return "The microphone cannot be used at the moment; perhaps another program has it. Please try again, or let us call you by telephone.";
  }
  return "Your browser does not let us use the microphone. Please allow it and try again, or let us call you by telephone.";
}

/** The words about pictures. */
export const PICTURES = {
  own: "Your own picture",
  of: (agent: string) => `Picture of ${agent}`,
  on: "Turn camera on",
  off: "Turn camera off",
  asking: "Please allow this window to use your camera.",
} as const;

/** Why there is no camera, by the name of the error (Media Capture and Streams, section 10.2.1). */
export function cameraWords(error: string): string {
  if (error === "NotFoundError" || error === "OverconstrainedError") {
    return "No camera was found. We can talk all the same.";
  }
  if (error === "NotReadableError" || error === "AbortError") {
    return "The camera cannot be used at the moment; perhaps another program has it. We can talk all the same.";
  }
  return "Your browser does not let us use the camera. We can talk all the same.";
}

/** Why the visitor sees nobody. `telephone`: the agent talks by one. */
export function pictureWords(why: "telephone" | "none", agent: string): string {
  return why === "telephone"
    ? `${agent} talks with you by telephone: you hear each other, and nobody is seen.`
    : `You will see ${agent} here when the camera there is on.`;
}

/** What is going on in the window. */
export function talkWords(
  line: "asking" | "connecting" | "ready" | "ringing" | "talking" | "lost" | "failed",
  contact:
    | { readonly state: string; readonly agent?: string; readonly handedOn?: true }
    | undefined,
): string {
  const agent = contact?.agent ?? "Somebody";
  if (line === "failed" || line === "lost") return "We cannot hear you.";
  if (line === "asking") return "Please allow this window to use your microphone.";
  if (line === "connecting") return "Connecting \u2026";
  if (line === "talking" && contact?.handedOn)
    return `${agent} has handed you on. You are talking to somebody else now.`;
  if (line === "talking" && contact?.state === "active") return `You are talking to ${agent}.`;
  if (contact?.state === "calling") return `${agent} is coming to the telephone.`;
  return "One moment please, somebody will be with you.";
}
