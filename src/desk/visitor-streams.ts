/** The open event streams of visitors' browsers: what is to be shown at once goes through them. */
import { createHash } from "node:crypto";
import type { Session } from "../model/session.ts";
import type { Interaction } from "../model/interaction.ts";
import type { VisitorRef } from "../model/visitor.ts";
import type { Asker } from "./edge-headers.ts";
import type { VisitorEvent } from "../visitor/protocol.ts";
import type { Visits } from "./ports.ts";

/** For whom an event is: the visit it came from, or the same browser later. */
interface Recipient {
  readonly sessionId?: string | undefined;
  readonly visitor?: string | undefined;
}

export interface OpenStream extends Disposable {
  /** Looks again which visit the stream belongs to: rows come (a little after the page) and go. */
  refresh(): void;
}

export interface VisitorStreams {
  /** Nothing when there are too many streams already. The first event, `state`, is sent before this returns. */
  open(
    site: string,
    visitor: VisitorRef,
    write: (event: VisitorEvent) => void,
  ): OpenStream | undefined;
  /** How many streams it went to. */
  send(to: Recipient, event: VisitorEvent): number;
  isOpen(session: Session): boolean;
}

const MOST_STREAMS = 20_000;
const MOST_OF_ONE_VISITOR = 12;

/** What a browser is recognised by, hashed: it outlives the row, and says nothing about the visitor. */
export function visitorHash(site: string, visitor: VisitorRef): string {
  return createHash("sha256")
    .update(`${site} ${visitor.visitorId ?? visitor.addressKey}`)
    .digest("base64url")
    .slice(0, 22);
}

/** Whether the contact is of the visitor who asks. */
export function isHis(
  { site, visitor }: Pick<Interaction, "site" | "visitor">,
  from: Pick<Asker, "site" | "visitor">,
): boolean {
  return site === from.site && visitor === visitorHash(from.site, from.visitor);
}

export function createVisitorStreams(
  visits: Pick<Visits, "find" | "hold" | "letGo">,
  state: (of: { sessionId?: string | undefined; visitor: string }) => VisitorEvent,
): VisitorStreams {
  interface Stream {
    sessionId: string | undefined;
    readonly visitor: string;
    readonly write: (event: VisitorEvent) => void;
  }
  const streams = new Set<Stream>();
  const bySession = new Map<string, Set<Stream>>();
  const byVisitor = new Map<string, Set<Stream>>();
  /** A visit with an open page lasts until the last one is closed. */
  const joinVisit = (sessionId: string, stream: Stream) => {
    if (!bySession.has(sessionId)) visits.hold(sessionId);
    join(bySession, sessionId, stream);
  };
  const leaveVisit = (sessionId: string, stream: Stream) => {
    leave(bySession, sessionId, stream);
    if (!bySession.has(sessionId)) visits.letGo(sessionId);
  };
  const join = (index: Map<string, Set<Stream>>, key: string, stream: Stream) => {
    const set = index.get(key);
    if (set) set.add(stream);
    else index.set(key, new Set([stream]));
  };
  const leave = (index: Map<string, Set<Stream>>, key: string, stream: Stream) => {
    const set = index.get(key);
    set?.delete(stream);
    if (set?.size === 0) index.delete(key);
  };

  return {
    open(site, ref, write) {
      const visitor = visitorHash(site, ref);
      if (streams.size >= MOST_STREAMS) return undefined;
      if ((byVisitor.get(visitor)?.size ?? 0) >= MOST_OF_ONE_VISITOR) return undefined;
      const stream: Stream = { sessionId: visits.find(site, ref)?.id, visitor, write };
      streams.add(stream);
      join(byVisitor, visitor, stream);
      if (stream.sessionId !== undefined) joinVisit(stream.sessionId, stream);
      write(state({ sessionId: stream.sessionId, visitor }));
      return {
        refresh() {
          const found = visits.find(site, ref)?.id;
          if (found === undefined || found === stream.sessionId || !streams.has(stream)) return;
          if (stream.sessionId !== undefined) leaveVisit(stream.sessionId, stream);
          stream.sessionId = found;
          joinVisit(found, stream);
          write(state({ sessionId: found, visitor }));
        },
        [Symbol.dispose]() {
          streams.delete(stream);
          leave(byVisitor, visitor, stream);
          if (stream.sessionId !== undefined) leaveVisit(stream.sessionId, stream);
        },
      };
    },
    send(to, event) {
      const reached = new Set([
        ...(bySession.get(to.sessionId ?? "") ?? []),
        ...(to.visitor === undefined ? [] : (byVisitor.get(to.visitor) ?? [])),
      ]);
      for (const stream of reached) stream.write(event);
      return reached.size;
    },
    isOpen: (session) => bySession.has(session.id),
  };
}
