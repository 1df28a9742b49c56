import t from "tap";
import { baseOf, isAmp, metaPolicies, takesInFront } from "./page-start.ts";

const HEAD = "<!doctype html><html><head><meta charset=utf-8>";

t.test("pages that take a script in front", async (t) => {
  const named = [
    HEAD,
    "<!DOCTYPE HTML>\n<HTML LANG=de>\n<HEAD>\n<META CHARSET='utf-8'/><TITLE>",
    ' \r\n<!doctype\thtml >\n<html lang="en" class=\'a > b\' data-x=1>\n<head >\n  <meta charset="UTF-8">',
    "<!doctype html><meta charset=utf-8><p>no head",
    "<!doctype html><header><meta charset=utf-8>",
    `<!doctype html><html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">`,
    `<!doctype html><html><head><META HTTP-EQUIV=content-type CONTENT='text/html;charset=Shift_JIS'>`,
    `${HEAD}<!-- a comment --><body>`,
  ];
  for (const page of named) t.equal(takesInFront(page, 80, false), true, page);
  t.equal(
    takesInFront("<!doctype html><html><head><title>", 80, true),
    true,
    "charset in the head",
  );
  t.equal(takesInFront("<!doctype html><body class=a>", 80, true), true);
});

t.test("pages that do not", async (t) => {
  const pages: readonly (readonly [why: string, page: string])[] = [
    ["quirks", "<html><head><meta charset=utf-8>"],
    [
      "another doctype",
      '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html><head>',
    ],
    ["legacy", '<!DOCTYPE html SYSTEM "about:legacy-compat"><html><head><meta charset=utf-8>'],
    ["XML", '<?xml version="1.0"?><!doctype html><html><head><meta charset=utf-8>'],
    ["a byte order mark", `\u00ef\u00bb\u00bf${HEAD}`],
    ["UTF-16", "\u00ff\u00fe<\0!\0d\0"],
    ["a fragment", "<div>"],
    ["a comment first", "<!-- x --><!doctype html><html><head><meta charset=utf-8>"],
    ["a comment before html", "<!doctype html><!-- x --><html><head><meta charset=utf-8>"],
    ["a comment before head", "<!doctype html><html><!-- x --><head><meta charset=utf-8>"],
    ["attributes of head", '<!doctype html><html><head prefix="og: x"><meta charset=utf-8>'],
    ["text first", "<!doctype html>text<meta charset=utf-8>"],
    ["AMP", "<!doctype html><html amp lang=en><head><meta charset=utf-8>"],
    ["AMP", "<!doctype html><html \u00e2\u009a\u00a1><head><meta charset=utf-8>"],
    ["a tag cut off", "<!doctype html><html lang='"],
    ["a head cut off", "<!doctype html><html><head"],
    ["nothing yet", "<!doctype html>"],
    ["a policy", `${HEAD}<meta http-equiv=Content-Security-Policy content="script-src 'none'">`],
    ["a base", `${HEAD}<base href=//cdn.example/>`],
    ["no encoding", "<!doctype html><html><head><title>Shop</title>"],
    ["an encoding in a comment", "<!doctype html><html><head><!-- <meta charset=utf-8> -->"],
    ["a late one", `<!doctype html><html><head>${" ".repeat(940)}<meta charset=utf-8>`],
  ];
  for (const [why, page] of pages) t.equal(takesInFront(page, 80, false), false, why);
});

t.test("no page keeps the edge busy", async (t) => {
  const startMs = performance.now();
  const parts = [
    " ",
    "<",
    "<html ",
    "a=",
    "='",
    "<meta charset",
    "<meta http-equiv=content-type ",
    "<!--",
  ];
  for (const part of parts) {
    const many = part.repeat(1024).slice(0, 1024);
    for (const head of ["", "<!doctype html>", "<!doctype html><html ", HEAD])
      for (let i = 0; i < 20; i++) {
        takesInFront(head + many, 80, false);
        isAmp(head + many);
        baseOf(head + many);
      }
  }
  t.ok(performance.now() - startMs < 5000);
});

t.test("AMP and base", async (t) => {
  for (const amp of ["<html amp>", "<!doctype html>\n<HTML lang=en AMP>", "<html amp4email>"])
    t.equal(isAmp(amp), true, amp);
  for (const other of ["<html>", "<html class=amp>", "<html ampere>", "<htmlamp amp>", "amp"])
    t.equal(isAmp(other), false, other);
  t.equal(baseOf(`<base target=_top href="/a&amp;b">`), "/a&b");
  t.equal(baseOf("<BASE HREF=//x.example/>"), "//x.example/");
  t.equal(baseOf("<base target=x><basefont href=y>"), undefined);
  t.equal(baseOf("<p>"), undefined);
});

t.test("policies in meta elements", async (t) => {
  t.same(metaPolicies(`<meta charset=utf-8><meta name=x content="http-equiv">`), []);
  t.same(
    metaPolicies(`<META http-equiv='Content-Security-Policy' content='a "b"'><meta content=c
      http-equiv="content-security-policy" />`),
    ['a "b"', "c"],
  );
});

t.test("a hostile document does not keep the edge busy", async (t) => {
  const startMs = performance.now();
  for (const part of ["<meta ", "<meta http-equiv = ", "content='", " http-equiv", "<meta\n\n\n"])
    metaPolicies(`<meta ${part.repeat(11_000)}`);
  metaPolicies(`<meta http-equiv=content-security-policy ${"content='".repeat(900)}>`);
  t.ok(performance.now() - startMs < 1000);
  t.same(metaPolicies(`<meta http-equiv=content-security-policy-report-only content=a>`), []);
});
