import type { Asked, Exchange } from "../exchange.ts";
import { answerAllowed } from "../own-page.ts";

/** Counts down how often OPTIONS may be sent on (RFC 9110, section 7.6.2). True when it is meant for us, who are the last. */
export function countForwards(x: Exchange, { head, edit }: Asked): boolean {
  if (x.method !== "OPTIONS") return false;
  const left = head.get("max-forwards");
  if (left === undefined || !/^\d{1,9}$/.test(left)) return false;
  if (Number(left) === 0) {
    answerAllowed(x);
    return true;
  }
  edit.cutNamed(head, "max-forwards");
  edit.addField("Max-Forwards", String(Number(left) - 1));
  return false;
}
