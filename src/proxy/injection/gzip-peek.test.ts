import { gzipSync } from "node:zlib";
import t from "tap";
import { fit } from "./gzip-peek.ts";

t.test("what is known of a page is known for that front and head only", async (t) => {
  const at = (length: number, charset: boolean) => {
    const page = `<!doctype html><html><head>${" ".repeat(850)}<meta charset=utf-8>`;
    const body = gzipSync(page);
    return fit(body, 0, body.length, { length, charset });
  };
  for (let i = 0; i < 2; i++) {
    t.equal(at(50, false), true);
    t.equal(at(250, false), false, "the encoding would not be found");
    t.equal(at(250, true), true, "nor need it be");
  }
});

t.test("how much must have come", async (t) => {
  const asked = { length: 60, charset: false };
  const body = gzipSync("<!doctype html><html><head><meta charset=utf-8><title>Shop</title>");
  t.equal(fit(body, 0, 9, asked), undefined, "a part of the header");
  t.equal(fit(body, 0, 10, asked), undefined, "the header");
  t.equal(fit(body, 0, 30, asked), false, "not enough of the page, and nothing waits for more");
  t.equal(fit(body, 0, body.length, asked), true);
  t.equal(fit(gzipSync(""), 0, 20, asked), undefined, "an empty page");
  t.equal(fit(Buffer.from("<!doctype html>"), 0, 15, asked), false, "no gzip");
  const bomb = gzipSync(`<!doctype html><html><head><meta charset=utf-8>${" ".repeat(9e5)}`);
  t.equal(fit(bomb, 0, bomb.length, asked), false, "a bomb");
  t.equal(fit(body.fill(0xff, 12, 20), 0, body.length, asked), false, "broken");
});
