import type { Path } from "./pages.ts";
import type { Way } from "./candidate.ts";

/** One kind of work that all candidates are given. */
export interface Work {
  readonly title: string;
  readonly way: Way;
  readonly path: Path | "/socket";
  /** What the browser wants: a document is a visitor's step, and counts; what a script fetches does not. */
  readonly wants: "document" | "data";
  readonly connections: number;
  /** CPU time over nginx's, at most. */
  readonly wanted?: number;
}

const document = { wants: "document", connections: 64 } as const;

export const works: readonly Work[] = [
  { ...document, title: "1 KB, a hit", way: "plain", path: "/list.pdf", wanted: 0.95 },
  { title: "1 KB, no hit", way: "plain", path: "/data.json", wants: "data", connections: 64 },
  { ...document, title: "30 KB page, markup added", way: "inject", path: "/page", wanted: 0.75 },
  {
    ...document,
    title: "30 KB page in gzip, markup added",
    way: "injectGzip",
    path: "/page-gzip",
    wanted: 0.15,
  },
  { ...document, title: "300 KB page, markup added", way: "inject", path: "/long", wanted: 1 },
  {
    ...document,
    title: "300 KB page in gzip, markup added",
    way: "injectGzip",
    path: "/long-gzip",
    wanted: 0.05,
  },
  { title: "1 MB file", way: "plain", path: "/film", wants: "data", connections: 16, wanted: 1 },
  {
    title: "WebSocket, 125 bytes and back",
    way: "websocket",
    path: "/socket",
    wants: "data",
    connections: 64,
    wanted: 1.3,
  },
  { ...document, title: "1 KB over TLS 1.3", way: "tls", path: "/list.pdf" },
  { ...document, title: "1 KB over HTTP/2", way: "h2", path: "/list.pdf" },
];

/** Whether the page must come with markup in it. */
export const isInjected = ({ way }: Work): boolean => way === "inject" || way === "injectGzip";

/** What a browser sends, apart from Host; `cookies` beside those that the site itself has set. */
export function fieldsOf({ wants }: Work, cookie?: string): [string, string][] {
  const site = "_ga=GA1.1.1234567890.1700000000; cart=3f2b8c9e7a6d4f1e; consent=all";
  return [
    [
      "User-Agent",
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    ],
    [
      "Accept",
      wants === "document"
        ? "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
        : "*/*",
    ],
    ["Accept-Language", "de-DE,de;q=0.9,en;q=0.8"],
    ["Accept-Encoding", "gzip, deflate, br, zstd"],
    ["Referer", "http://127.0.0.1/beans"],
    ["Sec-Fetch-Site", "same-origin"],
    ["Sec-Fetch-Mode", wants === "document" ? "navigate" : "cors"],
    ["Sec-Fetch-Dest", wants === "document" ? "document" : "empty"],
    ...(wants === "document"
      ? ([
          ["Sec-Fetch-User", "?1"],
          ["Upgrade-Insecure-Requests", "1"],
        ] satisfies [string, string][])
      : []),
    ["Cookie", cookie ? `${site}; ${cookie}` : site],
  ];
}

/** The head of an HTTP/1.1 request as a browser sends it. */
export function headOf(work: Work, cookie?: string): string {
  const fields = fieldsOf(work, cookie).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${work.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n${fields.join("")}\r\n`;
}

/** The head of a WebSocket's handshake (RFC 6455, section 4.1). */
export const UPGRADE =
  "GET /socket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
