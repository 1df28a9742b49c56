import t from "tap";
import { Field } from "./field.ts";
import { requestText as textOf } from "./request-head.ts";

const GET = [":method", "GET", ":scheme", "https", ":authority", "shop.example", ":path", "/a?b"];
const with_ = (...fields: string[]) => [...GET, ...fields];
const instead = (name: string, value?: string) => {
  const fields = [...GET];
  fields.splice(fields.indexOf(name), 2, ...(value === undefined ? [] : [name, value]));
  return fields;
};
const key = () => "a2V5";

/** @param fields names and values in turn */
function requestText(fields: readonly string[], ended: boolean, newKey: () => string) {
  const pairs = fields.flatMap((name, i) => {
    return i % 2 === 0 ? [new Field(name, fields[i + 1] ?? "")] : [];
  });
  return textOf(pairs, ended, newKey);
}

t.test("a request without a body", (t) => {
  t.same(requestText(with_("accept", "*/*", "te", "trailers"), true, key), {
    head: "GET /a?b HTTP/1.1\r\nhost: shop.example\r\naccept: */*\r\nte: trailers\r\n\r\n",
    isHead: false,
    body: "none",
    length: 0,
    tunnelKey: undefined,
    asker: ["shop.example", "", ""],
  });
  t.end();
});

t.test("a body of known and of unknown length", (t) => {
  const known = requestText(with_("content-length", "5"), false, key);
  t.match(known, { body: "length", length: 5, head: /\r\ncontent-length: 5\r\n\r\n$/ });
  const unknown = requestText(GET, false, key);
  t.match(unknown, { body: "chunked", head: /\r\ntransfer-encoding: chunked\r\n\r\n$/ });
  t.match(requestText(with_("content-length", "0"), true, key), { body: "none" });
  t.end();
});

t.test("crumbs of the cookie become one line, wherever they stand", (t) => {
  const fields = with_("cookie", "a=1", "accept", "*/*", "cookie", "b=2", "cookie", "c=3");
  t.match(requestText(fields, true, key), { head: /\r\ncookie: a=1; b=2; c=3\r\n\r\n$/ });
  t.end();
});

t.test("the host may come as a field of its own", (t) => {
  const alone = [...instead(":authority"), "host", "shop.example"];
  t.match(requestText(alone, true, key), {
    head: /^GET \/a\?b HTTP\/1.1\r\nhost: shop.example\r\n/,
  });
  t.match(requestText(with_("host", "SHOP.example"), true, key), { body: "none" });
  t.end();
});

t.test("a WebSocket (RFC 8441)", (t) => {
  const fields = [...instead(":method", "CONNECT"), "sec-websocket-version", "13"];
  fields.unshift(":protocol", "websocket");
  const request = requestText(fields, false, key);
  t.match(request, { tunnelKey: "a2V5", body: "none", head: /^GET \/a\?b HTTP\/1.1\r\n/ });
  t.match(request, {
    head: /upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: a2V5/,
  });
  t.equal(requestText([...fields, "sec-websocket-key", "x"], false, key), "malformed");
  t.equal(requestText(fields, true, key), "malformed", "ended before it began");
  fields[1] = "connect-udp";
  t.equal(requestText(fields, false, key), "malformed", "a protocol that we do not speak");
  t.end();
});

t.test("a proxy to anywhere is not offered", (t) => {
  const fields = [":method", "CONNECT", ":authority", "mail.example:25"];
  t.equal(requestText(fields, false, key), "connect");
  t.end();
});

t.test("what two servers could read differently is malformed", (t) => {
  const cases: Record<string, readonly string[]> = {
    "upper case": with_("Accept", "*/*"),
    "an empty name": with_("", "x"),
    "white space in a name": with_("accept ", "x"),
    "a colon in a name": with_("a:b", "x"),
    "a line end in a value": with_("a", "x\r\nhost: other"),
    "a bare line feed in a value": with_("a", "x\ny"),
    "NUL in a value": with_("a", "x\0y"),
    "white space around a value": with_("a", " x"),
    connection: with_("connection", "close"),
    "keep-alive": with_("keep-alive", "5"),
    "proxy-connection": with_("proxy-connection", "close"),
    "transfer-encoding": with_("transfer-encoding", "chunked"),
    upgrade: with_("upgrade", "h2c"),
    "te other than trailers": with_("te", "gzip"),
    "no method": instead(":method"),
    "a method with a space": instead(":method", "GET /admin"),
    "no scheme": instead(":scheme"),
    "another scheme than the connection's": instead(":scheme", "http"),
    "no path": instead(":path"),
    "an empty path": instead(":path", ""),
    "an absolute path": instead(":path", "https://other.example/"),
    "white space in the path": instead(":path", "/a HTTP/1.1"),
    "a control byte in the path": instead(":path", "/a\tb"),
    "a fragment": instead(":path", "/a#b"),
    "* for another method than OPTIONS": instead(":path", "*"),
    "no authority": instead(":authority"),
    "an empty authority": instead(":authority", ""),
    "user and password": instead(":authority", "a:b@shop.example"),
    "a path in the authority": instead(":authority", "shop.example/x"),
    "two hosts": [...instead(":authority"), "host", "a.example", "host", "a.example"],
    "another host than the authority": with_("host", "other.example"),
    "a pseudo field twice": with_().concat(GET.slice(0, 2)),
    "a pseudo field behind others": ["accept", "*/*", ...GET],
    "a pseudo field of answers": [":status", "200", ...GET],
    "an unknown pseudo field": [":x", "1", ...GET],
    ":protocol without CONNECT": [":protocol", "websocket", ...GET],
    "two lengths": with_("content-length", "1", "content-length", "1"),
    "a list of lengths": with_("content-length", "1, 1"),
    "a signed length": with_("content-length", "+1"),
  };
  for (const [what, fields] of Object.entries(cases)) {
    t.equal(requestText(fields, false, key), "malformed", what);
  }
  t.equal(
    requestText(with_("content-length", "1"), true, key),
    "malformed",
    "a body that is missing",
  );
  t.end();
});
