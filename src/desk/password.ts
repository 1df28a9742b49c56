/** Passwords of agents: argon2id (RFC 9106) in PHC string format, by Node's own implementation. */
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);

/** The parameters OWASP recommends: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
const SALT_BYTES = 16;
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/;

/** A new hash of the password, with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES);
  const tag = await derive("argon2id", {
    message: password.normalize("NFC"),
    nonce,
    memory: MEMORY_KIB,
    passes: PASSES,
    parallelism: LANES,
    tagLength: TAG_BYTES,
  });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${phcBase64(nonce)}$${phcBase64(tag)}`;
}

/** Whether the password is the one that was hashed. A string that is no argon2id hash fits no password. */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const [, memory, passes, lanes, salt, expected] = PHC.exec(phc) ?? [];
  if (salt === undefined || expected === undefined) return false;
  const tag = Buffer.from(expected, "base64");
  const found = await derive("argon2id", {
    message: password.normalize("NFC"),
    nonce: Buffer.from(salt, "base64"),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(lanes),
    tagLength: tag.length,
  });
  return timingSafeEqual(found, tag);
}

/** The PHC format's base64: standard alphabet, no padding. */
function phcBase64(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
