/** The window in which a visitor talks by browser, so that he can go on browsing in the others. */

const NAME = "warmline-talk";

/** Whether this browser can, with a camera or without, and the site lets it (Permissions Policy; only some browsers tell). */
export function canTalk(camera: boolean): boolean {
  const { featurePolicy } = document as Document & {
    readonly featurePolicy?: { allowsFeature(feature: string): boolean };
  };
  return (
    isSecureContext &&
    "RTCPeerConnection" in window &&
    "mediaDevices" in navigator &&
    (featurePolicy?.allowsFeature("microphone") ?? true) &&
    (!camera || (featurePolicy?.allowsFeature("camera") ?? true))
  );
}

/** Opens it, empty, while the visitor's click still allows that; nothing when the browser does not. */
export function openTalkWindow(camera: boolean): Window | undefined {
  return (
    window.open("", NAME, camera ? "popup,width=560,height=720" : "popup,width=400,height=560") ??
    undefined
  );
}

/** Shows the call in it, unless it is there already. */
export function showTalk(talk: Window | undefined, base: string, interactionId: string): void {
  if (!talk) return;
  const url = new URL(
    `${base}talk?interaction=${encodeURIComponent(interactionId)}`,
    location.href,
  );
  if (talk.location.href !== url.href) talk.location.replace(url);
  talk.focus();
}
