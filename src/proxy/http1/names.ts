/** Names of header fields that the data plane looks at, by number; 0 is any other. */
export const OTHER = 0;
export const HOST = 1;
export const CONNECTION = 2;
export const CONTENT_LENGTH = 3;
export const TRANSFER_ENCODING = 4;
export const COOKIE = 5;
export const UPGRADE = 6;
export const EXPECT = 7;
export const USER_AGENT = 8;
export const ACCEPT = 9;
export const SEC_FETCH_DEST = 10;
export const SEC_GPC = 11;
export const DNT = 12;
export const CONTENT_TYPE = 13;
export const CONTENT_ENCODING = 14;
export const SET_COOKIE = 15;
export const DATE = 16;
/** Of one hop only (RFC 9110, section 7.6.1), and the older ones in use. */
export const ONE_HOP = 17;
/** Says who asked: forged ones do not pass. */
export const FORWARDING = 18;
export const ACCEPT_LANGUAGE = 19;
export const REFERER = 20;
export const ACCEPT_ENCODING = 21;
export const CONTENT_DISPOSITION = 22;

const KNOWN: readonly (readonly [string, number])[] = [
  ["host", HOST],
  ["connection", CONNECTION],
  ["content-length", CONTENT_LENGTH],
  ["transfer-encoding", TRANSFER_ENCODING],
  ["cookie", COOKIE],
  ["upgrade", UPGRADE],
  ["expect", EXPECT],
  ["user-agent", USER_AGENT],
  ["accept", ACCEPT],
  ["sec-fetch-dest", SEC_FETCH_DEST],
  ["sec-gpc", SEC_GPC],
  ["dnt", DNT],
  ["content-type", CONTENT_TYPE],
  ["content-encoding", CONTENT_ENCODING],
  ["set-cookie", SET_COOKIE],
  ["date", DATE],
  ["keep-alive", ONE_HOP],
  ["proxy-connection", ONE_HOP],
  ["proxy-authenticate", ONE_HOP],
  ["proxy-authorization", ONE_HOP],
  ["te", ONE_HOP],
  ["http2-settings", ONE_HOP],
  ["forwarded", FORWARDING],
  ["accept-language", ACCEPT_LANGUAGE],
  ["referer", REFERER],
  ["accept-encoding", ACCEPT_ENCODING],
  ["content-disposition", CONTENT_DISPOSITION],
];
const X = 120;
const HYPHEN = 45;
/** No name has length 0. */
const PREFIX_BUCKET = 0;

/** Whatever begins so is ours or says who asked. */
const PREFIXES: readonly (readonly [`x-${string}`, number])[] = [
  ["x-forwarded-", FORWARDING],
  ["x-warmline-", FORWARDING],
];

export const MOST_KNOWN = CONTENT_DISPOSITION + 1;

/** For each byte of a token (RFC 9110, section 5.6.2) the same in lower case; 0 for what is none. */
export const TOKEN = new Uint8Array(256);
for (const c of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
  TOKEN[c.charCodeAt(0)] = c.charCodeAt(0);
for (const c of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") TOKEN[c.charCodeAt(0)] = c.charCodeAt(0) + 32;

/** 1 for each byte that a field's value may hold (RFC 9110, section 5.5): no control byte but the tab. */
export const VALUE = new Uint8Array(256).fill(1, 0x20).fill(0, 0x7f, 0x80);
VALUE[9] = 1;

/** All known names, one behind the other. */
const words = Buffer.from([...KNOWN, ...PREFIXES].map(([name]) => name).join(""));
/** Of each word: where it begins, its number, and the next word of its bucket; a word 0 there is none. */
const wordStart: number[] = [0];
const wordId: number[] = [OTHER];
const nextWord: number[] = [0];
/** The first word of each length and first letter. */
const buckets = new Uint8Array(1 << 10);
const bucketOf = (length: number, first: number) => (length << 5) | (first & 31);

let at = 0;
for (const [name, id] of [...KNOWN, ...PREFIXES]) {
  const word = wordStart.push(at) - 1;
  at += name.length;
  wordId.push(id);
  const bucket = name.endsWith("-") ? PREFIX_BUCKET : bucketOf(name.length, name.charCodeAt(0));
  nextWord.push(buckets[bucket] ?? 0);
  buckets[bucket] = word;
}

/** The number of the name at `bytes[start, end)`. */
export function nameId(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const first = bytes[start] as number;
  if (length < 32) {
    let word = buckets[bucketOf(length, first)] as number;
    for (; word !== 0; word = nextWord[word] as number) {
      if (same(word, length, bytes, start)) return wordId[word] as number;
    }
  }
  if ((first | 32) !== X || bytes[start + 1] !== HYPHEN) return OTHER;
  let word = buckets[PREFIX_BUCKET] as number;
  for (; word !== 0; word = nextWord[word] as number) {
    const prefix = (wordStart[word + 1] ?? words.length) - (wordStart[word] as number);
    if (length >= prefix && same(word, prefix, bytes, start)) return wordId[word] as number;
  }
  return OTHER;
}

/** Whether the bytes from `start` are the word, in any case. */
function same(word: number, length: number, bytes: Uint8Array, start: number): boolean {
  const from = wordStart[word] as number;
  for (let i = 0; i < length; i++) {
    if (TOKEN[bytes[start + i] as number] !== words[from + i]) return false;
  }
  return true;
}
