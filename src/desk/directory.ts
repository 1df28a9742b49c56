/** What the configuration says of sites, agents and texts, looked up by name. */
import type { Agent } from "../model/agent.ts";
import { type AutomaticCalls, NO_AUTOMATIC_CALLS } from "../model/automatic-calls.ts";
import type { MessageTemplate } from "../model/campaign.ts";
import type { Site } from "../model/site.ts";

/** A template is of its site's firm, of the firm it names, or of all. */
export type FirmTemplate = MessageTemplate & { readonly firm?: string };

export interface Directory {
  /** From now on it says this. */
  use(entries: DirectoryEntries): void;
  site(name: string): Site | undefined;
  agent(name: string): Agent | undefined;
  agents(): readonly Agent[];
  agentsOf(firm: string): readonly Agent[];
  sitesOf(firm: string): readonly Site[];
  automatic(firm: string): AutomaticCalls;
  templatesOf(firm: string): readonly MessageTemplate[];
  /** The site's own template of that name before one for all sites. */
  template(name: string, site: Site): MessageTemplate | undefined;
}

/** What is looked up. */
export interface DirectoryEntries {
  readonly sites: readonly Site[];
  readonly agents: readonly Agent[];
  readonly templates: readonly FirmTemplate[];
  /** By firm; absent: no automatic calls. */
  readonly automatic?: Readonly<Record<string, AutomaticCalls>>;
}

export function createDirectory(entries: DirectoryEntries): Directory {
  let options = entries;
  const byName = <T extends { readonly name: string }>(list: readonly T[]) =>
    new Map(list.map((one) => [one.name, one]));
  let [sites, agents] = [byName(options.sites), byName(options.agents)];
  const isOf = (template: FirmTemplate, firm: string) =>
    (template.firm === undefined || template.firm === firm) &&
    (template.site === undefined || sites.get(template.site)?.firm === firm);
  return {
    site: (name) => sites.get(name),
    agent: (name) => agents.get(name),
    agents: () => options.agents,
    use(next) {
      options = next;
      [sites, agents] = [byName(next.sites), byName(next.agents)];
    },
    agentsOf: (firm) => options.agents.filter((agent) => agent.firm === firm),
    sitesOf: (firm) => options.sites.filter((site) => site.firm === firm),
    automatic: (firm) => options.automatic?.[firm] ?? NO_AUTOMATIC_CALLS,
    templatesOf: (firm) =>
      options.templates.filter((template) => isOf(template, firm)).map(unowned),
    template(name, site) {
      const named = options.templates.filter((t) => t.name === name && isOf(t, site.firm));
      const found = named.find((t) => t.site === site.name) ?? named.find((t) => !t.site);
      return found && unowned(found);
    },
  };
}

function unowned(template: FirmTemplate): MessageTemplate {
  const { name, site, heading, text } = template;
  return { name, ...(site !== undefined && { site }), heading, text };
}
