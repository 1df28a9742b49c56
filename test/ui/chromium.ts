/** Debian's Chromium, as the tests of the pages drive it. */
import { chromium, type Browser } from "playwright-core";

/** What an ordinary Chromium calls itself. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36";

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
      // As its visitors' browsers say; one that says that nobody looks at it would be no visitor.
      `--user-agent=${USER_AGENT}`,
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
