/** Header fields in the order and spelling they came in: name, value, name, value. Duplicates stay. */
export type Fields = readonly string[];

/** RFC 9110, section 7.6.1, and the older ones in use; and what only Node's own framing may set. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The fields as pairs. */
export function* pairs(fields: Fields): Generator<[name: string, value: string, lower: string]> {
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? "";
    yield [name, fields[i + 1] ?? "", name.toLowerCase()];
  }
}

/** All values of a field, joined as a list (RFC 9110, section 5.3); `name` in lower case. */
export function valueOf(fields: Fields, name: string): string | undefined {
  const values = valuesOf(fields, name);
  return values.length > 0 ? values.join(", ") : undefined;
}

/** Each value of a field; `name` in lower case. */
export function valuesOf(fields: Fields, name: string): string[] {
  return [...pairs(fields)].filter(([, , lower]) => lower === name).map(([, value]) => value);
}

/** The fields without those that `drop` names. */
export function without(fields: Fields, drop: (lower: string, value: string) => boolean): string[] {
  return [...pairs(fields)].flatMap(([name, value, lower]) =>
    drop(lower, value) ? [] : [name, value],
  );
}

/** The fields with one set to exactly this value, at the end. */
export function withField(fields: Fields, name: string, value: string): string[] {
  const lower = name.toLowerCase();
  return [...without(fields, (n) => n === lower), name, value];
}

/**
 * The fields without those meant for one hop only, also those that Connection names. Content-Length and Host stay, whatever
 * Connection says: a sender must not be able to take framing or routing off a message.
 */
export function endToEnd(fields: Fields): string[] {
  const named = new Set(
    valuesOf(fields, "connection").flatMap((v) => v.split(",").map((n) => n.trim().toLowerCase())),
  );
  named.delete("content-length");
  named.delete("host");
  return without(fields, (lower) => HOP_BY_HOP.has(lower) || named.has(lower));
}
