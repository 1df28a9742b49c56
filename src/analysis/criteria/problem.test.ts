import t from "tap";
import { criterionProblem } from "./problem.ts";

t.test("good criteria", (t) => {
  for (const expression of [
    'visits("7d") >= 2',
    "visits() > 1 || purchases > 0",
    'page.path.startsWith("/x") ? pages > 1 : pages > 2',
    '"/a" in trail && !first_page',
    'page.path in ["/a", "/b"]',
    "90 <= page.seconds && site.seconds < 600.5",
    'trail.size() > 2 && size(language) == 2 && referrer.contains("search")',
    'hour >= 9 && weekday <= 5 && agents.free > 0 && agents.on_duty > 1 && page.url.endsWith("=1")',
    "priority > -1",
    'pages("10m") >= 3 && spent("30d") > 99.5 && events("signup", "1w") == 0 && done("signup")',
    'went("/a", "/b", "/c") && best_language(["de", "en"]) in ["de"] && param("utm_source") != ""',
    'device in ["mobile", "tablet"] && (landing.path) == ("/") && agents.expected < 2',
  ]) {
    t.equal(criterionProblem(expression), undefined, expression);
  }
  t.end();
});

t.test("what is wrong is said with its place and how to mend it", (t) => {
  const cases: [string, RegExp][] = [
    ["page.secods > 1", /^1:6: there is no fact that ends in \.secods; known: page\.url/],
    ["foo == 1", /^1:1: there is no fact foo; known: /],
    ["constructor == 1", /^1:1: there is no fact constructor/],
    [
      "true &&\n  language == 3",
      /^2:3: the types do not fit \(string == int\): text is written in q/,
    ],
    ["pages", /^1:1: this is of type int, but a criterion is true or false; compare it/],
    ["pages ==", /^1:9: Unexpected token: EOF; write CEL/],
    ["", /^1:1: /],
    ['"x', /^1:1: Unterminated string/],
    ['visits("7x") > 1', /^1:8: write a length of time/],
    ['visits("") > 1', /^1:8: write a length of time/],
    [
      'pages("10") > 1',
      /^1:7: write a length of time: a whole number and s, m, h, d or w, as in pages/,
    ],
    ['events("signup", "1y") > 1', /^1:18: write a length of time/],
    ["spent(language) > 1", /^1:7: spent\(\) wants a text in quotes, as in spent\("30d"\)/],
    ['best_language(trail) == "de"', /^1:15: best_language\(\) wants a list of texts in quotes/],
    ['best_language(["de", language]) == "de"', /^1:15: best_language\(\) wants a list of texts/],
    ['went("/a")', /^1:1: there is no such function, or not for these types/],
    ["visits(7) > 1", /^1:1: there is no such function, or not for these types/],
    ["visited(page.path)", /^1:9: visited\(\) wants a text in quotes/],
    ["page.seconds + 1 > 3", /^1:1: this part of CEL is not available/],
    ["page.seconds > pages", /^1:1: compare page\.seconds with a number and nothing else/],
    ["90 in [page.seconds]", /^1:8: compare page\.seconds with a number/],
    ["true ? site.seconds > 1 : site.seconds == pages", /^1:27: compare site\.seconds/],
    ['trail == ["a"]', /^1:1: lists cannot be compared/],
    ['trail.exists(p, p == "/a")', /^1:1: exists is not available in criteria/],
    ['language.matches("(a+)+$")', /^1:1: matches is not available in criteria/],
    ["dyn(pages) > 2", /^1:1: dyn\(\) is not available in criteria/],
    ["null == null", /^1:1: write a number/],
    ["-pages < 3", /^1:1: write a number/],
    ['"a" in {"a": 1}', /^1:8: a list must follow "in"/],
    [`${"(".repeat(100)}true${")".repeat(100)}`, /^1:\d+: Exceeded maxDepth/],
  ];
  for (const [expression, problem] of cases)
    t.match(criterionProblem(expression), problem, expression);
  t.end();
});
