import t from "tap";
import { DocumentEnd } from "./document-end.ts";

const isOpen = (text: string, size = 1e6) => {
  const end = new DocumentEnd();
  const bytes = Buffer.from(`<!--${text}<!--`);
  let at = 4;
  for (; at + size < bytes.length - 4; at += size) end.look(bytes, at, at + size);
  return end.isOpen(bytes, at, bytes.length - 4);
};
const LONG = "<p>lorem ipsum</p>\n".repeat(200);

t.test("where markup would be text", async (t) => {
  const open = [
    "<p>a<!-- b",
    "<!-- a --><!-- b",
    "<textarea>",
    "<TEXTAREA name=a>b",
    "<title>a",
    "<script>if (a < b) c('</p>')",
    "<style>p{}",
    "<xmp><p>",
    "<plaintext><p>a",
    "<textarea></textarea><textarea>",
    "<p>a<a href='b",
    "<p>a</p",
    "<p>a<!doctype",
  ];
  for (const text of open) {
    t.equal(isOpen(text), true, text);
    for (const size of [1, 3, 7]) if (!isOpen(LONG + text, size)) t.fail(`${text} in ${size}s`);
  }
});

t.test("where it would not", async (t) => {
  const closed = [
    "",
    "<p>a",
    "<p>1 < 2",
    "<p>a<!-- b -->",
    "<script>document.write('<textarea>')</script>",
    "<!-- <textarea> --><p>",
    "<textarea></TextArea><p>",
    "<titles>",
    "<script>'<!-- <textarea>'</script></body>\n</html>\n",
    "<p>a</body >",
  ];
  for (const text of closed) {
    t.equal(isOpen(text), false, text);
    for (const size of [1, 3, 7]) if (isOpen(LONG + text, size)) t.fail(`${text} in ${size}s`);
  }
});
