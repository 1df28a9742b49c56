import { CONSENT_TIERS } from "../../model/consent.ts";
import type { ConsentTier } from "../../model/visitor.ts";
import type { Row } from "../row.ts";
import type { Need } from "./facts.ts";

const TIER: Readonly<Record<Exclude<Need, "agent">, ConsentTier>> = {
  history: "persistent",
  name: "identified",
};

/** Why a fact with such a need is not known of the visitor, for people: the same words on the command line and at the desk. */
export function whyUnknown(needs: Need, { allows }: Pick<Row, "allows">): string {
  if (needs === "agent") return "the browser does not say what it is";
  const tier = TIER[needs];
  if (CONSENT_TIERS.indexOf(allows) >= CONSENT_TIERS.indexOf(tier)) {
    return "the visitor's browser has not brought our cookie back yet";
  }
  const what = needs === "name" ? "who it is" : "what was before this visit";
  return `the visitor's consent is '${allows}', and ${what} needs '${tier}'`;
}
