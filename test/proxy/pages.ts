/** Pages as they are found in the wild: what a browser makes of them must not depend on who passed them on. */

export interface WildPage {
  readonly name: string;
  readonly type: string;
  readonly body: Buffer;
  /** Why no script runs: `unfinished` and `frames`, because there is no place for one at the end. */
  readonly left?: string;
}

const UTF8 = "text/html; charset=utf-8";
const HTML = "text/html";
const TEXT =
  "<h1>Espresso</h1><p>Fresh from the roaster &amp; warm. Gr\u00fc\u00dfe, \u5496\u5561, \u05e9\u05dc\u05d5\u05dd</p>";
const META = '<meta charset="utf-8"><title>Shop</title>';

function page(name: string, html: string, more: { type?: string; left?: string } = {}): WildPage {
  const { type = HTML, left } = more;
  return { name, type, body: Buffer.from(html), ...(left !== undefined && { left }) };
}
function bytes(name: string, type: string, body: Buffer, left?: string): WildPage {
  return { name, type, body, ...(left !== undefined && { left }) };
}
/** Text in single bytes, a few of them above 127. */
const single = (text: string, ...high: number[]) =>
  Buffer.concat(
    text.split("\u00b7").flatMap((part, i) => {
      const byte = high[i];
      return [Buffer.from(part, "latin1"), Buffer.from(byte === undefined ? [] : [byte])];
    }),
  );

const plain = (head: string, body = TEXT) =>
  `<!DOCTYPE html>\n<html lang="en">\n<head>\n${head}\n</head>\n<body>\n${body}\n</body>\n</html>\n`;

