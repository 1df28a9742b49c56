/** The session activity table on the command line of the machine. */
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { request } from "undici";
import type { SessionsListed, VisitExplained } from "../../src/oam/operator-socket.ts";
import { until } from "../until.ts";
import { printed, runWarmline, startGateway } from "./gateway.ts";
import { startNginx } from "./nginx.ts";

async function run(...args: string[]): Promise<{ status: number | null; said: string }> {
  const process = runWarmline(args);
  const said = printed(process);
  const [status] = (await once(process, "close")) as [number | null];
  return { status, said: said() };
}

t.test("warmline sessions list shows who is on the sites, to the user it runs as", async (t) => {
  await using origin = await startNginx();
  await using gateway = await startGateway(origin.url);
  const file = join(gateway.directory, "warmline.yaml");
  const list = (...more: string[]) => run("sessions", "list", "--config", file, ...more);
  // Not fetch(), which says that it is a script of a page.
  const page = await request(`${gateway.site}/?page=1`, {
    headers: {
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
      accept: "text/html",
      "accept-language": "en",
      "sec-gpc": "1",
    },
  });
  t.match(await page.body.text(), /<html/i);

  const { sessions, total } = await until("the visit", async () => {
    const listed = JSON.parse((await list("--json")).said) as SessionsListed;
    return listed.total > 0 && listed;
  });
  t.match(sessions, [{ site: "shop", address: "127.0.0.1", url: "/?page=1", pages: 1 }]);
  t.equal(total, 1);
  const socket = join(gateway.directory, "run", "operator.sock");
  t.equal(statSync(socket).mode & 0o077, 0, "nobody else can ask");

  const table = await list("--site", "shop", "--most", "5");
  t.equal(table.status, 0);
  t.match(
    table.said,
    /^VISIT +ADDRESS +START[^]*\n\S+ +127\.0\.0\.1 .* \/\?page=1\n1 of 1 sessions\n$/,
  );
  t.match(await list("--site", "other"), { status: 1, said: /no site other; known: shop/ });
  t.match(await list("--most", "0"), { status: 1, said: /--most is a number from 1 to 1000/ });

  const explain = (visitor: string, ...more: string[]) =>
    run("criteria", "explain", "--config", file, "--visitor", visitor, ...more);
  const told = await explain(sessions[0]?.id ?? "");
  t.equal(told.status, 0);
  t.match(told.said, / 127\.0\.0\.1 +shop +\/\?page=1\n1 page, allows: none\n/);
  t.match(
    told.said,
    /\ntwice-in-a-week: unknown\n {2}unknown +visits\("7d"\) >= 2 +visits\("7d"\) is unknown: the visitor's consent is 'none', and what was before this visit needs 'persistent'\n/,
  );
  const { campaigns } = JSON.parse((await explain("127.0.0.1", "--json")).said) as VisitExplained;
  t.match(campaigns, [{ campaign: "twice-in-a-week", result: "unknown" }], "by address, too");
  t.match(await explain("nobody"), { status: 1, said: /nobody is there by nobody/ });

  await gateway.stop("SIGTERM");
  t.match(await list(), { status: 1, said: /no engine answers at .*operator\.sock/ });
});
