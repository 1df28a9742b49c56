/** Runs a case against the listener, and says what came of it in the words of the case, so that both can be compared. */
import { type Case, type Got, head, type Meant } from "./case.ts";
import { type RecordingOrigin, turns } from "./recording-origin.ts";
import { type Message, readAnswer, type Reading, valuesOf } from "./reference-parser.ts";
import { type Ending, PATIENCE_MS, visit } from "./visit.ts";

const BEHIND = head("GET /behind", "Connection: close");

/** What the edge says of its own to an origin, and what belongs to one hop. What a visitor forges in these says so. */
const OURS =
  /^(forwarded|x-forwarded-(for|host|proto)|x-warmline-.*|content-length|host|transfer-encoding)$/i;
const OUR_CONNECTION = /^(close|keep-alive|upgrade)$/i;

export interface Outcome {
  readonly reaches: readonly Meant[];
  readonly gets: readonly (Got | { readonly garbage: string })[];
  readonly afterwards: "kept" | "closed" | "open for ever";
  /** What should never be. */
  readonly faults: readonly string[];
}

/** What the case says must come of it. */
export function wanted({ reaches, gets, afterwards }: Case): Outcome {
  return {
    reaches: reaches.map((meant) => ({ host: "127.0.0.1", body: "", ...meant })),
    gets: gets.map((got) => (typeof got === "number" ? { status: got } : got)),
    afterwards,
    faults: [],
  };
}

/** Plays the visitor of a case. */
export async function run(c: Case, port: number, origin: RecordingOrigin): Promise<Outcome> {
  const { requests, faults } = origin;
  const [before, faultsBefore] = [requests.length, faults.length];
  origin.script = [...(c.says ?? [])];
  const pieces = [c.send].flat();
  if (!c.cut) pieces.push(`${pieces.pop() ?? ""}${BEHIND}`);
  const { received, ending } = await visit(port, pieces, c.cut && "end");
  await turns();
  const reached = requests.slice(before);
  const answers = answersIn(received, c.gets, ending);
  const isBehind = ({ line }: Message) => line.includes(" /behind ");
  const kept = reached.some(isBehind);
  if (kept && answers.at(-1)?.is === "whole") answers.pop();
  return {
    reaches: reached
      .filter((m) => !isBehind(m))
      .map((message, i) => meantBy(message, c.reaches[i])),
    gets: answers.map((answer, i) => gotBy(answer, c.gets[i], ending === "reset")),
    afterwards: ending === "never" ? "open for ever" : kept ? "kept" : "closed",
    faults: [...faults.slice(faultsBefore), ...(await unfinished(origin)), ...forged(reached)],
  };
}

/** The answers one behind the other; the last may be a part, or nothing that is one. */
function answersIn(received: string, gets: Case["gets"], ending: Ending): Reading[] {
  const answers: Reading[] = [];
  for (let rest = received; rest !== "";) {
    const got = gets[answers.length];
    const bodiless = typeof got === "object" && got.head === true;
    const answer = readAnswer(rest, { bodiless, ended: ending !== "never" });
    answers.push(answer);
    rest = answer.is === "whole" ? answer.rest : "";
  }
  return answers;
}

/** A request, in as many words as the case has for it. */
function meantBy(message: Message, expected: Meant | undefined): Meant {
  return {
    line: message.line.replace(/ HTTP\/1\.1$/, ""),
    host: valuesOf(message.fields, "host").join(" and "),
    body: message.body,
    ...(expected?.framing && { framing: message.framing }),
    ...(expected?.fields && {
      fields: message.fields
        .filter(([name]) => !OURS.test(name))
        .filter(([name, value]) => !/^connection$/i.test(name) || !OUR_CONNECTION.test(value))
        .map(([name, value]) => `${name}: ${value}`),
    }),
  };
}

/** An answer, in as many words as the case has for it. */
function gotBy(
  answer: Reading,
  wanted: number | Got | undefined,
  reset: boolean,
): Outcome["gets"][number] {
  const expected = typeof wanted === "object" ? wanted : undefined;
  const message = answer.is === "whole" ? answer.message : answer.is === "part" && answer.head;
  if (!message) return { garbage: JSON.stringify(answer) };
  const framing = "framing" in message ? message.framing : "none";
  const { line, fields, body } = message;
  const broken = answer.is === "part" || (framing === "close" && reset);
  return {
    status: Number(line.slice(9, 12)),
    ...(expected?.head && { head: true }),
    ...(expected?.reason !== undefined && { reason: line.slice(13) }),
    ...(expected?.body !== undefined && { body }),
    ...(expected?.fields && {
      fields: fields
        .filter(([name]) => !/^(connection|content-length|transfer-encoding)$/i.test(name))
        .map(([name, value]) => `${name}: ${value}`),
    }),
    ...(broken && { broken: true }),
  };
}

/** Half a request on a connection that is still open: what comes next would be taken for its end. */
async function unfinished(origin: RecordingOrigin): Promise<string[]> {
  const untilMs = Date.now() + PATIENCE_MS;
  const open = () =>
    origin.connections.filter((c) => c.open !== "" && !c.early && !c.socket.destroyed);
  while (open().length > 0 && Date.now() < untilMs) await turns();
  return open().map(({ socket, open }) => {
    socket.destroy();
    return `left open behind half a request: ${JSON.stringify(open)}`;
  });
}

function forged(reached: readonly Message[]): string[] {
  return reached.flatMap(({ fields }) =>
    fields.flatMap(([name, value]) => (/forged/.test(value) ? [`${name} was forged`] : [])),
  );
}
