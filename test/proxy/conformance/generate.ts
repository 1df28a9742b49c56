/** Messages for fuzzing: whole ones of unusual parts, and what becomes of them when bytes change on the way. */
import { type Arbitrary, array, constantFrom, nat, oneof, record, string, tuple } from "fast-check";

/** For how long each property is tried: seconds from the environment, few in CI. */
export const BUDGET = {
  numRuns: 1_000_000_000,
  interruptAfterTimeLimit: 1000 * Number(process.env["FUZZ_SECONDS"] ?? 4),
};

const anyOf = (signs: string) => constantFrom(...signs.split(""));
const TOKEN_UNIT = anyOf("!#$%&'*+-.^_`|~09azAZ");
const VALUE_UNIT = anyOf(' \t!"(),/:;<=>?@[\\]{}09azAZ~\x80\xa0\xff');
const token = string({ unit: TOKEN_UNIT, minLength: 1, maxLength: 12 });
const value = string({ unit: VALUE_UNIT, maxLength: 20 });
const content = string({ unit: anyOf("a0\r\n:\0\xff"), maxLength: 40 });

const line = (first: Arbitrary<string>) =>
  tuple(first, constantFrom("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"));

const requestLine = line(
  tuple(
    oneof(constantFrom("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "brew"), token),
    oneof(
      constantFrom(
        "/",
        "/a",
        "/a?b=c",
        "//",
        "/%00",
        "*",
        "/a#b",
        "http://127.0.0.1",
        "a",
        "/\xe9",
      ),
      string({ unit: anyOf("/a?%:.=;"), maxLength: 10 }).map((path) => `/${path}`),
    ),
  ).map((parts) => parts.join(" ")),
).map((parts) => parts.join(" "));

const statusLine = tuple(
  constantFrom("HTTP/1.1", "HTTP/1.1", "HTTP/1.0"),
  constantFrom("200", "204", "304", "404", "999", "100", "099"),
  string({ unit: VALUE_UNIT, maxLength: 8 }),
).map((parts) => parts.join(" "));

const field = oneof(
  { weight: 6, arbitrary: tuple(token, value).map(([name, v]) => `${name}:${v}`) },
  {
    weight: 1,
    arbitrary: constantFrom(
      "Connection: close",
      "Connection: keep-alive",
      "connection:x , CLOSE",
      "Connection: Content-Length",
      "Expect: 100-continue",
      "Keep-Alive: 5",
      "TE: trailers",
    ),
  },
);

const chunk = tuple(content, constantFrom("", "", "", ";a", ';a="b;\\""', ";a=b;c")).map(
  ([data, extension]) => data && `${data.length.toString(16)}${extension}\r\n${data}\r\n`,
);

/** A body in chunks, with its end. */
export const chunked: Arbitrary<string> = tuple(
  array(chunk, { maxLength: 4 }),
  constantFrom("0", "0", "00", "0;a"),
  array(
    tuple(token, value).map(([name, v]) => `X-${name}:${v}\r\n`),
    { maxLength: 2 },
  ),
).map(([chunks, last, trailers]) => `${chunks.join("")}${last}\r\n${trailers.join("")}\r\n`);

const framed = oneof(
  constantFrom({ field: "", body: "" }),
  content.map((body) => ({ field: `Content-Length: ${body.length}\r\n`, body })),
  chunked.map((body) => ({ field: "Transfer-Encoding: chunked\r\n", body })),
);

function message(start: Arbitrary<string>, host: string): Arbitrary<string> {
  return record({ start, fields: array(field, { maxLength: 5 }), framed, at: nat(5) }).map(
    ({ start, fields, framed, at }) => {
      const lines = [start, ...fields];
      lines.splice(1 + at, 0, ...(host ? [host] : []));
      return `${lines.join("\r\n")}\r\n${framed.field}\r\n${framed.body}`;
    },
  );
}

const request = message(requestLine, "Host: 127.0.0.1");

const SPICE = oneof(
  anyOf('\r\n\0 \t\x0b:,;="#019aFx\x7f\x80\xff'),
  constantFrom("\r\n", "\r\n\r\n", "HTTP/1.1", "GET /x HTTP/1.1\r\n"),
  constantFrom("Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n"),
  constantFrom("Host: 127.0.0.1\r\n", "Host: b\r\n"),
);

/** The bytes with a few changes: something put in, left out, replaced or said twice. */
export function spoilt(bytes: Arbitrary<string>): Arbitrary<string> {
  const change = record({
    how: constantFrom("insert", "remove", "replace", "repeat"),
    at: nat(10_000),
    length: nat(12),
    spice: SPICE,
  });
  return tuple(bytes, array(change, { maxLength: 3 })).map(([text, changes]) =>
    changes.reduce((before, { how, at, length, spice }) => {
      const i = at % (before.length + 1);
      const [front, part] = [before.slice(0, i), before.slice(i, i + length)];
      const rest = before.slice(i + length);
      if (how === "insert") return front + spice + part + rest;
      if (how === "remove") return front + rest;
      if (how === "replace") return front + spice + part.slice(1) + rest;
      return front + part + part + rest;
    }, text),
  );
}

/** Up to three requests one behind the other, as they were or spoilt. */
export const requests: Arbitrary<string> = spoilt(
  array(request, { minLength: 1, maxLength: 3 }).map((all) => all.join("")),
);

export const answer: Arbitrary<string> = spoilt(message(statusLine, ""));

/** The bytes in pieces. */
export function pieces(bytes: string, cuts: readonly number[]): string[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.slice(start, at[i] ?? bytes.length));
}

export const cuts: Arbitrary<number[]> = array(nat(100_000), { maxLength: 4 });
