import type { Config } from "../config/schema.ts";
import type { Explanation, FactNow } from "../model/explanation.ts";
import type { VisitExplained } from "../oam/operator-socket.ts";
import { StartError } from "./lifetime.ts";
import { askEngine, printable } from "./list-sessions.ts";

/**
 * `warmline criteria explain`: what each campaign says of a visitor who is on the site now, condition by condition.
 *
 * @param visitor id of a visit, or an address; of several visits from it the latest is meant
 * @throws {StartError} when no engine answers, or nobody is there by it
 */
export async function explainVisitor(
  config: Config,
  visitor: string,
  json: boolean,
): Promise<void> {
  const answer = (await askEngine(config, "/explanation", { visitor })) as
    | VisitExplained
    | Record<string, never>;
  if (!("session" in answer)) {
    throw new StartError(`nobody is there by ${visitor}; see warmline sessions list`);
  }
  const explained = answer as VisitExplained;
  process.stdout.write(json ? `${JSON.stringify(explained)}\n` : textOf(explained));
}

/** The explanation, for people. */
export function textOf({ session, others, campaigns }: VisitExplained): string {
  const { id, address, site, pages, consent, url = "" } = session;
  const more = others > 0 ? `; ${others} more visits from this address, see sessions list` : "";
  return [
    `${id}  ${address}  ${site}  ${printable(url)}`,
    `${pages} ${pages === 1 ? "page" : "pages"}, allows: ${consent}${more}`,
    ...campaigns.flatMap(ofCampaign),
    ...(campaigns.length === 0 ? ["", "the site has no campaigns"] : []),
    "",
  ].join("\n");
}

function ofCampaign({ campaign, criterion, result, conditions, offer, why }: Explanation) {
  const then =
    why !== undefined ? `, but held back: ${why}` : offer !== undefined ? `, offers: ${offer}` : "";
  const width = Math.max(...conditions.map(({ text }) => text.length));
  return [
    "",
    `${campaign}: ${result}${then}`,
    ...(conditions.length > 1 ? [`  ${criterion.replaceAll(/\s+/g, " ")}`] : []),
    ...conditions.map(({ text, result: truth, facts }) =>
      `  ${truth.padEnd(7)}  ${text.padEnd(width)}  ${facts.map(written).join(", ")}`.trimEnd(),
    ),
  ];
}

function written({ name, value, why }: FactNow): string {
  if (value !== undefined) return `${name} = ${printable(JSON.stringify(value))}`;
  return `${name} is unknown${why === undefined ? "" : `: ${why}`}`;
}
