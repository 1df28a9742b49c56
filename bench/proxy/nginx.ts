import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { userInfo } from "node:os";
import { freePorts } from "../../test/free-port.ts";
import { until } from "../../test/until.ts";
import {
  type Candidate,
  childrenOf,
  end,
  MARKUP,
  onCandidatesCore,
  type Stand,
  startPinned,
} from "./candidate.ts";

/** nginx as its documentation says, one worker, with the access log that it has by default. */
export async function startNginx(stand: Stand): Promise<Candidate> {
  const { directory, certificate } = stand;
  const [plain = 0, inject = 0, injectGzip = 0, tls = 0, h2 = 0] = await freePorts(5);
  const secure = certificate && {
    tls: server(`${tls} ssl`, "", tlsFiles(certificate)),
    h2: server(`${h2} ssl http2`, "", tlsFiles(certificate)),
  };
  const folder = mkdtempSync(join(directory, "nginx-"));
  const file = join(folder, "nginx.conf");
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  writeFileSync(
    file,
    `user ${userInfo().username}; daemon off; pid ${folder}/pid; error_log stderr error; worker_processes 1;
    events { worker_connections 16000; }
    http {
      include /etc/nginx/mime.types; access_log ${folder}/access.log combined;
      ${paths.map((path) => `${path}_temp_path ${folder}/${path};`).join(" ")}
      keepalive_requests 1000000000; keepalive_timeout 600s;
      upstream origin {
        server ${stand.origin.slice("http://".length)};
        keepalive 256; keepalive_requests 1000000000;
      }
      map $http_upgrade $hop { default upgrade; "" ""; }
      proxy_http_version 1.1;
      ${server(plain)}
      ${server(inject, `proxy_set_header Accept-Encoding ""; ${substitute}`)}
      ${server(injectGzip, `proxy_set_header Accept-Encoding ""; ${substitute} gzip on; gzip_proxied any;`)}
      ${secure?.tls ?? ""} ${secure?.h2 ?? ""}
    }`,
  );
  const nginx = startPinned(onCandidatesCore, "nginx", ["nginx", "-p", folder, "-c", file], stand);
  const master = nginx.pid ?? 0;
  const pids = await until("nginx's worker", () => {
    const workers = childrenOf(master);
    return workers.length > 0 && [master, ...workers];
  });
  return {
    name: "nginx",
    ports: { plain, inject, injectGzip, websocket: plain, ...(secure && { tls, h2 }) },
    pids,
    [Symbol.asyncDispose]: () => end(nginx),
  };
}

/** The origin is asked for identity, or there would be nothing to find: nginx does not unpack for who takes gzip. */
const substitute = `sub_filter '</head>' '${MARKUP}</head>';`;

function tlsFiles({ cert, key }: NonNullable<Stand["certificate"]>): string {
  return `ssl_certificate ${cert}; ssl_certificate_key ${key}; ssl_protocols TLSv1.3;`;
}

function server(listen: number | string, changes = "", more = ""): string {
  // A location that sets one header inherits none, so that all stand together.
  return `server { listen 127.0.0.1:${listen}; ${more} location / {
    proxy_pass http://origin; ${changes}
    proxy_set_header Host $http_host; proxy_set_header Connection $hop;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Forwarded-Proto $scheme;
  } }`;
}
