import t from "tap";
import { failureOf, OriginBusy, statusOf, UnfitAnswer } from "./failure.ts";

const coded = (code: string) => Object.assign(new Error(code), { code });

for (const [error, kind, status] of [
  [coded("ECONNREFUSED"), "connect", 502],
  [coded("ENOENT"), "connect", 502],
  [coded("UND_ERR_CONNECT_TIMEOUT"), "connect", 504],
  [coded("UND_ERR_HEADERS_TIMEOUT"), "timeout", 504],
  [coded("ECONNRESET"), "broken", 502],
  [coded("UND_ERR_SOCKET"), "broken", 502],
  [new Error("no code"), "broken", 502],
  [new UnfitAnswer("status 0"), "unfit", 502],
  [new OriginBusy("full"), "busy", 503],
] as const) {
  t.test(`${error.message}: ${kind}, ${status}`, async (t) => {
    const failure = failureOf(error, true);
    t.equal(failure.kind, kind);
    t.equal(failure.unsent, false);
    t.equal(statusOf(failure), status);
  });
}
