import t from "tap";
import { tableOf } from "./list-sessions.ts";

t.test("the table is what Fig. 7 shows, and nothing that steers a terminal", (t) => {
  const line = {
    id: "e1-7",
    site: "shop",
    address: "192.0.2.7",
    startedMs: Date.UTC(2026, 0, 5, 10),
    lastAccessMs: Date.UTC(2026, 0, 5, 10, 2, 3),
    url: "/prices?\u001b[2J",
    pages: 2,
    state: "active",
    consent: "none",
  } as const;
  t.equal(
    tableOf({ total: 7, sessions: [line] }),
    [
      "VISIT  ADDRESS    START                LAST ACCESS          PAGES  STATE   SITE  CURRENT PAGE",
      "e1-7   192.0.2.7  2026-01-05 10:00:00  2026-01-05 10:02:03  2      active  shop  /prices??[2J",
      "1 of 7 sessions",
      "",
    ].join("\n"),
  );
  t.end();
});
