import t from "tap";
import { hostOf, isFromAd, parameterOf } from "./landing.ts";

t.test("parameters of the page by which a visit began", async (t) => {
  const url =
    "/shop?utm_source=news%20letter&utm_campaign=summer+sale&x_utm_medium=a&utm_medium=mail&bad=%zz&e=&gclid=abc";
  for (const [name, value] of [
    ["utm_source", "news letter"],
    ["utm_campaign", "summer sale"],
    ["utm_medium", "mail"],
    ["bad", "%zz"],
    ["e", ""],
    ["gclid", "abc"],
    ["utm", ""],
    ["shop", ""],
  ] as const) {
    t.equal(parameterOf(url, name), value, name);
  }
  t.same(
    [isFromAd(url), isFromAd("/shop?gclid="), isFromAd("/gclid=1"), isFromAd("/")],
    [true, false, false, false],
  );
});

t.test("where somebody came from", async (t) => {
  for (const [url, host] of [
    ["https://www.Search.example/?q=1", "search.example"],
    ["http://news.example:8080/a", "news.example"],
    ["https://user@www.mail.example#x", "mail.example"],
    ["android-app://com.example/", ""],
    ["", ""],
  ] as const) {
    t.equal(hostOf(url), host, url);
  }
});
