import t from "tap";
import { mayPass, tellsRegistered } from "./sip-guard.ts";

const message = (first: string, from = "<sip:v1@warmline.invalid>;tag=a", to = from) =>
  `${first}\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK1\r\nFrom: ${from}\r\nTo: ${to}\r\n` +
  "Call-ID: 1\r\nCSeq: 1 X\r\nContent-Length: 0\r\n\r\n";
const REGISTER = "REGISTER sip:warmline.invalid SIP/2.0";
const OTHER = "<sip:101@warmline.invalid>;tag=a";

const table: readonly [what: string, text: string, passes: boolean][] = [
  ["a registration of its own", message(REGISTER), true],
  ["with a display name", message(REGISTER, '"Visitor" <sip:v1@warmline.invalid>;tag=a'), true],
  ["an answer", message("SIP/2.0 200 OK", OTHER), true],
  ["the end of a call", message("BYE sip:x@127.0.0.1 SIP/2.0", undefined, OTHER), true],
  ["a keep-alive", "\r\n\r\n", true],
  ["a call", message("INVITE sip:101@127.0.0.1 SIP/2.0"), false],
  ["a subscription", message("SUBSCRIBE sip:101@127.0.0.1 SIP/2.0"), false],
  ["a message", message("MESSAGE sip:101@127.0.0.1 SIP/2.0"), false],
  ["a transfer", message("REFER sip:101@127.0.0.1 SIP/2.0"), false],
  ["a registration as somebody else", message(REGISTER, OTHER), false],
  ["a registration of somebody else", message(REGISTER, undefined, OTHER), false],
  ["two senders", message(`${REGISTER}\r\nf: ${OTHER}`), false],
  ["a folded line", message(`${REGISTER}\r\nSubject: a\r\n f: ${OTHER}`), false],
  ["a bare line end", message(`${REGISTER}\r\nSubject: a\nFrom: ${OTHER}`), false],
  ["no address in brackets", message(REGISTER, "sip:v1@warmline.invalid;tag=a"), false],
  ["a longer name", message(REGISTER, "<sip:v12@warmline.invalid>;tag=a"), false],
  ["no sender", `${REGISTER}\r\nTo: <sip:v1@warmline.invalid>\r\n\r\n`, false],
  ["nonsense", "hello", false],
  ["too much", message("SIP/2.0 200 OK") + "x".repeat(20_000), false],
];

for (const [what, text, passes] of table) {
  t.test(`${what}: ${passes ? "passes" : "is stopped"}`, (t) => {
    t.equal(mayPass(text, "v1"), passes);
    t.end();
  });
}

t.test("only the answer to a registration says that it is registered", (t) => {
  const answer = (first: string, method: string) =>
    `${first}\r\nCSeq: 2 ${method}\r\nContact: <sip:x>\r\n\r\n`;
  t.ok(tellsRegistered(answer("SIP/2.0 200 OK", "REGISTER")));
  t.notOk(tellsRegistered(answer("SIP/2.0 401 Unauthorized", "REGISTER")));
  t.notOk(tellsRegistered(answer("SIP/2.0 200 OK", "BYE")));
  t.end();
});
