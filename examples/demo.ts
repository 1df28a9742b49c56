/** The demo of `npm start`: an ordinary shop on one port, Warmline in front of it on another, an agent's desk on a third. */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { serveShop } from "./shop/server.ts";

const SHOP_PORT = 8082;
const READY = "http://127.0.0.1:9090/readyz";
const PATIENCE_MS = 30_000;

const BANNER = `
  Warmline is running.

    The shop, as visitors see it     http://127.0.0.1:8080/
    The desk of an agent             http://127.0.0.1:8081/     log in as  anna  with  espresso-time
    Metrics for operators            http://127.0.0.1:9090/metrics

  Open the desk in one browser window, and the shop in a private window of another. Stay on a page of the shop for a
  few seconds, or come back after half a minute: the desk hears of it. Telephones are pretended: any number answers, one
  that ends in 486 is busy, in 408 nobody answers. Log the agent out to see what visitors are offered out of hours.

  Ctrl-C ends it. What was stored stays in var/demo.
`;

await using _shop = await serveShop(SHOP_PORT).catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `The demo needs the ports 8080, 8081, ${SHOP_PORT} and 9090: ${why}.\n` +
      "Perhaps it is running already. End what uses them, or run a configuration of your own:\n" +
      "  npm start -- --config FILE\n",
  );
  process.exit(1);
});
const gateway = spawn(process.execPath, ["src/main.ts", "run", "--config", "examples/demo.yaml"], {
  stdio: "inherit",
});
const ended = new Promise<number>((resolve) => {
  gateway.once("exit", (status) => resolve(status ?? 1));
});
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => gateway.kill("SIGTERM"));
await Promise.race([ended, whenReady()]);
process.exitCode = await ended;

async function whenReady(): Promise<void> {
  const untilMs = Date.now() + PATIENCE_MS;
  while (Date.now() < untilMs) {
    const state = await fetch(READY).then(
      (r) => r.json() as Promise<{ ready?: boolean; engine?: boolean }>,
      () => ({ ready: false, engine: false }),
    );
    if (state.ready === true && state.engine === true) {
      process.stdout.write(BANNER);
      return;
    }
    await sleep(100);
  }
}
