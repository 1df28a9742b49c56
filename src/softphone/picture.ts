/** Where the other side is seen, and whether there is anything to see: a camera that is turned off freezes its last picture. */

export interface Picture {
  show(from: RTCRtpReceiver | undefined): void;
  close(): void;
}

/** A slow line still brings a picture within this. */
const STILL_MS = 3_000;
const LOOK_MS = 500;

/** @param comes told when pictures begin to come, and when they have stopped */
export function createPicture(video: HTMLVideoElement, comes: (on: boolean) => void): Picture {
  let from: RTCRtpReceiver | undefined;
  let [frames, lastMs, said] = [0, -Infinity, false];
  const tell = () => {
    const on = performance.now() - lastMs < STILL_MS;
    if (on === said) return;
    said = on;
    comes(on);
  };
  const look = async (receiver: RTCRtpReceiver) => {
    const decoded = framesDecoded(await receiver.getStats());
    if (receiver === from && decoded > frames) [frames, lastMs] = [decoded, performance.now()];
    tell();
  };
  const timer = setInterval(() => void (from ? look(from) : tell()), LOOK_MS);
  [video.muted, video.playsInline, video.autoplay] = [true, true, true];
  return {
    show(receiver) {
      [from, frames, lastMs] = [receiver, 0, -Infinity];
      video.srcObject = receiver ? new MediaStream([receiver.track]) : null;
      if (receiver) void video.play().catch(() => undefined);
      tell();
    },
    close() {
      clearInterval(timer);
      video.srcObject = null;
    },
  };
}

/** Identifiers for WebRTC's Statistics API, `RTCInboundRtpStreamStats`. */
function framesDecoded(report: RTCStatsReport): number {
  let sum = 0;
  for (const stats of report.values() as Iterable<RTCInboundRtpStreamStats>) {
    if (stats.type === "inbound-rtp") sum += stats.framesDecoded ?? 0;
  }
  return sum;
}
