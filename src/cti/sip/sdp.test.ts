import t from "tap";
import { AUDIO_ONLY, directed, opposite, parseSdp, sameAudio, silent, writeSdp } from "./sdp.ts";

const lines = (...all: string[]) => `${all.join("\r\n")}\r\n`;
const OFFER = lines(
  "v=0",
  "o=phone 7 3 IN IP4 192.0.2.9",
  "s=-",
  "c=IN IP4 192.0.2.9",
  "t=0 0",
  "a=group:BUNDLE 0 1",
  "a=sendonly",
  "m=video 6000 RTP/AVP 99",
  "a=rtpmap:99 H264/90000",
  "m=audio 5000 RTP/AVP 8 101",
  "a=rtpmap:101 telephone-event/8000",
);
const session = { id: "5", version: 1 };

t.test("an offer: its audio, where it stands, and its direction", async (t) => {
  const said = parseSdp(OFFER);
  t.same(said?.audio, {
    lines: [
      "m=audio 5000 RTP/AVP 8 101",
      "c=IN IP4 192.0.2.9",
      "a=rtpmap:101 telephone-event/8000",
    ],
    direction: "sendonly",
  });
  t.equal(said?.at, 1);
  t.equal(said?.origin, "o=phone 7 3 IN IP4 192.0.2.9");
});

t.test("an answer has as many streams, and takes the audio only", async (t) => {
  const said = parseSdp(OFFER);
  if (!said) throw new Error("not read");
  const text = writeSdp(directed(said.audio, opposite(said.audio.direction)), said, session);
  t.match(text, /m=video 0 RTP\/AVP 99\r\nc=IN IP4 0\.0\.0\.0\r\nm=audio 5000 /);
  t.match(text, /a=recvonly\r\n$/);
  t.match(text, /^v=0\r\no=- 5 1 IN IP4 /);
  const again = parseSdp(text);
  t.ok(sameAudio(again?.audio, said.audio));
});

t.test("silent: the same codecs and no way to send to", async (t) => {
  const said = parseSdp(OFFER);
  if (!said) throw new Error("not read");
  const text = writeSdp(silent(said.audio), AUDIO_ONLY, session);
  t.match(text, "m=audio 9 RTP/AVP 8 101\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:101");
  t.match(text, /a=inactive\r\n$/);
  t.notMatch(text, "192.0.2.9");
});

t.test("not read: no audio, audio that is refused, no address, no SDP", async (t) => {
  t.equal(parseSdp(OFFER.replace("m=audio 5000", "m=audio 0")), undefined);
  t.equal(parseSdp(OFFER.replace("m=audio", "m=text")), undefined);
  t.equal(parseSdp(OFFER.replace("c=IN IP4 192.0.2.9\r\n", "")), undefined);
  t.equal(parseSdp("<xml/>"), undefined);
  t.equal(parseSdp(""), undefined);
  t.equal(parseSdp(OFFER.replace("192.0.2.9\r\nt", "0.0.0.0\r\nt"))?.audio.direction, "inactive");
});
