// Builds what runs in browsers: the visitor's script and the web desk. Does nothing, and says nothing, when nothing changed.
import { cpSync, existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installed, pinnedEnvironment, pinnedNode, root, run } from "./pinned.mjs";

const dist = join(root, "dist");
const stamp = join(dist, "built");
const sources = [
  "src/desk/ui",
  "src/desk/protocol.ts",
  "src/visitor",
  "src/softphone",
  "src/model",
  "scripts/build.mjs",
  "package-lock.json",
];

/** When anything under a path last changed. */
function changedMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => changedMs(join(path, name))));
}

/** Makes `dist/` newer than its sources; runs itself with the pinned Node for it, since the tools need that. */
export function built({ force = false } = {}) {
  installed();
  const newest = Math.max(...sources.map((path) => changedMs(join(root, path))));
  if (!force && existsSync(stamp) && statSync(stamp).mtimeMs >= newest) return;
  run(pinnedNode(), [join(root, "scripts", "build.mjs"), "--now"], pinnedEnvironment());
}

async function buildNow() {
  const { build } = await import("vite");
  const started = new Date();
  const quiet = { configFile: false, logLevel: "warn" };
  const visitor = join(root, "src", "visitor", "browser");
  // The script of a call is fetched with the window of the call, and by nobody else.
  for (const name of ["loader", "talk"]) {
    await build({
      ...quiet,
      root: visitor,
      define: { "process.env.NODE_ENV": '"production"' },
      build: {
        outDir: join(dist, "visitor"),
        emptyOutDir: name === "loader",
        target: "es2020",
        lib: {
          entry: `${name}.ts`,
          formats: ["iife"],
          name: "warmline",
          fileName: () => `${name}.js`,
        },
      },
    });
  }
  cpSync(join(visitor, "card.css"), join(dist, "visitor", "card.css"));
  await build({
    ...quiet,
    root: join(root, "src", "desk", "ui"),
    base: "./",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      outDir: join(dist, "desk"),
      emptyOutDir: true,
      target: "es2022",
      // Inlined pictures and the polyfill for preloading would be against the policy of the desk's pages.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: ["index.html", "companion.html"].map((name) =>
          join(root, "src", "desk", "ui", name),
        ),
      },
    },
  });
  writeFileSync(stamp, "");
  // The time it began, so that a source saved meanwhile is built again next time.
  utimesSync(stamp, started, started);
  console.log(`Built the visitor's script and the desk in ${Date.now() - started.getTime()} ms.`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes("--now")) await buildNow();
  else built({ force: process.argv.includes("--force") });
}
