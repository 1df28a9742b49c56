import { assert, nat, oneof, property, string, tuple } from "fast-check";
import t from "tap";
import {
  addressOf,
  header,
  headerList,
  isRequest,
  parseMessage,
  parseUri,
  quoted,
  type SipRequest,
  topVia,
  userPart,
  writeMessage,
} from "./message.ts";

const INVITE = `INVITE sip:bob@biloxi.example.com SIP/2.0
Via: SIP/2.0/UDP pc33.atlanta.example.com:5066;branch=z9hG4bK776asdhds;rport, SIP/2.0/TCP [2001:db8::9]
Max-Forwards: 70
t: "Bob, the \\"boss\\"" <sip:bob@biloxi.example.com>
From: Alice <sip:alice@atlanta.example.com>;tag=1928301774
i: a84b4c76e66710
CSeq: 314159 INVITE
Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>
Record-Route: <sip:p3.example.com;lr>
Subject: one
 and more
l: 4

body and more`.replaceAll("\n", "\r\n");

t.test("a message of RFC 3261, with compact and folded headers", async (t) => {
  const message = parseMessage(INVITE);
  t.ok(message && isRequest(message));
  if (!message) return;
  t.match(message, { method: "INVITE", uri: "sip:bob@biloxi.example.com", body: "body" });
  t.equal(header(message, "subject"), "one and more");
  t.match(topVia(message), { transport: "UDP", host: "pc33.atlanta.example.com", port: 5066 });
  t.equal(topVia(message)?.parameters.get("branch"), "z9hG4bK776asdhds");
  t.ok(topVia(message)?.parameters.has("rport"));
  t.equal(headerList(message, "via").length, 2);
  t.equal(headerList(message, "record-route").length, 3);
  t.equal(headerList(message, "to").length, 1, "a comma in quotes does not divide");
  t.equal(addressOf(header(message, "to") ?? "").uri, "sip:bob@biloxi.example.com");
  t.equal(addressOf(header(message, "from") ?? "").parameters.get("tag"), "1928301774");
});

/** What is wrong with each. */
const wrong: readonly (readonly [string, string])[] = [
  ["no empty line", INVITE.replace("\r\n\r\n", "\r\n")],
  ["no From", INVITE.replace(/From:.*\r\n/, "")],
  ["two Call-IDs", INVITE.replace("Subject: one", "Call-ID: other")],
  ["another method in CSeq", INVITE.replace("314159 INVITE", "314159 BYE")],
  ["CSeq out of range", INVITE.replace("314159", "2147483648")],
  ["less body than it says", INVITE.replace("l: 4", "l: 400")],
  ["two lengths that differ", INVITE.replace("Subject: one", "Content-Length: 3")],
  ["a length that is no number", INVITE.replace("l: 4", "l: -4")],
  ["a lone line feed in a header", INVITE.replace("Subject: one", "Subject: one\nX: y")],
  ["a NUL", INVITE.replace("Subject: one", "Subject: \0")],
  ["a blank in a header's name", INVITE.replace("Subject:", "Sub ject:")],
  ["another version", INVITE.replace("com SIP/2.0", "com SIP/3.0")],
  ["no Via that can be read", INVITE.replace("SIP/2.0/UDP pc33", "SIP/2.0/UDP @")],
];
for (const [what, text] of wrong) {
  t.test(`not read: ${what}`, async (t) => t.equal(parseMessage(text), undefined));
}

t.test(
  "whatever comes is read or not read, and what was read can be written and read again",
  async (t) => {
    const changed = tuple(
      nat(INVITE.length),
      nat(40),
      string({ unit: "binary", maxLength: 40 }),
    ).map(([at, cut, put]) => {
      const put1 = Buffer.from(put, "utf8").toString("latin1");
      return INVITE.slice(0, at) + put1 + INVITE.slice(at + cut);
    });
    assert(
      property(oneof(changed, string({ maxLength: 300 })), (text) => {
        const message = parseMessage(text);
        if (!message) return;
        t.same(parseMessage(writeMessage(message)), {
          ...message,
          headers: [
            ...message.headers.filter(({ name }) => name !== "content-length"),
            { name: "content-length", value: String(message.body.length) },
          ],
        });
      }),
      { numRuns: 3_000 },
    );
  },
);

t.test("what outsiders choose never makes another header", async (t) => {
  assert(
    property(
      string({ unit: "binary", maxLength: 60 }),
      string({ maxLength: 40 }),
      (name, number) => {
        const value = `${quoted(name)} <sip:${userPart(number)}@example.com>`;
        const request: SipRequest = {
          method: "OPTIONS",
          uri: `sip:${userPart(number)}@example.com`,
          headers: [
            { name: "via", value: "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1" },
            { name: "from", value: `${value};tag=1` },
            { name: "to", value: "<sip:b@example.com>" },
            { name: "call-id", value: "1" },
            { name: "cseq", value: "1 OPTIONS" },
          ],
          body: "",
        };
        const read = parseMessage(writeMessage(request));
        if (!read) throw new Error("it cannot be read again");
        t.equal(read.headers.length, 6);
        const from = addressOf(header(read, "from") ?? "");
        t.equal(from.parameters.get("tag"), "1");
        t.equal(parseUri(from.uri)?.user, number);
        t.equal(parseUri(from.uri)?.host, "example.com");
      },
    ),
    { numRuns: 2_000 },
  );
  const bad: SipRequest = {
    method: "BYE",
    uri: "sip:a@b",
    headers: [{ name: "subject", value: "a\r\nX: y" }],
    body: "",
  };
  t.throws(() => writeMessage(bad), TypeError);
});
