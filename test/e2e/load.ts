import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";
import { text } from "node:stream/consumers";
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

/**
 * Visitors who load pages one after the other; every page must come whole.
 *
 * @param anew with a connection of its own for each page
 */
export function startLoad(site: string, anew = false): Load {
  const dispatcher = new Agent({ connections: VISITORS });
  const ask = anew ? pageAnew : pageOn;
  const load: Load = { pages: 0, failures: [], stop: () => void (going = false), end };
  let going = true;
  const visitors = Array.from({ length: VISITORS }, visit);
  return load;

  async function visit(_: unknown, number: number): Promise<void> {
    while (going) {
      try {
        const headers = {
          accept: "text/html",
          "accept-language": "en",
          "user-agent": `visitor ${number}`,
        };
        const { status, page } = await ask(headers);
        if (status !== 200) load.failures.push(`status ${status}`);
        else if (!page.includes("</html>")) load.failures.push("half a page");
        load.pages++;
      } catch (error) {
        load.failures.push(String(error));
      }
    }
  }

  async function pageOn(headers: Record<string, string>) {
    const { statusCode, body } = await request(site, { dispatcher, headers });
    return { status: statusCode, page: await body.text() };
  }

  function pageAnew(headers: Record<string, string>) {
    return new Promise<{ status: number | undefined; page: string }>((resolve, reject) => {
      const get = site.startsWith("https:") ? getHttps : getHttp;
      get(site, { headers, agent: false, rejectUnauthorized: false }, (answer) => {
        text(answer).then((page) => resolve({ status: answer.statusCode, page }), reject);
      }).on("error", reject);
    });
  }

  async function end(): Promise<Load> {
    going = false;
    await Promise.all(visitors);
    await dispatcher.close();
    return load;
  }
}
