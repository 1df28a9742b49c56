import t from "tap";
import { conditionsOf } from "./conditions.ts";

const texts = (expression: string) => conditionsOf(expression).map(({ expression: e }) => e);

t.test("what && || ! and ? : join are conditions, as they are written", async (t) => {
  t.same(texts("first_page"), ["first_page"]);
  t.same(texts('!(pages >= 3 && (page.path == "/a && b" || !first_page))'), [
    "pages >= 3",
    'page.path == "/a && b"',
    "first_page",
  ]);
  t.same(texts('first_page ? visited("/x") : page.seconds >= 9'), [
    "first_page",
    'visited("/x")',
    "page.seconds >= 9",
  ]);
  t.same(texts('page.path in ["/a", "/b"] &&\n  page.url.contains("?") &&\n  size(trail) > 2'), [
    'page.path in ["/a", "/b"]',
    'page.url.contains("?")',
    "size(trail) > 2",
  ]);
});

t.test("brackets inside a condition belong to it, those around it do not", async (t) => {
  t.same(texts("(pages) == (2)"), ["(pages) == (2)"]);
  t.same(texts("(visits()) > 1 && (pages == 2 || ( (purchases)) > 0)"), [
    "(visits()) > 1",
    "pages == 2",
    "( (purchases)) > 0",
  ]);
  t.same(texts('((page.path)).startsWith(("/a)"))'), ['((page.path)).startsWith(("/a)"))']);
  t.same(texts('!((size((trail)) > ( ( 1 ) ))) && (page.path) in (["/(", ("/b")])'), [
    "size((trail)) > ( ( 1 ) )",
    '(page.path) in (["/(", ("/b")])',
  ]);
  t.same(texts("(pages // how (many\n) > 2"), ["(pages // how (many\n) > 2"]);
});
