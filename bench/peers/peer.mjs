// A proxy from npm, set up as its README says, with keep-alive to the origin. Plain on one port, with markup added to pages on
// another (it asks the origin for identity, as nginx has to), and the same compressed again on a third.
// `node peer.mjs NAME ORIGIN MARKUP PLAIN INJECT INJECT_GZIP`
import { Agent, createServer } from "node:http";
import { gzipSync } from "node:zlib";

const [name, target, markup, ...ports] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const start = {
  "http-proxy": httpProxy,
  "http-proxy-3": httpProxy,
  "@fastify/http-proxy": fastify,
};

for (const [way, port] of ports.map(Number).entries()) await start[name](way, port);

async function httpProxy(way, port) {
  const module = await import(name);
  const { createProxyServer } = module.default ?? module;
  const proxy = createProxyServer({ target, agent, xfwd: true, selfHandleResponse: way > 0 });
  proxy.on("error", (_error, _request, response) => response.destroy());
  proxy.on("proxyRes", (answer, _request, response) => {
    if (way === 0) return;
    const { "transfer-encoding": _, ...headers } = answer.headers;
    withMarkup(way, answer).then(
      ({ body, ...changed }) =>
        response.writeHead(answer.statusCode, { ...headers, ...changed }).end(body),
      () => response.destroy(),
    );
  });
  const server = createServer((request, response) => {
    if (way > 0) delete request.headers["accept-encoding"];
    proxy.web(request, response);
  });
  server.on("upgrade", (request, socket, head) => proxy.ws(request, socket, head));
  server.listen(port, "127.0.0.1", 4096);
}

async function fastify(way, port) {
  const { default: createFastify } = await import("fastify");
  const { default: proxy } = await import("@fastify/http-proxy");
  const app = createFastify();
  await app.register(proxy, {
    upstream: target,
    websocket: way === 0,
    replyOptions: {
      rewriteRequestHeaders: ({ ip, headers: { host } }, headers) => {
        if (way > 0) delete headers["accept-encoding"];
        const forwarded = { "x-forwarded-host": host, "x-forwarded-proto": "http" };
        return { ...headers, host, "x-forwarded-for": ip, ...forwarded };
      },
      ...(way > 0 && {
        onResponse: (_request, reply, answer) => {
          withMarkup(way, answer.stream).then(
            ({ body, ...changed }) =>
              reply.removeHeader("transfer-encoding").headers(changed).send(body),
            () => reply.raw.destroy(),
          );
        },
      }),
    },
  });
  await app.listen({ port, host: "127.0.0.1", backlog: 4096 });
}

/** Reads a page as a whole; its new body, and the fields that change with it. Rejects when the visitor leaves meanwhile. */
async function withMarkup(way, answer) {
  const parts = [];
  for await (const part of answer) parts.push(part);
  const text = Buffer.concat(parts).toString().replace("</head>", `${markup}</head>`);
  if (way === 1) return { body: text, "content-length": Buffer.byteLength(text) };
  const body = gzipSync(text, { level: 1 });
  return { body, "content-length": body.length, "content-encoding": "gzip" };
}
