import { randomBytes } from "node:crypto";
import { firstVisit, type VisitorHistory } from "../src/model/visitor.ts";
import { createVisitorCookie } from "../src/proxy/visitor-cookie.ts";

const ROUNDS = 9;
const COOKIES = 20_000;

const newcomer = firstVisit(randomBytes(16).toString("base64url"), 1_700_000_000_000);
const regular: VisitorHistory = {
  ...newcomer,
  visitsMs: Array.from({ length: 16 }, (_, i) => 1_700_000_000_000 + i * 90_000_000),
  visitCount: 40,
  purchases: [
    { atMs: 1_700_000_100_000, amount: 49.9, currency: "EUR", order: "2023-0815" },
    { atMs: 1_700_900_000_000, amount: 120, currency: "EUR" },
  ],
  events: [{ name: "newsletter", atMs: 1_700_000_200_000 }],
  login: "anna",
  name: "Anna Muster",
  number: "+4930123456",
};

/** CPU time of sealing and opening visitors' cookies, base64url included. */
export function visitorCookie(): string {
  const cookie = createVisitorCookie([{ id: 1, key: randomBytes(32) }]);
  const row = (what: string, history: VisitorHistory) => {
    const value = cookie.seal("shop", history, "identified");
    const seal = medianUs(() => cookie.seal("shop", history, "identified"));
    const open = medianUs(() => cookie.open("shop", value));
    return `| ${what} | ${value.length} | ${seal.toFixed(1)} µs | ${open.toFixed(1)} µs | ${(seal + open).toFixed(1)} µs |`;
  };
  return [
    `CPU time each, base64url included: median of ${ROUNDS} rounds of ${COOKIES.toLocaleString("en")}.\n`,
    "| cookie of | characters | seal | open | both |",
    "| --- | --: | --: | --: | --: |",
    row("a newcomer", newcomer),
    row("a regular, with all that can be known", regular),
    "",
  ].join("\n");
}

function medianUs(work: () => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < COOKIES; i++) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / COOKIES;
  });
  return rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}
