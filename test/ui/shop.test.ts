import { gunzipSync } from "node:zlib";
import { request } from "node:http";
import t from "tap";
import { serveShop } from "../../examples/shop/server.ts";

/** A request as it is, without what fetch adds or tidies up. */
function get(url: string, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      request(url, { path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      })
        .on("error", reject)
        .end();
    },
  );
}

t.test("the shop's links lead somewhere, and nothing of it is outside its folder", async (t) => {
  await using shop = await serveShop(0);
  const seen = new Set(["/"]);
  for (const path of seen) {
    const { status, body } = await get(shop.address, path);
    t.equal(status, 200, path);
    for (const [, link] of body.toString().matchAll(/(?:href|src|action)="(\/[^"#?]*)/g))
      if (link !== undefined) seen.add(link);
  }
  t.ok(seen.size > 20, `${seen.size} pages and pictures`);
  for (const path of [
    "/../server.ts",
    "/%2e%2e/server.ts",
    "/..%2fserver.ts",
    "/machines/",
    "/%ff",
  ])
    t.equal((await get(shop.address, path)).status, 404, path);
});

t.test("types, gzip, 304", async (t) => {
  await using shop = await serveShop(0);
  const plain = await get(shop.address, "/");
  t.equal(plain.headers["content-type"], "text/html; charset=utf-8");
  const zipped = await get(shop.address, "/", { "accept-encoding": "gzip" });
  t.equal(zipped.headers["content-encoding"], "gzip");
  t.same(gunzipSync(zipped.body), plain.body);
  const again = await get(shop.address, "/", { "if-none-match": String(plain.headers["etag"]) });
  t.equal(again.status, 304);
  t.equal(again.body.length, 0);
});
