import { criterionProblem } from "../analysis/criteria/problem.ts";
import type { Checks } from "../config/checks.ts";
import { predictiveProblem } from "../cti/jurisdictions.ts";
import { noticeProblem } from "../proxy/notice/problem.ts";
import { certificateProblem } from "./certificates.ts";
import { jurisdictionsOf } from "./sites.ts";

/** Who knows what a configuration may say of criteria and certificates. */
export const configChecks: Checks = {
  criterion: criterionProblem,
  certificate: certificateProblem,
  notice: noticeProblem,
  predictive: (country, config) =>
    predictiveProblem(country, jurisdictionsOf(config), config.switch.ringTimeout),
};
