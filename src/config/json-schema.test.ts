import { readFileSync } from "node:fs";
import t from "tap";
import { configJsonSchema } from "./json-schema.ts";

t.test("config/warmline.schema.json is what `warmline schema` prints", (t) => {
  t.equal(readFileSync("config/warmline.schema.json", "utf8"), configJsonSchema());
  t.end();
});
