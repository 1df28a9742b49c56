/** The pictures of a call by browser: the agent's, one's own, and the button of the camera, which is off until it is wanted. */
import { createCamera } from "../../softphone/camera.ts";
import { createPicture } from "../../softphone/picture.ts";
import type { ContactCard } from "../protocol.ts";
import { cameraWords, PICTURES, pictureWords } from "../words.ts";
import { element } from "./element.ts";

export interface Pictures {
  readonly stage: HTMLElement;
  readonly button: HTMLButtonElement;
  /** The agent's picture may come, or no more. */
  seen(from: RTCRtpReceiver | undefined): void;
  /**
   * Asks for the camera, once, when the visitor has chosen a web conference.
   *
   * @param contact nothing: it is over, or pictures are not possible
   */
  draw(contact: Omit<ContactCard, "messages"> | undefined, talking: boolean): void;
}

/** @param sends what the camera gives, or nothing any more */
export function createPictures(sends: (track: MediaStreamTrack | undefined) => void): Pictures {
  const theirs = element("video", {});
  const own = element("video", { class: "warmline-own", "aria-label": PICTURES.own, hidden: true });
  const note = element("p", { class: "warmline-note", role: "status" });
  const frame = element("div", { class: "warmline-frame" }, theirs, own);
  const stage = element("div", { class: "warmline-stage", hidden: true }, frame, note);
  const button = element("button", { type: "button", class: "warmline-camera" }, PICTURES.on);
  [own.muted, own.playsInline, own.autoplay] = [true, true, true];
  let shown: Parameters<Pictures["draw"]> = [undefined, false];
  let comes = false;
  let trouble: string | undefined;
  let state: "off" | "asking" | "on" = "off";
  let wanted = false;

  const picture = createPicture(theirs, (on) => {
    comes = on;
    pictures.draw(...shown);
  });
  const camera = createCamera((now) => {
    ({ state, trouble } = { trouble: undefined, ...now });
    own.srcObject = now.picture ? new MediaStream([now.picture]) : null;
    sends(now.picture);
    pictures.draw(...shown);
  });
  button.addEventListener("click", () => void camera.toggle());

  const pictures: Pictures = {
    stage,
    button,
    seen: (from) => picture.show(from),
    draw(contact, talking) {
      shown = [contact, talking];
      const voiceOnly = contact?.voiceOnly ?? false;
      const wants = contact?.kind === "video" && !voiceOnly;
      if (!contact) [wanted, trouble] = [false, undefined];
      if (wants && !wanted) {
        wanted = true;
        return void camera.toggle();
      }
      // Nobody can see him: then the camera need not be on.
      if ((!contact || voiceOnly) && state !== "off") camera.off();
      const agent = contact?.agent ?? "us";
      button.hidden = !contact || voiceOnly;
      button.textContent = state === "off" ? PICTURES.on : PICTURES.off;
      own.hidden = state !== "on";
      theirs.hidden = !comes;
      theirs.setAttribute("aria-label", PICTURES.of(agent));
      frame.hidden = own.hidden && theirs.hidden;
      frame.className = `warmline-frame ${theirs.hidden ? "warmline-alone" : ""}`;
      const asked = contact?.kind === "video" || state !== "off" || comes || trouble !== undefined;
      const said = voiceOnly
        ? pictureWords("telephone", agent)
        : trouble !== undefined
          ? cameraWords(trouble)
          : state === "asking"
            ? PICTURES.asking
            : talking && !comes
              ? pictureWords("none", agent)
              : "";
      if (note.textContent !== said) note.textContent = said;
      note.hidden = said === "";
      stage.hidden = !contact || !asked || (frame.hidden && note.hidden);
    },
  };
  return pictures;
}
