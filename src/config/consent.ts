import { z } from "zod";
import type { ConsentRules, ConsentSource } from "../model/consent.ts";

const tier = z.enum(["none", "session", "persistent", "identified"]);
const categories = z.array(z.string().min(1).max(100)).min(1);

/** A cookie's name (RFC 6265, section 4.1.1). */
export const cookieName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/, "write a cookie's name, as in cookie_consent");

const source = z
  .strictObject({
    manager: z.enum(["tcf", "onetrust", "cookiebot", "cookieyes", "klaro"]).exactOptional(),
    cookie: cookieName.exactOptional(),
    session: categories.exactOptional(),
    persistent: categories.exactOptional(),
    identified: categories.exactOptional(),
    /** What a value allows; `*` in it stands for anything. */
    values: z.record(z.string().max(200), tier).exactOptional(),
  })
  .transform((written, context): ConsentSource => {
    const { manager, cookie, values, ...needs } = written;
    if (manager !== undefined && values === undefined) {
      return { manager, ...(cookie !== undefined && { cookie }), ...needs };
    }
    const bare = Object.keys(needs).length === 0;
    if (manager === undefined && cookie !== undefined && values !== undefined && bare) {
      return { cookie, values };
    }
    const message =
      manager === undefined
        ? "name the consent manager, or a cookie and what its values allow"
        : "values are for cookies of no known manager; say which categories a tier needs";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });

/** Whether, and how, Warmline asks a site's visitors itself. */
const question = z.strictObject({
  allows: z.enum(["persistent", "identified"]).default("identified"),
  text: z.string().min(1).max(600).exactOptional(),
  privacy: z
    .string()
    .regex(/^(\/(?![/\\])|https:\/\/)[!-~]{0,500}$/, "write a path of the site, as in /privacy")
    .exactOptional(),
});

/** How a site tells what its visitors allow. */
export const consentRules: z.ZodType<ConsentRules> = z.strictObject({
  /** Nobody has asked them, or they have not answered. */
  undecided: tier.default("none"),
  from: z.array(source).max(8).default([]),
  ask: question.exactOptional(),
});

/** What a configuration says nothing about, though it should be decided: each with how to mend it. */
export function consentNotes(
  sites: readonly {
    readonly name: string;
    readonly engagement: "on" | "off";
    readonly consent?: ConsentRules;
  }[],
): string[] {
  return sites
    .filter(({ engagement, consent }) => engagement === "on" && consent === undefined)
    .map(
      ({ name }) =>
        `site ${name} has no consent: nothing is stored in its visitors' browsers, and nothing is known of them beyond the visit; ` +
        "say what they allow (undecided), where their answer stands (from), or have them asked (ask: {}): docs/visitors.md",
    );
}
