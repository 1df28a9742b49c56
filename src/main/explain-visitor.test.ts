import t from "tap";
import { textOf } from "./explain-visitor.ts";

t.test("each condition with its value, and nothing that steers a terminal", async (t) => {
  const session = {
    id: "e-1",
    site: "shop",
    address: "192.0.2.7",
    startedMs: 0,
    lastAccessMs: 0,
    url: "/\u001b[2J",
    pages: 2,
    state: "active",
    consent: "session",
  } as const;
  const text = textOf({
    session,
    others: 1,
    campaigns: [
      {
        campaign: "again",
        criterion: 'visits("7d") >= 2 &&\n  agents.free > 0',
        result: "true",
        conditions: [
          {
            text: 'visits("7d") >= 2',
            result: "true",
            facts: [{ name: 'visits("7d")', value: 3 }],
          },
          { text: "agents.free > 0", result: "true", facts: [{ name: "agents.free", value: 1 }] },
        ],
        why: "cool_down",
      },
      {
        campaign: "buyer",
        criterion: "purchases > 0",
        result: "unknown",
        conditions: [
          {
            text: "purchases > 0",
            result: "unknown",
            facts: [{ name: "purchases", why: "no cookie yet" }],
          },
        ],
      },
      {
        campaign: "any",
        criterion: "true",
        result: "true",
        conditions: [{ text: "true", result: "true", facts: [] }],
        offer: "contact",
      },
    ],
  });
  t.equal(
    text,
    `e-1  192.0.2.7  shop  /?[2J
2 pages, allows: session; 1 more visits from this address, see sessions list

again: true, but held back: cool_down
  visits("7d") >= 2 && agents.free > 0
  true     visits("7d") >= 2  visits("7d") = 3
  true     agents.free > 0    agents.free = 1

buyer: unknown
  unknown  purchases > 0  purchases is unknown: no cookie yet

any: true, offers: contact
  true     true
`,
  );
});
