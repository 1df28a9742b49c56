import t from "tap";
import { answerWith, exchangeWith } from "../../../test/proxy/exchange.ts";
import { valueOf } from "../fields.ts";
import { inject } from "./inject.ts";

const headers = { accept: "text/html" };
const page = { etag: '"a"', "content-length": "10", "last-modified": "then" };

t.test("a head is changed like the page's, and has no body to append to", async (t) => {
  const [get, head] = (["GET", "HEAD"] as const).map((method) => {
    const answer = answerWith(page);
    inject(exchangeWith({ headers, method }), answer);
    return answer;
  });
  t.same(head?.fields, get?.fields);
  t.equal(get?.body.length, 1);
  t.equal(head?.body.length, 0);
});

t.test("a compressed page's length is not known, the tag stays ours", async (t) => {
  const answer = answerWith({ ...page, "content-encoding": "gzip" });
  inject(exchangeWith({ headers }), answer);
  t.equal(valueOf(answer.fields, "content-length"), undefined);
  t.equal(valueOf(answer.fields, "etag"), 'W/"a-wl"');
  t.equal(answer.body.length, 3);
});

t.test("with an invitation it is stored by nobody and never revalidated", async (t) => {
  const pending = { invitationId: "i", site: "shop", keys: [], html: "<form>", expiresMs: 1 };
  const answer = answerWith({ ...page, "cache-control": "max-age=60" });
  inject(exchangeWith({ headers, pending }), answer);
  t.equal(valueOf(answer.fields, "cache-control"), "no-store");
  t.equal(valueOf(answer.fields, "etag"), undefined);
  t.equal(valueOf(answer.fields, "last-modified"), undefined);
});

t.test("a page that is left alone is left alone", async (t) => {
  const answer = answerWith({ ...page, "cache-control": "no-transform" });
  const before = [...answer.fields];
  const x = exchangeWith({ headers });
  inject(x, answer);
  t.same(answer.fields, before);
  t.same(x.told.skipped, ["no_transform"]);
});
