import type { PageView, Session } from "../../model/session.ts";
import type { Milestones, Purchase, SiteEvent } from "../../model/milestone.ts";
import type { ConsentTier, VisitorFacts, VisitorHistory } from "../../model/visitor.ts";
import type { Given, Row } from "../row.ts";
import {
  count,
  type Field,
  list,
  moment,
  number,
  oneOf,
  optional,
  record,
  text,
  word,
} from "./packing.ts";

/** A row without what the table keeps in its columns, or knows by the row's place. */
export type PackedRow = Omit<Row, "place" | "keptMs" | "session"> & {
  readonly session: Omit<Session, "id" | "site">;
};

const purchase = record<Purchase>({
  atMs: moment,
  amount: optional(number),
  currency: optional(word),
  order: optional(text),
});
const event = record<SiteEvent>({ name: word, atMs: moment });

const milestones = record<Milestones>({ purchases: list(purchase), events: list(event) });
const tier = oneOf<ConsentTier>("none", "session", "persistent", "identified");

// The texts and moments that are close to one another follow one another: that makes them short.
const history = record<VisitorHistory>({
  id: text,
  firstSeenMs: moment,
  visitsMs: list(moment),
  lastSeenMs: moment,
  visitCount: count,
  pageCount: count,
  timeSpentMs: count,
  purchases: list(purchase),
  events: list(event),
  priority: count as Field<VisitorHistory["priority"]>,
  login: optional(text),
  name: optional(text),
  number: optional(text),
  mail: optional(text),
  factsAtMs: moment,
});

const pageView = record<PageView>({ url: word, atMs: moment });

const session = record<PackedRow["session"]>({
  history: optional(history),
  milestones: optional(milestones),
  name: optional(text),
  number: optional(text),
  state: oneOf("active", "idle", "served", "ended"),
  address: text,
  startedMs: moment,
  trail: list(pageView),
  lastAccessMs: moment,
  pages: count,
  consent: tier,
  priority: count as Field<Session["priority"]>,
  userAgent: optional(word),
  language: optional(word),
  referrer: optional(word),
  landing: optional(word),
  downloads: optional(list(pageView)),
});

const facts = record<VisitorFacts>({
  atMs: moment,
  priority: optional(count as Field<NonNullable<VisitorFacts["priority"]>>),
  login: optional(text),
  name: optional(text),
  number: optional(text),
  mail: optional(text),
  purchases: optional(list(purchase)),
  events: optional(list(event)),
});

const given = record<Given>({ campaign: word, pages: list(count), quietUntilMs: count });

/** Every property of a row, and how it is packed. One that is added to a row does not compile until it is added here. */
export const packedRow: Field<PackedRow> = record<PackedRow>({
  addressKey: text,
  allows: tier,
  issued: list(text),
  visitorId: optional(text),
  startedMs: moment,
  pageMs: moment,
  seenMs: moment,
  openOpportunity: optional(record({ id: text, campaign: word })),
  given: list(given),
  session,
  learnt: optional(facts),
});
