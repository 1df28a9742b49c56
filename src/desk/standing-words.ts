/** What visitors read when a campaign has no words of its own for what it offers. */
import type { MessageTemplate } from "../model/campaign.ts";
import type { Offer } from "../model/opportunity.ts";

const WORDS: Readonly<Record<Offer, MessageTemplate>> = {
  contact: {
    name: "contact",
    heading: "May we help you?",
    text: "Somebody is here, and happy to answer your questions.",
  },
  // Patent Fig. 6f; the opening hours follow on the card.
  callback_out_of_hours: {
    name: "out-of-hours",
    heading: "Our site is open for your browsing pleasure.",
    text: "Nobody is on duty right now. If you would like us to call you, tell us when.",
  },
  // [0057]
  callback_all_busy: {
    name: "all-busy",
    heading: "We are all in conversation just now.",
    text: "If you would like us to call you when somebody is free, tell us when.",
  },
};

/** The standing words for an offer. */
export function standingWords(offer: Offer): MessageTemplate {
  return WORDS[offer];
}
