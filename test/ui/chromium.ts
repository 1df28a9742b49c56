/** Debian's Chromium, as the tests of the pages drive it. */
import { chromium, type Browser } from "playwright-core";

/**
 * Starts a browser that talks to nobody but the test.
 *
 * @param microphone a WAV file that is played over and over; `""` is a machine that has none. Without it there is one that beeps
 */
export async function openBrowser(microphone?: string): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Chromium would look for the names of its neighbours otherwise.
      "--disable-features=WebRtcHideLocalIpsWithMdns",
      "--autoplay-policy=no-user-gesture-required",
      ...(microphone === "" ? [] : ["--use-fake-device-for-media-stream"]),
      ...(microphone ? [`--use-file-for-fake-audio-capture=${microphone}`] : []),
    ],
  });
}
