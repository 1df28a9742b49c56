/** Visitor and agent see each other, when the desk is the agent's telephone and the visitor talks by browser. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Call } from "../../model/call.ts";
import { createPicture } from "../../softphone/picture.ts";
import { known } from "./desk.ts";
import { camera, picture, toggleCamera } from "./telephone.ts";
import { cameraWords } from "./words.ts";

export function Pictures({ call }: { call: Call }) {
  const together = call.state === "joined" || call.state === "conference";
  if (!together) return null;
  if (known.value?.agent.telephone !== "browser")
    return <p class="soft">You talk by telephone: you and the visitor cannot see each other.</p>;
  return picture.value ? <Stage from={picture.value} /> : null;
}

function Stage({ from }: { from: RTCRtpReceiver }) {
  const theirs = useRef<HTMLVideoElement>(null);
  const own = useRef<HTMLVideoElement>(null);
  const comes = useSignal(false);
  const { state, picture: mine, trouble } = camera.value;
  useEffect(() => {
    if (!theirs.current) return undefined;
    const shown = createPicture(theirs.current, (on) => (comes.value = on));
    shown.show(from);
    return () => shown.close();
  }, [from]);
  useEffect(() => {
    if (own.current) own.current.srcObject = mine ? new MediaStream([mine]) : null;
  }, [mine]);
  return (
    <div class="pictures">
      <div class={`frame ${comes.value ? "" : "alone"}`} hidden={!comes.value && !mine}>
        <video ref={theirs} hidden={!comes.value} aria-label="The visitor’s picture" />
        <video
          ref={own}
          class="mirror"
          hidden={!mine}
          autoplay
          muted
          playsInline
          aria-label="Your own picture"
        />
      </div>
      <p class="soft" role="status">
        {trouble !== undefined
          ? cameraWords(trouble)
          : state === "asking"
            ? "Please allow the camera."
            : comes.value
              ? ""
              : "No picture comes from the visitor: his camera is off, or there is none."}
      </p>
      <button type="button" onClick={toggleCamera}>
        {state === "off" ? "Turn camera on" : "Turn camera off"}
      </button>
    </div>
  );
}
