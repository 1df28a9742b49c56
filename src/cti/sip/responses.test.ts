import t from "tap";
import { parseMessage, topVia } from "./message.ts";
import { returnAddress, withReceived } from "./responses.ts";

const FROM = { host: "203.0.113.7", port: 40_222 };

/** A request as a telephone behind a NAT sends it: its Via has the address that it believes to have. */
function request(via: string) {
  const text = `OPTIONS sip:w@example.com SIP/2.0\r\nVia: ${via}\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:w@b>\r\nContent-Length: 0\r\n\r\n`;
  const message = parseMessage(text);
  if (!message || !("method" in message)) throw new Error("not a request");
  return message;
}

t.test(
  "RFC 3581, section 4: rport is filled in, received beside it, and the answer goes there",
  (t) => {
    const asked = request("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff");
    const via = topVia(withReceived(asked, FROM));
    t.equal(via?.parameters.get("rport"), "40222");
    t.equal(via?.parameters.get("received"), "203.0.113.7");
    t.equal(via?.port, 4_540, "what it said of itself stays");
    t.same(returnAddress(asked, FROM), FROM);
    t.end();
  },
);

t.test(
  "without rport: the address it came from, the port it named (RFC 3261, section 18.2.2)",
  (t) => {
    const asked = request("SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bK1");
    t.equal(topVia(withReceived(asked, FROM))?.parameters.has("rport"), false);
    t.same(returnAddress(asked, FROM), { host: FROM.host, port: 4_540 });
    t.same(returnAddress(request("SIP/2.0/UDP 10.1.1.1;branch=z9hG4bK1"), FROM).port, 5_060);
    t.end();
  },
);

t.test("only the topmost Via is ours to fill in", (t) => {
  const asked = request(
    "SIP/2.0/UDP 10.1.1.1;branch=z9hG4bK1;rport, SIP/2.0/UDP 10.2.2.2;branch=z9hG4bK2;rport",
  );
  const via = withReceived(asked, FROM).headers.find(({ name }) => name === "via");
  t.match(via?.value, /10\.2\.2\.2;branch=z9hG4bK2;rport$/);
  t.end();
});
