import { whole } from "./page.ts";

/** The window of a call by browser. It is a window of its own so that the visitor can go on browsing while he talks. */
export function talkPage(): string {
  return whole(
    "Talk to us",
    "<noscript><p>Talking by browser needs JavaScript. Please close this window and let us call you.</p></noscript>",
    `<script type="module" src="talk.js"></script>`,
  );
}
