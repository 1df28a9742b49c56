import type { LegEnd } from "../../model/call.ts";
import { endReason } from "../end-reason.ts";
import { header, isRequest, type SipRequest, type SipResponse } from "./message.ts";

/** Why a telephone was not reached, or has hung up: the status, and what the network says in Reason (RFC 3326, RFC 6432). */
export function reasonOf(message: SipRequest | SipResponse, rang: boolean): LegEnd {
  const cause = /Q\.850\s*;\s*cause\s*=\s*(\d{1,3})/i.exec(header(message, "reason") ?? "")?.[1];
  const q850 = Number(cause ?? 0);
  if (isRequest(message)) return endReason({ rang, answered: true, q850 });
  // Who refuses a call is reported as 403 by the telephone network (RFC 3398, section 7.2.4.1).
  const sipStatus = message.status === 403 && q850 === 21 ? undefined : message.status;
  return endReason({ rang, answered: false, q850, sipStatus });
}
