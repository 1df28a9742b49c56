/** What Asterisk sends over its REST interface (ARI), as far as it is used here; the rest is ignored. */
import { z } from "zod";

const channel = z.object({
  id: z.string(),
  /** Technology, endpoint and a number. */
  name: z.string().default(""),
  state: z.string(),
  /** What of the dial plan it is in. */
  dialplan: z.object({ app_name: z.string(), app_data: z.string() }).optional(),
});

/** A channel as ARI shows it. `state`: `Down`, `Ring`, `Ringing`, `Up` and some more. */
export type AriChannel = z.output<typeof channel>;

/** The answer to a request that went over the WebSocket. */
const response = z.object({
  type: z.literal("RESTResponse"),
  request_id: z.string(),
  status_code: z.number().int(),
  message_body: z.string().optional(),
});

export type AriResponse = z.output<typeof response>;

const event = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("StasisStart"),
    /** What the dial plan says behind the application's name. */
    args: z.array(z.string()),
    channel: channel.extend({ caller: z.object({ number: z.string() }) }),
  }),
  z.object({ type: z.literal("StasisEnd"), channel }),
  z.object({
    type: z.literal("PlaybackFinished"),
    /** `channel:` and the id of the channel. */
    playback: z.object({ target_uri: z.string() }),
  }),
  z.object({ type: z.literal("ChannelStateChange"), channel }),
  z.object({
    type: z.literal("ChannelDestroyed"),
    channel,
    /** Q.850 cause. */
    cause: z.number().int(),
    /** The SIP status; absent in older versions. */
    tech_cause: z.number().int().optional(),
  }),
  z.object({ type: z.literal("ApplicationReplaced") }),
]);

export type AriEvent = z.output<typeof event>;

/**
 * Left out at the source: some 30 events for each call. (Naming those that are wanted instead would also leave out the
 * answers to our requests.)
 */
export const unwantedEvents = {
  disallowed: ["ChannelVarset", "ChannelDialplan", "Dial", "ChannelConnectedLine"].map((type) => ({
    type,
  })),
};

/** An event or an answer; nothing when it is of a kind that is not used here, or no message at all. */
export function parseMessage(text: string): AriEvent | AriResponse | undefined {
  const message = parseJson(text);
  return response.safeParse(message).data ?? event.safeParse(message).data;
}

/** What a text says, or nothing when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const channelList = z.array(channel);
export const bridgeList = z.array(z.object({ id: z.string(), channels: z.array(z.string()) }));
