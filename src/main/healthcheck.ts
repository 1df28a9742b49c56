import { request } from "undici";
import type { Config } from "../config/schema.ts";

const TIMEOUT_MS = 3_000;

/** Asks the admin listener of a running gateway; sets the exit status, for containers. */
export async function healthcheck(config: Config): Promise<void> {
  const { host, port } = config.listen.admin;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}/readyz`;
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    process.stdout.write(await body.text());
    process.exitCode = statusCode === 200 ? 0 : 1;
  } catch {
    process.stderr.write(`warmline: nothing answers at ${url}\n`);
    process.exitCode = 1;
  }
}