export const PAGES: readonly WildPage[] = [
  // Usual pages.
  page("usual", plain(META)),
  page("usual, charset in the head", plain("<title>Shop</title>"), { type: UTF8 }),
  page(
    "lower case, no spaces",
    `<!doctype html><html><head>${META}</head><body>${TEXT}</body></html>`,
  ),
  page(
    "upper case",
    `<!DOCTYPE HTML><HTML LANG=DE CLASS='A B'><HEAD><META CHARSET=UTF-8><TITLE>Shop</TITLE></HEAD><BODY ID=X>${TEXT}</BODY></HTML>`,
  ),
  page(
    "attributes of html and body",
    `<!doctype html><html lang="en" class="no-js a&gt;b" data-x='1 > 0' hidden=false><head>${META}</head><body class="home" onload="document.body.dataset.loaded=1">${TEXT}</body></html>`,
  ),
  page(
    "old http-equiv charset",
    plain('<meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>Shop</title>'),
  ),
  page(
    "right to left",
    `<!doctype html><html dir="rtl" lang="he"><head>${META}</head><body><p>\u05e9\u05dc\u05d5\u05dd <bdo dir=ltr>abc</bdo></p></body></html>`,
  ),
  page(
    "comments for old browsers",
    `<!doctype html>\n<!--[if lt IE 7]> <html class="ie6"> <![endif]-->\n<!--[if gt IE 8]><!--> <html class="no-js" lang="en"> <!--<![endif]-->\n<head>${META}</head><body>${TEXT}</body></html>`,
  ),
  page(
    "attributes of head",
    `<!doctype html><html><head prefix="og: https://ogp.me/ns#" data-p="x">${META}</head><body>${TEXT}</body></html>`,
  ),
  page(
    "a comment before everything",
    `<!-- made by hand -->\n<!doctype html><html><head>${META}</head><body>${TEXT}</body></html>`,
  ),
  page(
    "comments between",
    `<!doctype html><!-- a --><html><!-- b --><head><!-- c -->${META}</head><!-- d --><body>${TEXT}</body><!-- e --></html><!-- f -->`,
  ),
  // Missing parts.
  page("no head", `<!doctype html><html><meta charset=utf-8><body>${TEXT}</body></html>`),
  page("no tags of the document", `<!doctype html><meta charset=utf-8><title>Shop</title>${TEXT}`),
  page("no body tag", `<!doctype html><html><head>${META}</head>${TEXT}`),
  page("text only", "<!doctype html>Hello there, nothing else", { type: UTF8 }),
  page(
    "head closed twice",
    `<!doctype html><html><head>${META}</head></head><body>${TEXT}</body></html>`,
  ),
  page(
    "two heads, two bodies",
    `<!doctype html><html><head>${META}</head><head class=x><body a=1><head><body b=2>${TEXT}</html>`,
  ),
  page(
    "elements behind the end",
    `<!doctype html><html><head>${META}</head><body>${TEXT}</body></html><p>late</p><!-- later -->`,
  ),
  page(
    "frameset",
    `<!doctype html><html><head>${META}</head><frameset cols="50%,50%"><frame src="about:blank"><frame src="about:blank"></frameset></html>`,
    { left: "frames" },
  ),
  // Modes.
  page(
    "quirks: no doctype",
    `<html><head>${META}</head><body><table><tr><td>${TEXT}</table></body></html>`,
  ),
  page(
    "quirks: an old doctype",
    `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"><html><head>${META}</head><body>${TEXT}</body></html>`,
  ),
  page(
    "limited quirks",
    `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml"><head>${META}</head><body>${TEXT}</body></html>`,
  ),
  page(
    "strict XHTML as HTML",
    `<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><head><meta charset="utf-8" /><title>Shop</title></head><body>${TEXT}<br /></body></html>`,
  ),
  page(
    "legacy-compat",
    `<!DOCTYPE html SYSTEM "about:legacy-compat"><html><head>${META}</head><body>${TEXT}</body></html>`,
  ),
  page(
    "HTML 4.01 strict",
    `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd"><html><head>${META}</head><body>${TEXT}</body></html>`,
  ),
  // What looks like tags and is none.
  page(
    "tags in comments",
    plain(
      `${META}<!-- </head><body><meta charset=koi8-r></body></html> -->`,
      `<!-- </body></html> -->${TEXT}`,
    ),
  ),
  page(
    "tags in scripts",
    plain(
      `${META}<script>var a = "</head><body><title>no</title></body></html>";</script>`,
      `${TEXT}<script>document.title += "</body>".length</script>`,
    ),
  ),
  page(
    "tags in attributes",
    plain(
      `${META}<meta name=description content="</head><body>">`,
      `<div title="</body></html><textarea>" data-b='<!--'>${TEXT}</div>`,
    ),
  ),
  page(
    "tags in templates",
    plain(META, `<template><div></body></html><script>no()</script><p>in</p></template>${TEXT}`),
  ),
  page(
    "tags in text areas",
    plain(
      META,
      `<textarea></body></html><script>no()</script></textarea><style>p::after{content:"</body>"}</style>${TEXT}`,
    ),
  ),
  page(
    "noscript in head and body",
    plain(
      `${META}<noscript><style>p{color:red}</style></noscript>`,
      `<noscript><p>no scripts</p></noscript>${TEXT}`,
    ),
  ),
  // What is never closed.
  page("unclosed comment", `<!doctype html><meta charset=utf-8><p>a<!-- ${TEXT}`, {
    left: "unfinished",
  }),
  page("unclosed script", `<!doctype html><meta charset=utf-8><p>a<script>document.title = "b"`, {
    left: "unfinished",
  }),
  page("unclosed textarea", `<!doctype html><meta charset=utf-8><p>a<textarea>b`, {
    left: "unfinished",
  }),
  page("unclosed title", `<!doctype html><meta charset=utf-8><title>a`, { left: "unfinished" }),
  page("unclosed style", `<!doctype html><meta charset=utf-8><p>a<style>p{color:red}`, {
    left: "unfinished",
  }),
  page("unclosed tag", `<!doctype html><meta charset=utf-8><p>a<a href="b`, { left: "unfinished" }),
  page("unclosed select", `<!doctype html><meta charset=utf-8><p>a<select><option>b`),
  page("plaintext", `<!doctype html><meta charset=utf-8><p>a<plaintext>b</body>c`, {
    left: "unfinished",
  }),
  page(
    "unclosed tables and lists",
    `<!doctype html><meta charset=utf-8><table><tr><td><ul><li><b><i>a<table><tr>x<td>b`,
  ),
  // Encodings.
  bytes("byte order mark", HTML, Buffer.from(`\ufeff${plain("<title>Shop</title>")}`)),
  bytes(
    "UTF-16, little end first",
    HTML,
    Buffer.from(`\ufeff${plain("<title>Shop</title>")}`, "utf16le"),
    "mark",
  ),
  bytes(
    "UTF-16, big end first",
    HTML,
    Buffer.from(`\ufeff${plain("<title>Shop</title>")}`, "utf16le").swap16(),
    "mark",
  ),
  bytes(
    "UTF-16 by header",
    "text/html; charset=utf-16le",
    Buffer.from(plain("<title>Caf\u00e9 \u4e00</title>"), "utf16le"),
  ),
  bytes(
    "UTF-16, big end first by header",
    "text/html; charset=utf-16be",
    Buffer.from(plain("<title>Shop</title>"), "utf16le").swap16(),
  ),
  bytes(
    "UTF-32's mark, which is none",
    HTML,
    Buffer.from(`\0\0\u00fe\u00ff${plain("<title>Shop</title>")}`, "latin1"),
  ),
  bytes(
    "ISO-2022-JP by header, ends in kanji",
    "text/html; charset=iso-2022-jp",
    Buffer.from(`${plain("<title>\x1b$BF|K\\\x1b(B</title>")}<p>\x1b$BF|K\\`, "latin1"),
  ),
  bytes(
    "ISO-2022-JP by meta",
    HTML,
    Buffer.from(plain("<meta charset=iso-2022-jp><title>\x1b$BF|K\\\x1b(B</title>"), "latin1"),
  ),
  bytes(
    "windows-1252 by header",
    "text/html; charset=windows-1252",
    single(plain("<title>Caf\u00b7</title>", "<p>10 \u00b7 \u00b7uro"), 0xe9, 0x80, 0x84),
  ),
  bytes(
    "windows-1252 by meta",
    HTML,
    single(plain("<meta charset=windows-1252><title>Caf\u00b7</title>", "<p>x"), 0xe9),
  ),
  bytes(
    "ISO-8859-15 by http-equiv",
    HTML,
    single(
      plain(
        `<meta http-equiv=content-type content="text/html; charset=iso-8859-15"><title>\u00b7</title>`,
        "<p>x",
      ),
      0xa4,
    ),
  ),
  bytes(
    "KOI8-R by meta",
    HTML,
    single(plain('<meta charset="koi8-r"><title>\u00b7\u00b7</title>', "<p>x"), 0xce, 0xc5),
  ),
  bytes(
    "Shift_JIS by header",
    "text/html;charset=Shift_JIS",
    Buffer.concat([
      Buffer.from("<!doctype html><title>"),
      Buffer.from([0x83, 0x52, 0x81, 0x5b]),
      Buffer.from("</title><p>"),
    ]),
  ),
  bytes(
    "Shift_JIS by meta",
    HTML,
    Buffer.concat([
      Buffer.from("<!doctype html><html><head><meta charset=shift_jis><title>"),
      Buffer.from([0x83, 0x5c, 0x83, 0x7d]),
      Buffer.from("</title></head><body><p>"),
    ]),
  ),
  bytes(
    "GBK by meta",
    HTML,
    Buffer.concat([
      Buffer.from(
        '<!doctype html><html><head><meta http-equiv="Content-Type" content="text/html; charset=gbk" /><title>',
      ),
      Buffer.from([0xbf, 0xa7, 0xb7, 0xc8]),
      Buffer.from("</title></head><body><p>"),
    ]),
  ),
  bytes(
    "ISO-2022-JP by meta",
    HTML,
    Buffer.from(
      "<!doctype html><html><head><meta charset=iso-2022-jp><title>\x1b$B%3!<%R!<\x1b(B</title></head><body><p>",
    ),
  ),
  bytes(
    "late meta",
    HTML,
    Buffer.from(plain(`<style>${"p { margin: 0 } ".repeat(80)}</style>${META}`)),
  ),
  bytes(
    "meta at the very end of what is searched",
    HTML,
    Buffer.from(plain(`<style>/*${"-".repeat(930)}*/</style><meta charset=utf-8>`)),
  ),
  bytes(
    "no encoding named",
    HTML,
    Buffer.from(
      `<!doctype html><html><head><title>Shop</title></head><body><p>Gr\u00fc\u00dfe</body></html>`,
    ),
  ),
  // Content of other kinds.
  page(
    "SVG and MathML",
    plain(
      META,
      `<svg viewBox="0 0 9 9"><title>a</title><script>window.svg=1</script><foreignObject><p>b</p></foreignObject></svg><math><mi>x</mi><annotation-xml encoding="text/html"><p>c</annotation-xml></math>${TEXT}`,
    ),
  ),
  page(
    "base of its own",
    plain(`${META}<base href="/shop/" target="_top">`, `<a href=x>a</a>${TEXT}`),
  ),
  page("base of another site", plain(`${META}<base href="https://cdn.example/">`), {
    left: "base",
  }),
  page(
    "huge inline data",
    plain(
      META,
      `<img alt=a src="data:image/gif;base64,${"R0lGODlhAQABAAAAACw".repeat(9000)}">${TEXT}`,
    ),
  ),
  page(
    "application of one page",
    `<!doctype html><html lang=en><head><meta charset=utf-8><title>App</title><script type=module>document.getElementById("root").innerHTML = "<main>ready</main>"</script></head><body><div id=root></div><noscript>You need JavaScript</noscript></body></html>`,
  ),
  page(
    "document.write",
    plain(
      `${META}<script>document.write("<meta name=written content=1>")</script>`,
      `<script>document.write("<div><p>written")</script>${TEXT}</div>`,
    ),
  ),
  page(
    "scripts that look for themselves",
    plain(
      META,
      `<script>const all = document.getElementsByTagName("script"); document.body.dataset.mine = all[all.length - 1].textContent.length</script>${TEXT}`,
    ),
  ),
  page(
    "custom elements",
    plain(
      `${META}<script>customElements.define("x-a", class extends HTMLElement { connectedCallback() { this.append("up") } })</script>`,
      `<x-a></x-a><x-b><template shadowrootmode=open><slot></slot></template>c</x-b>${TEXT}`,
    ),
  ),
  page("AMP", `<!doctype html><html amp lang=en><head>${META}</head><body>${TEXT}</body></html>`, {
    left: "amp",
  }),
  page(
    "AMP with the flash",
    `<!doctype html><html \u26a1><head>${META}</head><body>${TEXT}</body></html>`,
    { type: UTF8, left: "amp" },
  ),
  page(
    "policy that lets us in",
    plain(
      `${META}<meta http-equiv="Content-Security-Policy" content="script-src 'self' 'unsafe-inline'">`,
      `<script>window.own=1</script>${TEXT}`,
    ),
  ),
  page(
    "policy that keeps us out",
    plain(`${META}<meta content="script-src 'none'" http-equiv=CONTENT-SECURITY-POLICY>`),
    { left: "csp" },
  ),
  page("errors of its own", plain(META, `<script>console.error("own"); null.x</script>${TEXT}`)),
  page(
    "NUL and odd bytes",
    `<!doctype html><html><head>${META}</head><body>a\0b\u000bc<p\0 x>d</p>\r\re</body></html>`,
  ),
  page("a fragment", `<div class=result>${TEXT}</div>`, { type: UTF8 }),
];
