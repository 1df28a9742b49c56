/** What the telephone in the desk is doing, in the top bar. */
import { useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { soundOn } from "./desk.ts";
import { chime } from "./sound.ts";
import {
  answerCall,
  connectIfAllowed,
  connectTelephone,
  muted,
  telephone,
  toggleMute,
  trouble,
} from "./telephone.ts";

export function Telephone() {
  useEffect(() => void connectIfAllowed(), []);
  useSignalEffect(() => {
    if (telephone.value === "ringing" && soundOn.peek()) chime();
  });
  const state = telephone.value;
  switch (state) {
    case "off":
    case "failed":
      return (
        <span class="telephone">
          {state === "failed" && (
            <span class="lamp bad" role="alert">
              {trouble.value}
            </span>
          )}
          <button type="button" onClick={() => void connectTelephone()}>
            Connect your telephone
          </button>
        </span>
      );
    case "ringing":
      return (
        <span class="telephone">
          <span class="lamp good" role="status">
            Your telephone is ringing
          </span>
          <button type="button" class="main" onClick={answerCall}>
            Answer
          </button>
        </span>
      );
    case "talking":
      return (
        <span class="telephone">
          <span class="lamp good" role="status">
            {muted.value ? "Nobody hears you" : "Your microphone is on"}
          </span>
          <button type="button" aria-pressed={muted.value} onClick={toggleMute}>
            {muted.value ? "Unmute" : "Mute"}
          </button>
        </span>
      );
    case "ready":
      return (
        <span class="lamp good" role="status">
          Your telephone is ready
        </span>
      );
    case "asking":
    case "connecting":
    case "lost":
      return (
        <span class="lamp bad" role="status">
          {state === "asking" ? "Please allow the microphone" : "Connecting your telephone \u2026"}
        </span>
      );
  }
}
