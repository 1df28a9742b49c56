import type { EdgeLimits } from "../limits.ts";
import * as h2 from "./frames.ts";
import { FrameError, type Frame } from "./frame-reader.ts";

/** What the other side changes. */
export interface Settings {
  readonly initialWindow: number | undefined;
  /** He keeps a smaller table than by default. */
  readonly smallTable: boolean;
}

/** What we tell the visitor first (RFC 9113, section 6.5.2; RFC 8441, section 3). */
export const ourSettings = (http2: EdgeLimits["http2"]): Buffer =>
  h2.settingsOf(
    [h2.MAX_CONCURRENT_STREAMS, http2.streams],
    [h2.INITIAL_WINDOW_SIZE, http2.uploadWindow],
    [h2.MAX_HEADER_LIST_SIZE, http2.fieldBytes],
    [h2.ENABLE_CONNECT_PROTOCOL, 1],
  );

/**
 * What a SETTINGS frame says; undefined when it acknowledges ours.
 * @throws {FrameError} when it may not say so (RFC 9113, sections 6.5 and 6.5.2)
 */
export function readSettings({
  stream,
  flags,
  length,
  bytes,
  start,
  end,
}: Frame): Settings | undefined {
  if (stream !== 0) throw new FrameError(h2.PROTOCOL_ERROR);
  const acknowledges = (flags & h2.ACK) !== 0;
  if (length % 6 !== 0 || (acknowledges && length > 0)) throw new FrameError(h2.FRAME_SIZE_ERROR);
  if (acknowledges) return undefined;
  let initialWindow: number | undefined;
  let smallTable = false;
  for (let at = start; at < end; at += 6) {
    const value = bytes.readUInt32BE(at + 2);
    switch (bytes.readUInt16BE(at)) {
      case h2.HEADER_TABLE_SIZE:
        if (value < 4096) smallTable = true;
        break;
      case h2.ENABLE_PUSH:
        if (value > 1) throw new FrameError(h2.PROTOCOL_ERROR);
        break;
      case h2.INITIAL_WINDOW_SIZE:
        if (value > h2.MOST_WINDOW) throw new FrameError(h2.FLOW_CONTROL_ERROR);
        initialWindow = value;
        break;
      case h2.MAX_FRAME_SIZE:
        if (value < h2.MOST_PAYLOAD || value > 0xff_ffff) throw new FrameError(h2.PROTOCOL_ERROR);
    }
  }
  return { initialWindow, smallTable };
}
