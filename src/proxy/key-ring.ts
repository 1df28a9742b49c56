import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

export interface SealingKey {
  /** One byte, written in front of what the key sealed. */
  readonly id: number;
  readonly key: Buffer;
}

/** The first key seals, all of them open. Never empty. */
export type KeyRing = readonly [SealingKey, ...SealingKey[]];

/** A key file that cannot be understood. */
export class KeyRingError extends Error {
  readonly code = "WL_KEY_RING";
}

const LINE = /^(\d{1,3}):([0-9a-f]{64})$/;

/**
 * Reads the ring: one `id:key` a line, id 0 to 255, key 64 hexadecimal digits. A file that is not there is made, with one
 * random key, readable by its owner only; of several processes that make it at once, one wins and all read the same.
 *
 * @throws {KeyRingError} with the line that is wrong
 */
export function openKeyRing(file: string): KeyRing {
  try {
    writeFileSync(file, `1:${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const keys = readFileSync(file, "utf8")
    .split("\n")
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "" && !line.startsWith("#"))
    .map(({ line, number }) => parseKey(file, line, number));
  const [first, ...others] = keys;
  if (!first) throw new KeyRingError(`${file}: there is no key; delete the file to get a new one`);
  if (new Set(keys.map((k) => k.id)).size < keys.length) {
    throw new KeyRingError(`${file}: two keys have the same id; number them differently`);
  }
  return [first, ...others];
}

function parseKey(file: string, line: string, number: number): SealingKey {
  const [, id, key] = LINE.exec(line) ?? [];
  if (id === undefined || key === undefined || Number(id) > 255) {
    throw new KeyRingError(
      `${file}:${number}: expected id:key, 0 to 255 and 64 hexadecimal digits`,
    );
  }
  return { id: Number(id), key: Buffer.from(key, "hex") };
}
