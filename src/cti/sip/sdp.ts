/**
 * Session descriptions (RFC 8866) between two telephones that do not know of each other. Only the first audio stream is
 * passed on; other streams of an offer are refused (RFC 3264, section 6). The media never come to us.
 */

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** What a telephone says about its sound: the lines of one audio stream, with its address. */
export interface Audio {
  /** `m=` first, then `c=`, then attributes without the direction. */
  readonly lines: readonly string[];
  readonly direction: Direction;
}

export interface Description {
  readonly audio: Audio;
  /** The `m=` lines of all streams, in order; that of the audio is the one at `at`. */
  readonly streams: readonly string[];
  readonly at: number;
  /** The `o=` line: the same line is the same description (RFC 3264, section 8). */
  readonly origin: string;
}

const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)$/;

/** Reads a description; nothing when it has no audio that is used. */
export function parseSdp(text: string): Description | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  if (lines[0] !== "v=0" || lines.some((line) => !/^[a-z]=[^\0\r]*$/.test(line))) return undefined;
  const starts = lines.flatMap((line, i) => (line.startsWith("m=") ? [i] : []));
  const [first = lines.length] = starts;
  const session = lines.slice(0, first);
  const streams = starts.map((start) => lines[start] ?? "");
  const at = streams.findIndex((line) => /^m=audio [1-9]\d*(\/\d+)? \S+ \S/.test(line));
  if (at < 0) return undefined;
  const section = lines.slice(starts[at] ?? 0, starts[at + 1]);
  const kept = session.filter((line) => /^a=(?!group|msid-semantic|charset)/.test(line));
  const find = (test: (line: string) => boolean) => section.find(test) ?? session.find(test);
  const address = find((line) => line.startsWith("c="));
  if (address === undefined) return undefined;
  const attributes = [...section.slice(1), ...kept].filter(
    (line) => /^[ab]=/.test(line) && !DIRECTION.test(line),
  );
  const written = find((line) => DIRECTION.test(line)) ?? "a=sendrecv";
  return {
    audio: {
      lines: [streams[at] ?? "", address, ...attributes],
      // Before RFC 3264 an address of zeros was the way to say: send nothing (its section 8.4).
      direction: address.endsWith(" 0.0.0.0") ? "inactive" : (written.slice(2) as Direction),
    },
    streams,
    at,
    origin: session.find((line) => line.startsWith("o=")) ?? "",
  };
}

/** Whether two telephones' sounds are the same, directions aside. */
export function sameAudio(one: Audio | undefined, other: Audio | undefined): boolean {
  return one?.lines.join("\n") === other?.lines.join("\n");
}

/** The audio with another direction. */
export const directed = (audio: Audio, direction: Direction): Audio => ({ ...audio, direction });

/** What fits to an offer of that direction (RFC 3264, section 6.1), as seen from the other side. */
export function opposite(direction: Direction): Direction {
  if (direction === "sendonly") return "recvonly";
  return direction === "recvonly" ? "sendonly" : direction;
}

/** The same codecs, and no sound either way: the answer that keeps a telephone waiting (RFC 3725, section 5). */
export function silent({ lines: [media = "", , ...attributes] }: Audio): Audio {
  return {
    lines: [media.replace(/^m=audio \d+/, "m=audio 9"), "c=IN IP4 0.0.0.0", ...attributes],
    direction: "inactive",
  };
}

/** The streams a telephone has been told of: a later description may not have fewer (RFC 3264, section 8). */
export interface Shape {
  readonly streams: readonly string[];
  readonly at: number;
}

export const AUDIO_ONLY: Shape = { streams: [""], at: 0 };

/**
 * Writes a description.
 *
 * @param session the number of our session with this telephone, and how often we have described it
 */
export function writeSdp(
  audio: Audio,
  { streams, at }: Shape,
  session: { readonly id: string; readonly version: number },
): string {
  const sections = streams.map((line, i) =>
    i === at
      ? [...audio.lines, `a=${audio.direction}`]
      : [line.replace(/^(m=\S+) \d+(\/\d+)?/, "$1 0"), "c=IN IP4 0.0.0.0"],
  );
  const head = [
    "v=0",
    `o=- ${session.id} ${session.version} IN IP4 0.0.0.0`,
    "s=-",
    "t=0 0",
    ...sections.flat(),
  ];
  return `${head.join("\r\n")}\r\n`;
}
