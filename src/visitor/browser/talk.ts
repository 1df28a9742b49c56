/** The script of the window in which a visitor talks by browser. */
import { type Softphone, type SoftphoneState, startSoftphone } from "../../softphone/softphone.ts";
import { isTalk } from "../../model/interaction.ts";
import type { AnswerResult, ContactCard, TalkKeys, VisitorEvent } from "../protocol.ts";
import { microphoneWords, TALK, talkWords } from "../words.ts";
import { element } from "./element.ts";
import { post } from "./post.ts";
import { pushedPage } from "./pushed-page.ts";
import { createPictures } from "./talk-pictures.ts";

const base = location.pathname.replace(/[^/]*$/, "");
const interactionId = new URLSearchParams(location.search).get("interaction") ?? "";

const status = element("p", { class: "warmline-status", role: "status" });
const error = element("p", { class: "warmline-error", role: "alert" });
const hangUp = element("button", { type: "button", class: "warmline-hang-up" }, TALK.hangUp);
const mute = element("button", { type: "button", "aria-pressed": "false" }, TALK.mute);
const again = element("button", { type: "button" }, TALK.again);
const number = element("input", {
  type: "tel",
  name: "number",
  autocomplete: "tel",
  maxlength: "40",
});
const instead = element(
  "form",
  { class: "warmline-instead" },
  element("label", { class: "warmline-field" }, element("span", {}, TALK.instead), number),
  element("button", {}, TALK.callMe),
);
const pushed = pushedPage();
const audio = element("audio", { autoplay: true });
const pictures = createPictures((track) => phone?.show(track));
const buttons = element("p", { class: "warmline-buttons" }, mute, pictures.button, hangUp, again);

let contact: Omit<ContactCard, "messages"> | undefined;
let phone: Softphone | undefined;
let stream: MediaStream | undefined;
let line: SoftphoneState | "asking" | "failed" = "asking";
let video = false;
let over = false;

function draw(): void {
  const failed = line === "failed" || line === "lost";
  const said = over ? TALK.over : talkWords(line, contact);
  if (status.textContent !== said) status.textContent = said;
  status.className = `warmline-status ${line === "talking" && !over ? "warmline-active" : ""}`;
  hangUp.hidden = over || failed;
  mute.hidden = over || line !== "talking";
  again.hidden = over || !failed;
  instead.hidden = over || !failed;
  error.hidden = error.textContent === "";
  const seen = !over && !failed && phone && video && !contact?.handedOn ? contact : undefined;
  pictures.draw(seen, line === "talking");
}

function fail(words: string): void {
  line = "failed";
  error.textContent = words;
  draw();
}

function finish(): void {
  if (over) return;
  over = true;
  error.textContent = "";
  events.close();
  release();
  draw();
}

function release(): void {
  phone?.close();
  for (const track of stream?.getTracks() ?? []) track.stop();
  [phone, stream] = [undefined, undefined];
}

async function start(): Promise<void> {
  release();
  error.textContent = "";
  line = "asking";
  draw();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (problem) {
    return fail(microphoneWords(problem instanceof DOMException ? problem.name : ""));
  }
  const microphone = stream;
  try {
    const answer = await post(`${base}talk`, { interactionId });
    if (answer.status === 409 && contact === undefined) return finish();
    const keys = (await answer.json()) as TalkKeys & { message?: string };
    if (!answer.ok) return fail(keys.message ?? TALK.lost);
    video = keys.video;
    const query = `?interaction=${encodeURIComponent(interactionId)}`;
    phone = startSoftphone({
      signalling: `${base}sip${query}`,
      user: keys.user,
      password: keys.password,
      async renew() {
        const again = await post(`${base}talk`, { interactionId });
        return again.ok ? ((await again.json()) as TalkKeys) : undefined;
      },
      iceServers: keys.iceServers,
      stream: microphone,
      audio,
      seen: (from) => pictures.seen(from),
      // The window was opened for this call.
      expected: () => true,
      changed(state) {
        line = state;
        // Of a visitor who was handed on the desk need not know any more.
        if (contact?.handedOn && (state === "ready" || state === "lost")) return finish();
        if (state === "lost") error.textContent = TALK.lost;
        draw();
      },
    });
  } catch {
    fail(TALK.lost);
  }
}

/** He leaves, at the exchange and at the desk: each of the two may not hear the other just then. */
function leave(): void {
  const told = phone?.hangUp() ?? false;
  if (!told) post(`${base}hang-up`, { interactionId }).catch(() => undefined);
  finish();
}

async function callMe(): Promise<void> {
  try {
    const answer = await post(`${base}telephone`, { interactionId, number: number.value });
    const result = (await answer.json()) as AnswerResult;
    if (!result.ok) {
      error.textContent = result.message;
      return draw();
    }
    finish();
    status.textContent = TALK.willCall;
  } catch {
    error.textContent = TALK.notSent;
    draw();
  }
}

/** Also when it is a chat again, without a call. */
const isOver = ({ kind, state, handedOn }: Omit<ContactCard, "messages">) =>
  !handedOn && (state === "over" || !isTalk(kind));

const events = new EventSource(`${base}events`);
events.addEventListener("message", ({ data }: MessageEvent<string>) => {
  const event = JSON.parse(data) as VisitorEvent;
  if (event.type === "state") {
    const found = event.contacts.find((one) => one.interactionId === interactionId);
    // Not there: over, if it was there before, or has never been for this browser.
    if (!found && contact && !contact.handedOn) return finish();
    contact = found ?? contact;
    if (contact && isOver(contact)) return finish();
  } else if (event.type === "contact" && event.contact.interactionId === interactionId) {
    contact = event.contact;
    if (isOver(contact)) return finish();
  } else if (event.type === "navigate") pushed.show(event.path, contact?.agent);
  draw();
});

hangUp.addEventListener("click", leave);
again.addEventListener("click", () => void start());
mute.addEventListener("click", () => {
  const on = mute.getAttribute("aria-pressed") !== "true";
  mute.setAttribute("aria-pressed", String(on));
  mute.textContent = on ? TALK.unmute : TALK.mute;
  phone?.mute(on);
});
instead.addEventListener("submit", (event) => {
  event.preventDefault();
  void callMe();
});
addEventListener("pagehide", () => {
  if (!over && phone?.hangUp() !== true) {
    const body = new Blob([JSON.stringify({ interactionId })], { type: "application/json" });
    navigator.sendBeacon(`${base}hang-up`, body);
  }
  phone?.close();
});

document
  .querySelector("main")
  ?.append(status, pictures.stage, pushed.element, error, buttons, instead, audio);
void start();
