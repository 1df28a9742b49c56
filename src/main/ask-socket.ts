import { Client } from "undici";

/** Asks a process of ours over its Unix socket; the JSON it answers, undefined when nobody does. */
export async function askSocket(one: {
  readonly socketPath: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}): Promise<unknown> {
  const { socketPath, method, path, query, timeoutMs } = one;
  const client = new Client("http://operator", { socketPath });
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await client.request({ method, path, query: { ...query }, signal });
    return await answer.body.json();
  } catch {
    return undefined;
  } finally {
    await client.close();
  }
}
