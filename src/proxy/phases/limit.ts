import { clientKey } from "../client/client-key.ts";
import type { Exchange } from "../exchange.ts";
import { answerAndClose, answerItself } from "../own-page.ts";

/** Refuses what is more than the site bears of one client: true when it has. */
export function limit(x: Exchange): boolean {
  const limits = x.rules?.limits;
  if (!limits) return false;
  const { rate, body } = limits;
  if (rate) {
    const waitMs = rate.take(clientKey(x.address), x.edge.clock.steadyMs());
    if (waitMs > 0) {
      x.edge.metrics.limited(x.site?.name ?? "", "rate");
      // Seconds (RFC 9110, section 10.2.3).
      answerItself(x, 429, `Retry-After: ${Math.ceil(waitMs / 1000)}\r\n`);
      return true;
    }
  }
  if (body !== undefined && !x.upload.limit(body)) {
    x.edge.metrics.limited(x.site?.name ?? "", "body");
    answerAndClose(x, 413);
    return true;
  }
  return false;
}
