import t from "tap";
import { iceServers } from "./ice-servers.ts";

t.test("none are configured: none are given", (t) => {
  t.same(iceServers({ stun: [], turn: [] }, 0), []);
  t.end();
});

t.test("a shared secret makes keys that run out; others are as configured", (t) => {
  const urls = ["turn:turn.example:3478"];
  const turn = [
    { urls, secret: "north" },
    { urls, user: "u", password: "p" },
  ];
  t.same(iceServers({ stun: ["stun:stun.example"], turn }, 1_800_000_000_999), [
    { urls: ["stun:stun.example"] },
    // printf 1800003600 | openssl dgst -sha1 -hmac north -binary | base64
    { urls, username: "1800003600", credential: "7GgSS8ToCsTpl0nrgpkl0lNqRY0=" },
    { urls, username: "u", credential: "p" },
  ]);
  t.end();
});
