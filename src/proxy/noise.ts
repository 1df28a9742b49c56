import type { Exchange } from "./exchange.ts";
import type { RequestHead } from "./http1/request-head.ts";
import { type NotNavigation, whyUncounted } from "./navigation.ts";

/** Whether who asks is one of the site's own people. */
export function isStaff({ rules, connection }: Exchange): boolean {
  return rules?.staff !== undefined && connection.known.isOf(rules.staff);
}

/** Why nothing of a request counts, whatever it is for. */
export function whyNothing(x: Exchange, head: RequestHead): NotNavigation | undefined {
  if (!x.site) return "disabled";
  const agent = x.connection.known.agentOf(head);
  return whyUncounted(x.site, head, agent, x.secure) ?? (isStaff(x) ? "staff" : undefined);
}
