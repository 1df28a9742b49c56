/** An ordinary web server from Debian, serving ordinary files: the origin of end-to-end tests. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { ENDS_WITH_US } from "../exchange/child.ts";
import { freePorts } from "../free-port.ts";
import { until } from "../until.ts";

export interface Origin extends AsyncDisposable {
  readonly url: string;
  /** Of the master process. */
  readonly pid: number;
}

/** Serves a folder as nginx does it out of the box, with gzip on. */
export async function startNginx(folder = "examples/shop/site"): Promise<Origin> {
  const directory = mkdtempSync(join(tmpdir(), "warmline-nginx-"));
  const [port] = await freePorts(1);
  writeFileSync(
    join(directory, "nginx.conf"),
    // Its worker must be able to read the checkout, wherever that is.
    `user ${userInfo().username}; daemon off; pid ${directory}/pid; error_log stderr warn; worker_processes 1;
    events { worker_connections 512; }
    http {
      include /etc/nginx/mime.types; access_log off; gzip on; gzip_min_length 256;
      client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;
      fastcgi_temp_path ${directory}/fastcgi; uwsgi_temp_path ${directory}/uwsgi;
      scgi_temp_path ${directory}/scgi;
      server { listen 127.0.0.1:${port}; root ${resolve(folder)}; index index.html; }
    }`,
  );
  const [command, ...rest] = [...ENDS_WITH_US, "nginx", "-p", directory];
  const nginx = spawn(command, [...rest, "-c", join(directory, "nginx.conf")], {
    stdio: "ignore",
    env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin` },
  });
  const ended = new Promise((done) => nginx.once("exit", done));
  const url = `http://127.0.0.1:${port}`;
  await until("nginx to answer", () =>
    fetch(url).then(
      (answer) => answer.ok,
      () => undefined,
    ),
  );
  return {
    url,
    pid: nginx.pid ?? 0,
    async [Symbol.asyncDispose]() {
      nginx.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
