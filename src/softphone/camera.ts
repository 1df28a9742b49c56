/** The own camera: off until its owner turns it on, and let go when he turns it off. */

export interface CameraNow {
  readonly state: "off" | "asking" | "on";
  readonly picture?: MediaStreamTrack;
  /** Why it is off against his will: the name of the error (Media Capture and Streams, section 10.2.1). */
  readonly trouble?: string;
}

export interface Camera {
  toggle(): Promise<void>;
  off(): void;
}

/** Enough for a face, and for a line that is no good. */
const PICTURE: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 20, max: 30 },
  facingMode: "user",
};

export function createCamera(changed: (now: CameraNow) => void): Camera {
  let picture: MediaStreamTrack | undefined;
  let asking = false;

  const off = (trouble?: string) => {
    picture?.stop();
    picture = undefined;
    asking = false;
    changed({ state: "off", ...(trouble !== undefined && { trouble }) });
  };
  const on = async () => {
    asking = true;
    changed({ state: "asking" });
    try {
      if (!("mediaDevices" in navigator)) return off("SecurityError");
      const stream = await navigator.mediaDevices.getUserMedia({ video: PICTURE });
      const [track] = stream.getVideoTracks();
      // He has changed his mind while the browser asked.
      if (!asking || !track) return stream.getTracks().forEach((one) => one.stop());
      asking = false;
      picture = track;
      track.addEventListener("ended", () => off("NotReadableError"));
      changed({ state: "on", picture: track });
    } catch (error) {
      if (asking) off(error instanceof DOMException ? error.name : "");
    }
  };
  return {
    async toggle() {
      if (picture ?? asking) off();
      else await on();
    },
    off: () => off(),
  };
}
