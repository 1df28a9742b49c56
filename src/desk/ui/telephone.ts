/** The telephone in the desk, for agents whose telephone it is. */
import { signal } from "@preact/signals";
import type { Softphone, SoftphoneState } from "../../softphone/softphone.ts";
import { type Camera, type CameraNow, createCamera } from "../../softphone/camera.ts";
import { order, Refused } from "./orders.ts";
import { microphoneWords } from "./words.ts";

/** `off`: not connected yet. `failed`: see {@link trouble}. */
export const telephone = signal<SoftphoneState | "off" | "asking" | "failed">("off");
export const trouble = signal("");
export const muted = signal(false);
/** The agent's own camera. */
export const camera = signal<CameraNow>({ state: "off" });
/** Where the visitor's picture comes from, in a call that may have pictures. */
export const picture = signal<RTCRtpReceiver | undefined>(undefined);

/** A call that an order of ours has asked for comes within this, or not at all. */
const EXPECTED_MS = 30_000;

const audio = document.createElement("audio");
let phone: Softphone | undefined;
let stream: MediaStream | undefined;
let expectedUntilMs = 0;
const ownCamera: Camera = createCamera((now) => {
  camera.value = now;
  phone?.show(now.picture);
});

/** An order is given after which the agent's telephone rings, and is answered by itself; or it was refused. */
export function expectCall(comes: boolean): void {
  expectedUntilMs = comes ? Date.now() + EXPECTED_MS : 0;
}

/** Asks for the microphone and registers with the exchange. */
export async function connectTelephone(): Promise<void> {
  hangUpTelephone();
  telephone.value = "asking";
  document.body.append(audio);
  try {
    if (!("mediaDevices" in navigator)) return fail(microphoneWords("SecurityError"));
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
    stream = microphone;
    const keys = await order("/api/telephone", {});
    const { startSoftphone } = await import("../../softphone/softphone.ts");
    phone = startSoftphone({
      signalling: "/telephone",
      user: keys.user,
      password: keys.password,
      renew: () => order("/api/telephone", {}),
      iceServers: keys.iceServers,
      stream: microphone,
      audio,
      seen: (from) => (picture.value = from),
      expected() {
        const expected = Date.now() < expectedUntilMs;
        expectedUntilMs = 0;
        return expected;
      },
      changed(state) {
        telephone.value = state;
        if (state === "ready") callOver();
        if (state === "lost") fail("The connection was lost.");
      },
    });
  } catch (error) {
    if (error instanceof DOMException) fail(microphoneWords(error.name));
    else if (error instanceof Refused) fail(error.message);
    else throw error;
  }
}

/** Connects by itself where the microphone was allowed before. */
export async function connectIfAllowed(): Promise<void> {
  if (telephone.value !== "off") return;
  const permission = await navigator.permissions
    ?.query({ name: "microphone" })
    .catch(() => undefined);
  if (permission?.state === "granted") await connectTelephone();
}

export function answerCall(): void {
  phone?.answer();
}

export function toggleMute(): void {
  muted.value = !muted.value;
  phone?.mute(muted.value);
}

/** Turns the camera on or off. */
export function toggleCamera(): void {
  void ownCamera.toggle();
}

/** The next caller neither hears nor sees what this one did. */
function callOver(): void {
  [muted.value, picture.value] = [false, undefined];
  ownCamera.off();
}

/** Lets microphone and camera go. */
export function hangUpTelephone(): void {
  callOver();
  phone?.close();
  for (const track of stream?.getTracks() ?? []) track.stop();
  [phone, stream] = [undefined, undefined];
  [telephone.value, trouble.value] = ["off", ""];
}

function fail(words: string): void {
  hangUpTelephone();
  [telephone.value, trouble.value] = ["failed", words];
}
