import t from "tap";
import { addressOf, clientOf } from "./forwarded.ts";
import { networksOf } from "./networks.ts";

const trusted = networksOf(["10.0.0.0/8", "2001:db8:1::/48", "192.0.2.1"]);

const cases: readonly (readonly [
  what: string,
  peer: string,
  headers: Record<string, string>,
  address: string,
  secure: boolean,
])[] = [
  ["nobody in between", "203.0.113.9", {}, "203.0.113.9", false],
  ["a stranger's word", "203.0.113.9", { "x-forwarded-for": "1.1.1.1" }, "203.0.113.9", false],
  ["a proxy of ours", "10.1.1.1", { "x-forwarded-for": "198.51.100.7" }, "198.51.100.7", false],
  [
    "a forged entry in front",
    "10.1.1.1",
    { "x-forwarded-for": "6.6.6.6, 198.51.100.7" },
    "198.51.100.7",
    false,
  ],
  [
    "two proxies of ours",
    "10.1.1.1",
    { "x-forwarded-for": "6.6.6.6,198.51.100.7 , 10.2.2.2" },
    "198.51.100.7",
    false,
  ],
  ["only ours", "10.1.1.1", { "x-forwarded-for": "10.3.3.3, 10.2.2.2" }, "10.3.3.3", false],
  [
    "rubbish ends the search",
    "10.1.1.1",
    { "x-forwarded-for": "198.51.100.7, unknown, 10.2.2.2" },
    "10.2.2.2",
    false,
  ],
  ["with ports", "10.1.1.1", { "x-forwarded-for": "198.51.100.7:4711" }, "198.51.100.7", false],
  ["IPv6", "2001:db8:1::1", { "x-forwarded-for": "[2001:db8:2::9]:1" }, "2001:db8:2::9", false],
  ["nothing said", "10.1.1.1", {}, "10.1.1.1", false],
  [
    "https in front",
    "10.1.1.1",
    { "x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https" },
    "198.51.100.7",
    true,
  ],
  [
    "one scheme for each hop",
    "10.1.1.1",
    { "x-forwarded-for": "198.51.100.7, 10.2.2.2", "x-forwarded-proto": "https, http" },
    "198.51.100.7",
    true,
  ],
  [
    "a stranger's https",
    "203.0.113.9",
    { "x-forwarded-proto": "https", forwarded: "for=1.1.1.1;proto=https" },
    "203.0.113.9",
    false,
  ],
  ["Forwarded", "10.1.1.1", { forwarded: "for=198.51.100.7;proto=https" }, "198.51.100.7", true],
  [
    "Forwarded, quoted, several",
    "192.0.2.1",
    {
      forwarded: 'for="6.6.6.6, 7.7.7.7";by=x, For="[2001:db8:2::9]:47" ; Proto=HTTPS,for=10.2.2.2',
    },
    "2001:db8:2::9",
    true,
  ],
  ["Forwarded, obfuscated", "10.1.1.1", { forwarded: "for=_hidden" }, "10.1.1.1", false],
  [
    "both",
    "10.1.1.1",
    { forwarded: "for=1.1.1.1", "x-forwarded-for": "2.2.2.2" },
    "2.2.2.2",
    false,
  ],
];
for (const [what, peer, headers, address, secure] of cases) {
  t.test(what, async (t) => {
    const client = clientOf({ address: peer, secure: false }, trusted, (name) => headers[name]);
    t.same(client, { address, secure });
  });
}

t.test("addresses, and what is none", async (t) => {
  t.equal(addressOf("::ffff:1.2.3.4"), "1.2.3.4");
  for (const text of [
    "",
    "unknown",
    "1.2.3",
    "1.2.3.4:x",
    "[1.2.3.4",
    "[::1]x",
    "a.example",
    "1.2.3.4 ",
  ])
    t.equal(addressOf(text), undefined, text);
});

t.test("networks, and what is none", async (t) => {
  t.equal(trusted.has("10.255.0.1"), true);
  t.equal(trusted.has("11.0.0.1"), false);
  t.equal(trusted.has("rubbish"), false);
  for (const text of ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "a/8", "", "::/129"])
    t.throws(
      () => networksOf([text]),
      { name: "RangeError", message: /write it like 10\.0\.0\.0\/8/ },
      text,
    );
});
