import t from "tap";
import { parseEdgeMessage, parseEngineMessage } from "./schema.ts";

const invitation = { invitationId: "i", site: "s", keys: ["k"], html: "<p>", expiresMs: 1 };
const page = { id: "p", site: "s", keys: ["k"], path: "/a", expiresMs: 1 };
const pending = (part: object) =>
  parseEngineMessage(JSON.stringify({ type: "pending", invitation: { ...invitation, ...part } }));
const nextPage = (path: unknown) =>
  parseEngineMessage(JSON.stringify({ type: "next_page", page: { ...page, path } }));

t.test("whatever is no message is nothing", async (t) => {
  for (const line of ["", "{", "null", "[]", '{"type":"hi"}', '{"type":"shown"}', "\u0000"]) {
    t.equal(parseEdgeMessage(line), undefined, line);
    t.equal(parseEngineMessage(line), undefined, line);
  }
  t.equal(parseEdgeMessage('{"type":"hits","dropped":0,"hits":[{"site":1}]}'), undefined);
});

t.test("a hit says what the visitor allows, and what was noticed", async (t) => {
  const hit = {
    site: "s",
    atMs: 1,
    kind: "notice",
    url: "/",
    status: 303,
    address: "192.0.2.1",
    visitor: { cookie: "none", addressKey: "k" },
    consent: "none",
    noticed: {
      purchases: [{ atMs: 1, amount: 1.5, currency: "EUR", order: "7" }],
      events: [{ name: "newsletter", atMs: 1 }],
      login: "ada",
    },
  };
  const hits = (one: object) => JSON.stringify({ type: "hits", dropped: 0, hits: [one] });
  t.same(parseEdgeMessage(hits(hit)), { type: "hits", dropped: 0, hits: [hit] });
  t.equal(parseEdgeMessage(hits({ ...hit, consent: "all" })), undefined);
});

t.test("markup is ASCII and not endless", async (t) => {
  t.match(pending({}), { type: "pending", invitation });
  t.equal(pending({ html: "\u00fc" }), undefined);
  t.equal(pending({ html: "\u0000" }), undefined);
  t.equal(pending({ html: "x".repeat(65_537) }), undefined);
  t.equal(pending({ keys: Array(17).fill("k") }), undefined);
});

t.test("a next page is a path of the same site", async (t) => {
  for (const path of ["/", "/a?b=/c", "/\u00fc"]) t.ok(nextPage(path), path);
  for (const path of ["", "a", "//evil.example", "/\\evil.example", "/a\r\nB: c", "https://a", 1])
    t.equal(nextPage(path), undefined, String(path));
});

t.test("what the schema does not know is left out", async (t) => {
  t.same(parseEdgeMessage('{"type":"shown","invitationId":"i","more":1}'), {
    type: "shown",
    invitationId: "i",
  });
});
