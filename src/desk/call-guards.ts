/** Whether somebody may be called: asked when a call is asked for, and again before it is dialled. */
import type { Call } from "../model/call.ts";
import type { Clock } from "../model/clock.ts";
import type { Refused, RefusedReason } from "../model/refused.ts";
import type { Contacts } from "./contacts.ts";
import type { DoNotCall } from "./do-not-call.ts";
import { createFlood } from "./flood.ts";
import type { CallRules, DeskMetrics, Telephony } from "./ports.ts";
import { type Outcome, refuse } from "./refusal.ts";

/** Whom to call, for whom. */
interface Wanted {
  /** E.164. */
  readonly number: string;
  readonly site: string;
  readonly firm: string;
}

export interface CallGuards {
  /** The number that a visitor typed. */
  parse(typed: string, site: string): ReturnType<CallRules["parse"]>;
  /** The numbers in a text that may be called, E.164. */
  find(text: string, site: string): string[];
  /** A visitor wants to be called now. */
  now(wanted: Wanted): Refused | undefined;
  /** The number that a visitor typed who wants to be called now. */
  parseNow(
    typed: string,
    where: Pick<Wanted, "site" | "firm">,
  ): Outcome<{ readonly number: string }>;
  /** A visitor wants to be called at that time. Counted when it is not refused. */
  later(
    wanted: Wanted,
    atMs: number,
    from: { readonly address: string; readonly visitor: string },
  ): Refused | undefined;
  /**
   * The number is about to be dialled.
   *
   * @param besides the contact that it is dialled for; `later`: he has not asked to be called now
   */
  dial(
    wanted: Wanted,
    besides: { readonly id: string; readonly later: boolean },
  ): Refused | undefined;
}

const DAY_MS = 86_400_000;

export function createCallGuards(
  limits: {
    /** Callbacks asked for within a day, at most. */
    readonly perVisitor: number;
    readonly perAddress: number;
  },
  ports: {
    readonly clock: Clock;
    readonly contacts: Contacts;
    readonly doNotCall: DoNotCall;
    readonly metrics: DeskMetrics;
    readonly rules: CallRules;
    readonly telephony: Pick<Telephony, "calls">;
  },
): CallGuards {
  const { clock, contacts, doNotCall, metrics, rules } = ports;
  const byVisitor = createFlood({ most: limits.perVisitor, windowMs: DAY_MS }, clock);
  const byAddress = createFlood({ most: limits.perAddress, windowMs: DAY_MS }, clock);

  const counted = <Result extends Refused | { readonly ok: true } | undefined>(result: Result) => {
    if (result && !result.ok) metrics.dialBlocked(result.reason);
    return result;
  };
  const unwanted = ({ firm, number, site }: Wanted): Refused | undefined => {
    if (doNotCall.has(firm, number)) {
      return refused("do_not_call", "The owner of this number has asked us not to call it.");
    }
    return rules.destination(number, site);
  };
  const calledBy = (number: string, besides: string) => {
    for (const { interaction } of contacts.all()) {
      if (interaction.number !== number || interaction.id === besides) continue;
      if (interaction.kind === "phone" && interaction.state !== "queued") return true;
    }
    // Also who is consulted, or was handed on: a call outlives its contact then.
    return ports.telephony.calls().some((call) => call.number === number || reaches(call, number));
  };

  const parse = (typed: string, site: string) => counted(rules.parse(typed, site));
  const now = (wanted: Wanted) => counted(unwanted(wanted));

  return {
    parse,
    find: (text, site) => rules.find(text, site),
    now,
    parseNow(typed, where) {
      const parsed = parse(typed, where.site);
      if (!parsed.ok) return refuse("not_called", parsed.message);
      const hindrance = now({ ...where, number: parsed.e164 });
      return hindrance ? refuse("not_called", hindrance.message) : { number: parsed.e164 };
    },
    later(wanted, atMs, from) {
      const hindrance = unwanted(wanted) ?? rules.hours(wanted.number, wanted.site, atMs);
      if (hindrance) return counted(hindrance);
      const visitors = [`visitor ${from.visitor}`, `number ${wanted.number}`];
      if (byVisitor.admit(visitors) && byAddress.admit([from.address])) return undefined;
      return counted(
        refused("limit", "You have asked for several calls today. Please wait until tomorrow."),
      );
    },
    dial(wanted, besides) {
      const hindrance = unwanted(wanted);
      if (hindrance) return counted(hindrance);
      if (calledBy(wanted.number, besides.id)) {
        return counted(refused("live_call", "Somebody has this number in hand already."));
      }
      if (!besides.later) return undefined;
      return counted(rules.hours(wanted.number, wanted.site, clock.nowMs()));
    },
  };
}

function reaches({ legs }: Call, number: string): boolean {
  return legs.some(
    ({ to, state }) => to.kind === "public" && to.number === number && state !== "ended",
  );
}

function refused(reason: RefusedReason, message: string): Refused {
  return { ok: false, reason, message };
}
