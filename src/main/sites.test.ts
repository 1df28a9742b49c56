import t from "tap";
import { parseConfig } from "../config/load.ts";
import { configChecks } from "./config-checks.ts";
import { jurisdictionsOf } from "./sites.ts";

const firms = (rules: string) => `
version: 1
firms:
  - { name: crema, displayName: Crema, automaticCalls: ${rules} }
sites:
  - { name: shop, hosts: [a.example], origins: ["http://127.0.0.1:1"], firm: crema, country: DE }
`;
const parse = (text: string) => parseConfig(text, "warmline.yaml", configChecks, {});

t.test("what an operator sets for a country, in the law's words", (t) => {
  const config = parse(`${firms("{}")}
jurisdictions:
  - { country: DE, predictive: true, dropLimit: 2.5, dropWindow: 7d, patience: 1500ms, ring: 20s, rest: 3d }
  - { country: FR, hours: ["Mon 10:00-12:00"] }
`);
  t.same(jurisdictionsOf(config), {
    DE: {
      predictive: true,
      dropLimit: 0.025,
      dropWindowMs: 7 * 86_400_000,
      patienceMs: 1_500,
      ringMs: 20_000,
      restMs: 3 * 86_400_000,
    },
    FR: { hours: [{ weekday: 1, fromMinute: 600, toMinute: 720 }] },
  });
  t.end();
});

t.test("predictive calls only where a law allows them", (t) => {
  const rules = firms("{ mode: predictive, jurisdiction: DE }");
  t.throws(() => parse(rules), /no law of DE on dropped calls is known; use mode: progressive/);
  const own = (fields: string) => `${rules}jurisdictions: [{ country: DE, ${fields} }]\n`;
  t.doesNotThrow(() => parse(own("predictive: true, dropLimit: 3")));
  t.throws(() => parse(own("predictive: true, ring: 45s")), /raise switch.ringTimeout/);
  t.throws(() => parse(own("dropWindow: 500d")), /from 1h to 366d/);
  t.end();
});
