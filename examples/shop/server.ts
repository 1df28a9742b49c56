/** An ordinary web server for the demo shop: files, types, ETag, gzip. It knows nothing of what stands in front of it. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const site = fileURLToPath(new URL("site/", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Serves the shop on a loopback port (0: any that is free). `address` is `http://127.0.0.1:port`. */
export async function serveShop(port: number): Promise<{ address: string } & AsyncDisposable> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // An order is not kept: this is a demonstration.
  request.resume();
  if (!["GET", "HEAD", "POST"].includes(request.method ?? ""))
    return void response.writeHead(405, { allow: "GET, HEAD, POST" }).end();
  const page = await find(request.url ?? "/");
  const body = page ?? (await find("/not-found.html"));
  if (!body) return void response.writeHead(404).end();
  const etag = `"${createHash("sha256").update(body.bytes).digest("base64url").slice(0, 22)}"`;
  const headers = {
    "content-type": body.type,
    etag,
    vary: "accept-encoding",
    "cache-control": "no-cache",
  };
  if (page && request.headers["if-none-match"] === etag)
    return void response.writeHead(304, headers).end();
  const zipped = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  const bytes = zipped ? gzipSync(body.bytes) : body.bytes;
  response.writeHead(page ? 200 : 404, {
    ...headers,
    "content-length": bytes.length,
    ...(zipped && { "content-encoding": "gzip" }),
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** The file of a URL, never one outside the shop. */
async function find(url: string): Promise<{ bytes: Buffer; type: string } | undefined> {
  try {
    const path = normalize(decodeURIComponent(new URL(url, "http://shop").pathname));
    const file = join(site, path.endsWith("/") ? `${path}index.html` : path);
    const type = TYPES[extname(file)];
    return type !== undefined && file.startsWith(site)
      ? { bytes: await readFile(file), type }
      : undefined;
  } catch {
    return undefined;
  }
}
