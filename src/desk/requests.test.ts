import t from "tap";
import { isSameOrigin, loginCookie, loginToken } from "./requests.ts";

t.test("the origin must name the host that was asked", async (t) => {
  const cases: [string | undefined, string | undefined, boolean][] = [
    ["http://desk.example:8081", "desk.example:8081", true],
    ["https://desk.example", "desk.example", true],
    ["http://desk.example", "DESK.example", true],
    ["http://[::1]:8081", "[::1]:8081", true],
    ["http://desk.example", "desk.example:8081", false],
    ["http://desk.example.evil", "desk.example", false],
    ["null", "null", false],
    ["file://desk.example", "desk.example", false],
    ["desk.example", "desk.example", false],
    [undefined, "desk.example", false],
    ["http://desk.example", undefined, false],
  ];
  for (const [origin, host, expected] of cases) {
    const headers = {
      ...(origin !== undefined && { origin }),
      ...(host !== undefined && { host }),
    };
    t.equal(isSameOrigin(headers), expected, `${origin} at ${host}`);
  }
});

t.test("the log-in cookie, among others", async (t) => {
  t.equal(loginToken("a=b; warmline_desk=abc; c=d"), "abc");
  t.equal(loginToken("warmline_desk=a=b"), "a=b");
  t.equal(loginToken("xwarmline_desk=abc; warmline_desk2=x"), undefined);
  t.equal(loginToken(undefined), undefined);
  t.match(loginCookie("x", 1_500, undefined), /Max-Age=1$/);
  t.match(loginCookie("x", 0, "https://desk.example"), /; Secure$/);
});
