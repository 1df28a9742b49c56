import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../../test/free-port.ts";
import { type Candidate, end, onCandidatesCore, type Stand, startPinned } from "./candidate.ts";

/** Caddy on one core, with its access log; it cannot change pages without a plug-in that Debian does not have. */
export async function startCaddy(stand: Stand): Promise<Candidate> {
  const [plain = 0, tls = 0, h2 = 0] = await freePorts(3);
  const folder = join(stand.directory, "caddy");
  mkdirSync(folder);
  const file = join(folder, "Caddyfile");
  const { certificate } = stand;
  // It sends X-Forwarded-For, -Host and -Proto by itself.
  const body = (name: string) =>
    `log {\n output file ${folder}/${name}.log {\n roll_disabled\n }\n }\n reverse_proxy ${stand.origin.slice("http://".length)}`;
  const secure = (name: string, port: number) =>
    certificate
      ? `https://localhost:${port} {\n bind 127.0.0.1\n tls ${certificate.cert} ${certificate.key} {\n protocols tls1.3\n ${name === "tls" ? "alpn http/1.1" : ""}\n }\n ${body(name)}\n}`
      : "";
  writeFileSync(
    file,
    `{
  admin off
  auto_https off
  servers {
    protocols h1 h2
  }
}
http://:${plain} {
  bind 127.0.0.1
  ${body("plain")}
}
${secure("tls", tls)}
${secure("h2", h2)}
`,
  );
  const command = ["caddy", "run", "--config", file, "--adapter", "caddyfile"];
  const caddy = startPinned(onCandidatesCore, "caddy", command, stand, {
    GOMAXPROCS: "1",
    HOME: folder,
  });
  return {
    name: "Caddy",
    ports: { plain, websocket: plain, ...(certificate && { tls, h2 }) },
    pids: [caddy.pid ?? 0],
    [Symbol.asyncDispose]: () => end(caddy),
  };
}
