/** Enters the value as the latest; the oldest entries make room. A Map keeps the order, and takes no memory in advance. */
export function setBounded<Value>(
  map: Map<string, Value>,
  most: number,
  key: string,
  value: Value,
): Value | undefined {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return undefined;
  for (const [oldest, out] of map) {
    map.delete(oldest);
    return out;
  }
  return undefined;
}
