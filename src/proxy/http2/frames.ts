/** Frames (RFC 9113, sections 4.1, 6 and 7). */
export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const WITH_PRIORITY = 32;

export const NO_ERROR = 0;
export const PROTOCOL_ERROR = 1;
export const INTERNAL_ERROR = 2;
export const FLOW_CONTROL_ERROR = 3;
export const STREAM_CLOSED = 5;
export const FRAME_SIZE_ERROR = 6;
export const REFUSED_STREAM = 7;
export const CANCEL = 8;
export const COMPRESSION_ERROR = 9;
export const ENHANCE_YOUR_CALM = 11;

export const HEADER_TABLE_SIZE = 1;
export const ENABLE_PUSH = 2;
export const MAX_CONCURRENT_STREAMS = 3;
export const INITIAL_WINDOW_SIZE = 4;
export const MAX_FRAME_SIZE = 5;
export const MAX_HEADER_LIST_SIZE = 6;
/** RFC 8441, section 3. */
export const ENABLE_CONNECT_PROTOCOL = 8;

export const FRAME_HEAD = 9;
/** The most that a frame of either side carries: nobody has been told that it may be more. */
export const MOST_PAYLOAD = 16_384;
export const MOST_WINDOW = 0x7fff_ffff;
export const DEFAULT_WINDOW = 65_535;
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Writes the head of a frame at `at`; returns the position behind it. */
export function writeFrameHead(
  out: Buffer,
  at: number,
  frame: {
    readonly length: number;
    readonly type: number;
    readonly flags: number;
    readonly stream: number;
  },
): number {
  const { length, type, flags, stream } = frame;
  out[at] = length >> 16;
  out[at + 1] = length >> 8;
  out[at + 2] = length;
  out[at + 3] = type;
  out[at + 4] = flags;
  return writeNumber(out, at + 5, stream);
}

/** 32 bits. */
export function writeNumber(out: Buffer, at: number, value: number): number {
  out[at] = value >>> 24;
  out[at + 1] = value >> 16;
  out[at + 2] = value >> 8;
  out[at + 3] = value;
  return at + 4;
}

/** 31 bits: the first says nothing. */
export function readNumber(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) & 127) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

/** Settings as the payload of their frame. */
export function settingsOf(...settings: readonly (readonly [number, number])[]): Buffer {
  const bytes = Buffer.alloc(6 * settings.length);
  for (const [i, [name, value]] of settings.entries()) {
    bytes.writeUInt16BE(name, 6 * i);
    bytes.writeUInt32BE(value, 6 * i + 2);
  }
  return bytes;
}
