import { Agent, request } from "undici";

const VISITORS = 8;

/** Pages that were loaded, and what went wrong. */
export interface Load {
  pages: number;
  readonly failures: string[];
  stop(): void;
  /** Waits for the last pages. */
  end(): Promise<Load>;
}

/** Visitors who load pages one after the other; every page must come whole. */
export function startLoad(site: string): Load {
  const dispatcher = new Agent({ connections: VISITORS });
  const load: Load = { pages: 0, failures: [], stop: () => void (going = false), end };
  let going = true;
  const visitors = Array.from({ length: VISITORS }, visit);
  return load;

  async function visit(_: unknown, number: number): Promise<void> {
    while (going) {
      try {
        const { statusCode, body } = await request(site, {
          dispatcher,
          headers: { accept: "text/html", "user-agent": `visitor ${number}` },
        });
        const text = await body.text();
        if (statusCode !== 200) load.failures.push(`status ${statusCode}`);
        else if (!text.includes("</html>")) load.failures.push("half a page");
        load.pages++;
      } catch (error) {
        load.failures.push(String(error));
      }
    }
  }

  async function end(): Promise<Load> {
    going = false;
    await Promise.all(visitors);
    await dispatcher.close();
    return load;
  }
}
