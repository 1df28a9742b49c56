/** Generated and spoilt messages against the listener: what they mean, and nothing else, reaches the origin. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { assert, asyncProperty, pre, tuple } from "fast-check";
import t from "tap";
import { until } from "../../until.ts";
import { standBefore } from "../data-path-stand.ts";
import { BUDGET, cuts, pieces, requests } from "./generate.ts";
import { meaningOf } from "./meaning.ts";
import { recordingOrigin, turns } from "./recording-origin.ts";
import { readAnswer } from "./reference-parser.ts";
import { visit } from "./visit.ts";

t.test("requests", { timeout: 3_600_000 }, async (t) => {
  await using origin = await recordingOrigin();
  await using stand = await standBefore([origin.url]);
  await t.resolves(
    assert(
      asyncProperty(tuple(requests, cuts), async ([bytes, at]) => {
        const meaning = meaningOf(bytes);
        pre(meaning.end !== "either");
        const before = origin.requests.length;
        const { received, ending } = await visit(stand.port, pieces(bytes, at), "end");
        await turns();
        if (ending === "never") {
          await until("the connection to go", () => stand.open() === 0);
          throw new Error("it was left open");
        }
        const reached = origin.requests.slice(before).map(({ line, body }) => {
          const [method, target] = line.split(" ");
          return `${method} ${target} ${body}`;
        });
        deepEqual([reached, origin.faults], [meaning.reaches, []]);
        checkAnswers(received, meaning);
      }),
      BUDGET,
    ),
  );
  t.same(stand.complaints, []);
});

/** Each request that means something has its answer, in order; behind them there is one refusal at most. */
function checkAnswers(received: string, { gets, end, head }: ReturnType<typeof meaningOf>): void {
  let rest = received;
  const statuses: number[] = [];
  while (rest !== "") {
    const [method] = gets[statuses.length] ?? [head === true ? "HEAD" : ""];
    const answer = readAnswer(rest, { bodiless: method === "HEAD", ended: true });
    ok(answer.is === "whole", `no whole answer: ${JSON.stringify(rest)}`);
    const status = Number(answer.message.line.slice(9, 12));
    // Whether one was needed depends on what of the body had come.
    if (status !== 100) statuses.push(status);
    ({ rest } = answer);
  }
  const own = statuses.splice(gets.length);
  deepEqual(
    statuses,
    gets.map(([, status]) => status),
  );
  ok(own.length <= 1 && own.every((status) => status >= 400), `of our own: ${own.join(" ")}`);
  if (end === "refused") equal(own.length, 1);
  if (end === "close" || end === "nothing") equal(own.length, 0);
}
