import { z } from "zod";
import { configSchema } from "./schema.ts";

/** The JSON Schema (draft 2020-12) of the configuration file, for editors: what is written, before defaults. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
  return `${JSON.stringify({ title: "Warmline's configuration", ...schema }, undefined, 2)}\n`;
}
