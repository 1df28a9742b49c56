import t from "tap";
import { answerWith, exchangeWith, fieldOf, linesOf } from "../../../test/proxy/exchange.ts";
import { inject } from "./inject.ts";

const headers = { accept: "text/html" };
const page = { etag: '"a"', "content-length": "10", "last-modified": "then" };

t.test("a head is changed like the page's", async (t) => {
  const [get, head] = (["GET", "HEAD"] as const).map((method) => {
    const answer = answerWith(page);
    inject(exchangeWith({ headers, method }), answer);
    return { adds: answer.adds, lines: linesOf(answer) };
  });
  t.same(head, get);
  t.equal(fieldOf(get?.lines ?? [], "etag"), 'W/"a-wl"');
});

t.test("with an invitation it is stored by nobody and never revalidated", async (t) => {
  const pending = { invitationId: "i", site: "shop", keys: [], html: "<form>", expiresMs: 1 };
  const answer = answerWith({ ...page, "cache-control": "max-age=60" });
  inject(exchangeWith({ headers, pending }), answer);
  t.equal(answer.control, "no-store");
  const lines = linesOf(answer);
  t.equal(fieldOf(lines, "etag"), undefined);
  t.equal(fieldOf(lines, "last-modified"), undefined);
});

t.test("with a nonce it is asked for anew each time", async (t) => {
  const policy = { "content-security-policy": "script-src 'nonce-a'" };
  const answer = answerWith({ ...page, ...policy, "cache-control": "max-age=60" });
  inject(exchangeWith({ headers }), answer);
  t.equal(answer.control, "max-age=60, no-cache");
  const lines = linesOf(answer);
  t.equal(fieldOf(lines, "etag"), undefined);
  t.match(fieldOf(lines, "content-security-policy"), /^script-src 'nonce-a' 'nonce-[\w+/]{24}'$/);
});

t.test("a page that is left alone is left alone", async (t) => {
  const answer = answerWith({ ...page, "cache-control": "no-transform" });
  const x = exchangeWith({ headers });
  inject(x, answer);
  t.same([answer.way, answer.adds, answer.control], [undefined, 0, undefined]);
  t.equal(linesOf(answer).length, 6);
  t.same(x.told.skipped, ["no_transform"]);
});

t.test("a 304 for a copy of ours has our tag", async (t) => {
  const x = exchangeWith({ headers });
  x.validators = 'W/"a-wl"';
  const answer = answerWith({ etag: '"a"' }, 304);
  inject(x, answer);
  t.equal(fieldOf(linesOf(answer), "etag"), 'W/"a-wl"');
});
