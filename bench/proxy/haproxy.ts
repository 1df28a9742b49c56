import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../../test/free-port.ts";
import { type Candidate, end, onCandidatesCore, type Stand, startPinned } from "./candidate.ts";

/** HAProxy with one thread, once with its HTTP log and once without; it cannot change what it passes on. */
export async function startHaproxies(stand: Stand): Promise<Candidate[]> {
  return [
    await startHaproxy("HAProxy", "", stand),
    await startHaproxy("HAProxy, log", "log stdout format raw daemon\n  option httplog", stand),
  ];
}

async function startHaproxy(name: string, log: string, stand: Stand): Promise<Candidate> {
  const [plain = 0, tls = 0, h2 = 0] = await freePorts(3);
  const folder = join(stand.directory, name.replaceAll(/\W/g, ""));
  mkdirSync(folder);
  const bundle = join(folder, "bundle.pem");
  if (stand.certificate) {
    const { cert, key } = stand.certificate;
    writeFileSync(bundle, [cert, key].map((file) => readFileSync(file, "utf8")).join(""));
  }
  const secure = `ssl crt ${bundle} ssl-min-ver TLSv1.3 alpn`;
  const binds = stand.certificate
    ? `bind 127.0.0.1:${tls} ${secure} http/1.1\n  bind 127.0.0.1:${h2} ${secure} h2`
    : "";
  const file = join(folder, "haproxy.cfg");
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 8000
defaults
  mode http
  ${log}
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout tunnel 600s
frontend visitors
  bind 127.0.0.1:${plain}
  ${binds}
  option forwardfor
  http-request set-header X-Forwarded-Host %[req.hdr(Host)]
  http-request set-header X-Forwarded-Proto http if !{ ssl_fc }
  http-request set-header X-Forwarded-Proto https if { ssl_fc }
  default_backend origin
backend origin
  http-reuse always
  server origin ${stand.origin.slice("http://".length)}
`,
  );
  const haproxy = startPinned(onCandidatesCore, name, ["haproxy", "-db", "-f", file], stand);
  return {
    name,
    ports: { plain, websocket: plain, ...(stand.certificate && { tls, h2 }) },
    pids: [haproxy.pid ?? 0],
    [Symbol.asyncDispose]: () => end(haproxy),
  };
}
