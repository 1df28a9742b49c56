import t from "tap";
import { answerWith, exchangeWith } from "../../../test/proxy/exchange.ts";
import type { Answer } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { countHit, isPage } from "./count-hit.ts";

/** Whether the answer is counted as a download. */
function isDownload(x: Exchange & { told: { hits: { kind: string }[] } }, answer: Answer): boolean {
  countHit(x, answer);
  return x.told.hits.some(({ kind }) => kind === "download");
}

t.test("pages", async (t) => {
  const page = exchangeWith({ navigation: true });
  t.equal(isPage(page, answerWith().head), true);
  t.equal(isPage(page, answerWith({ "content-type": "text/html;charset=utf-8" }, 203).head), true);
  t.equal(isPage(page, answerWith({}, 304).head), true);
  t.equal(isPage(page, answerWith({}, 404).head), false);
  t.equal(isPage(page, answerWith({ "content-type": "text/htmlx" }).head), false);
  t.equal(
    isPage(page, answerWith({ "content-disposition": "attachment; filename=a" }).head),
    false,
  );
  t.equal(isPage(exchangeWith({}), answerWith().head), false, "no navigation");
});

t.test("types of files", async (t) => {
  const is = (type: string) => isDownload(exchangeWith({}), answerWith({ "content-type": type }));
  for (const type of [
    "application/zip",
    "application/pdf; x=y",
    "Application/Octet-Stream",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/x-7z-compressed",
  ])
    t.equal(is(type), true, type);
  for (const type of [
    "text/html",
    "application/json",
    "application/vnd.api+json",
    "application/vnd.ms-fontobject",
    "application/zipper",
    "image/png",
    "",
  ])
    t.equal(is(type), false, type);
});

t.test("files by what the browser does with them", async (t) => {
  const zip = answerWith({ "content-type": "application/zip" });
  const saved = answerWith({ "content-disposition": "Attachment" });
  const is = (headers: Record<string, string>, answer = zip) =>
    isDownload(exchangeWith({ headers }), answer);
  t.equal(is({ "sec-fetch-dest": "document" }), true);
  t.equal(is({ "sec-fetch-dest": "iframe" }), true);
  t.equal(is({ "sec-fetch-dest": "font" }), false);
  t.equal(is({ "sec-fetch-dest": "empty", "sec-fetch-mode": "cors" }), false);
  t.equal(is({ "sec-fetch-dest": "empty", "sec-fetch-mode": "no-cors" }), true);
  t.equal(is({ "sec-fetch-dest": "empty", "sec-fetch-mode": "cors" }, saved), true);
  t.equal(isDownload(exchangeWith({ method: "POST" }), zip), false);
  t.equal(isDownload(exchangeWith({ method: "HEAD" }), zip), false);
});

t.test("a file in pieces is one: that of the first byte", async (t) => {
  const piece = (range: string) =>
    answerWith({ "content-type": "application/zip", "content-range": range }, 206);
  t.equal(isDownload(exchangeWith({}), piece("bytes 0-9/100")), true);
  t.equal(isDownload(exchangeWith({}), piece("bytes 10-99/100")), false);
  t.equal(
    isDownload(exchangeWith({}), answerWith({ "content-type": "application/zip" }, 304)),
    false,
  );
});

t.test("long fields are cut", async (t) => {
  const x = exchangeWith({
    navigation: true,
    url: `/${"u".repeat(3000)}`,
    headers: {
      "user-agent": "a".repeat(600),
      referer: "r".repeat(3000),
      "accept-language": "l".repeat(200),
    },
  });
  countHit(x, answerWith());
  t.match(x.told.hits, [
    {
      kind: "page",
      userAgent: "a".repeat(512),
      language: "l".repeat(128),
      referrer: "r".repeat(2048),
    },
  ]);
  t.equal(x.told.hits[0]?.url.length, 2048);
});
