/**
 * A telephone in a browser: registers with the exchange by SIP over WebSocket (RFC 7118). A call that its owner has asked for is
 * taken at once; any other rings.
 */
import { UA, WebSocketInterface } from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";

/**
 * - `connecting`: there is no way to the exchange at the moment. A conversation goes on meanwhile.
 * - `ready`: can be called. - `ringing`: waits for {@link Softphone.answer}. - `talking`: a call is there. - `lost`: given up.
 */
export type SoftphoneState = "connecting" | "ready" | "ringing" | "talking" | "lost";

export interface Softphone {
  answer(): void;
  /** Ends the call. Whether there was a way to tell the exchange. */
  hangUp(): boolean;
  mute(on: boolean): void;
  /** Sends a picture in this call and those to come, or none any more. */
  show(picture: MediaStreamTrack | undefined): void;
  close(): void;
}

/** Candidates that take longer than this to find are not worth waiting for (a STUN server that is away). */
const GATHERING_MS = 1_500;
/** The exchange forgets a browser that is away for 20 s. */
const GIVE_UP_MS = 25_000;

/** Starts the telephone; the states come until it is closed. */
export function startSoftphone(options: {
  /** The path of the WebSocket, on the server that the page came from. */
  readonly signalling: string;
  readonly user: string;
  readonly password: string;
  /** Other keys for the same user, when the way to the exchange has broken: who relays it may have forgotten these. */
  readonly renew: () => Promise<{ readonly password: string } | undefined>;
  readonly iceServers: readonly (Omit<RTCIceServer, "urls"> & {
    readonly urls: readonly string[];
  })[];
  /** The microphone. */
  readonly stream: MediaStream;
  /** Where the other side is heard. */
  readonly audio: HTMLMediaElement;
  /** What can be seen of the other side: a picture that may come, or nothing in a call by voice. */
  readonly seen: (picture: RTCRtpReceiver | undefined) => void;
  /** Whether a call that comes now was asked for. */
  readonly expected: () => boolean;
  readonly changed: (state: SoftphoneState) => void;
}): Softphone {
  const { user, password, stream, audio, changed } = options;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const iceServers = options.iceServers.map((server) => ({ ...server, urls: [...server.urls] }));
  const ua = new UA({
    sockets: new WebSocketInterface(`${scheme}//${location.host}${options.signalling}`),
    uri: `sip:${user}@warmline.invalid`,
    // The exchange calls this one, and in the call the telephone is who was called: by another name it could not end it.
    contact_uri: `sip:${user}@warmline.invalid;transport=ws`,
    authorization_user: user,
    password,
    register_expires: 120,
    session_timers: false,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: 4,
  });
  let session: RTCSession | undefined;
  let camera: MediaStreamTrack | undefined;
  let pictures: RTCRtpSender | undefined;
  let givingUp: ReturnType<typeof setTimeout> | undefined;
  /** The way to the exchange has been another one when the call began. */
  let broken = false;
  let closed = false;
  const tell = (state: SoftphoneState) => {
    if (!closed) changed(state);
  };

  const sendPicture = () => void pictures?.replaceTrack(camera ?? null).catch(() => undefined);
  let renewing = false;
  const renew = async () => {
    if (renewing) return;
    renewing = true;
    const keys = await options.renew().catch(() => undefined);
    renewing = false;
    if (keys) ua.set("password", keys.password);
  };
  const lost = () => {
    tell("lost");
    phone.close();
  };
  const away = () => {
    if (closed) return;
    givingUp ??= setTimeout(lost, GIVE_UP_MS);
    broken = true;
    void renew();
    if (!session) tell("connecting");
  };

  ua.on("disconnected", away);
  ua.on("registrationFailed", ({ cause }) => {
    // The way broke in the middle of it; it is tried again with the next connection.
    if (["Connection Error", "Request Timeout"].includes(String(cause))) away();
    else lost();
  });
  ua.on("registered", () => {
    clearTimeout(givingUp);
    givingUp = undefined;
    if (!session) tell("ready");
  });
  ua.on("newRTCSession", (event: { session: RTCSession; originator: string }) => {
    if (event.originator !== "remote" || session) {
      event.session.terminate({ status_code: 486 });
      return;
    }
    const call = event.session;
    session = call;
    broken = false;
    const over = () => {
      if (session !== call) return;
      session = undefined;
      audio.srcObject = null;
      pictures = undefined;
      options.seen(undefined);
      tell("ready");
    };
    call.on("ended", over);
    call.on("failed", over);
    call.on("confirmed", () => tell("talking"));
    call.on("icecandidate", ({ ready }) => setTimeout(ready, GATHERING_MS));
    call.on("peerconnection", ({ peerconnection }) => {
      peerconnection.addEventListener("track", ({ track, receiver, transceiver }) => {
        if (track.kind === "video") {
          // Before the answer is made, which says so: then a camera can come and go without another offer.
          transceiver.direction = "sendrecv";
          pictures = transceiver.sender;
          sendPicture();
          return options.seen(receiver);
        }
        audio.srcObject = new MediaStream([track]);
        void audio.play().catch(() => undefined);
      });
      peerconnection.addEventListener("connectionstatechange", () => {
        const { connectionState } = peerconnection;
        const silent = connectionState === "failed" || connectionState === "disconnected";
        // The exchange has hung up, and said so by the way that there was before.
        if (silent && broken && ua.isRegistered()) phone.hangUp();
        else if (connectionState === "failed") lost();
      });
    });
    if (options.expected()) phone.answer();
    else tell("ringing");
  });

  const phone: Softphone = {
    answer() {
      session?.answer({
        mediaStream: stream,
        pcConfig: { iceServers },
      });
    },
    hangUp() {
      if (!session || !ua.isConnected()) return false;
      session.terminate();
      return true;
    },
    mute(on) {
      for (const track of stream.getAudioTracks()) track.enabled = !on;
    },
    show(picture) {
      camera = picture;
      sendPicture();
    },
    close() {
      if (closed) return;
      closed = true;
      clearTimeout(givingUp);
      ua.stop();
    },
  };
  tell("connecting");
  ua.start();
  return phone;
}
