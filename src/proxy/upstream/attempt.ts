import { type Answer, answerOf } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { AnswerHead } from "../http1/answer-head.ts";
import { HeadEdit } from "../http1/head-edit.ts";
import { INCOMPLETE } from "../http1/head.ts";
import { CONNECTION } from "../http1/names.ts";
import { Held } from "../held-bytes.ts";
import { Relay, type RelayPorts } from "../relay.ts";
import type { WireOwner } from "../wire/wire.ts";
import { CONNECT_TIMEOUT, type Failure, type FailureKind, isOurs, reasonOf } from "./failure.ts";
import type { Origin, OriginWire, Waiter, Waiting } from "./origin.ts";
import type { StageTimeouts } from "./upstream.ts";

/** Nobody's head is longer. */
const MOST_HEAD = 16_384;
/** Interim answers before the final one. */
const MOST_EARLIER = 32;

const head = new AnswerHead();
const edit = new HeadEdit();

export interface AttemptPorts {
  readonly timeouts: StageTimeouts;
  /** Makes the head of the answer ready, and says what the body goes through. */
  answering(answer: Answer): void;
  /** Called once when the visitor has got nothing; not when he has left. */
  failed(origin: Origin, failure: Failure): void;
  /** The visitor has the answer; `whole` is false when it broke off. */
  answered(whole: boolean): void;
  /** The origin goes on with the protocol that was asked for; what it has sent behind its head is in the range. */
  switched(wire: OriginWire, bytes: Buffer, start: number, end: number): void;
}

/** Sends a request to one origin and streams its answer back. */
export class Attempt implements WireOwner, Waiter, RelayPorts {
  readonly origin: Origin;
  readonly #x: Exchange;
  readonly #ports: AttemptPorts;
  /** The beginning of a head that came in pieces. */
  #begun: Held | undefined;
  #to: OriginWire | undefined;
  #waiting: Waiting | undefined;
  #relay: Relay | undefined;
  #quietMs = 0;
  #earlier = 0;
  #paused = false;
  /** The origin has not taken all of what was sent yet. */
  #sending = false;
  /** How long the origin keeps the connection when nobody uses it. */
  #keptMs = Infinity;
  #over = false;

  constructor(x: Exchange, origin: Origin, ports: AttemptPorts) {
    this.#x = x;
    this.origin = origin;
    this.#ports = ports;
  }

  /**
   * Sends what the exchange holds, over a connection that is there or as soon as there is one.
   *
   * @param fresh on a new connection: one that was there has failed
   */
  start(fresh: boolean): void {
    const { origin } = this;
    const { upload } = this.#x;
    if (!origin.admits(upload.any)) {
      this.#over = true;
      this.#ports.failed(origin, { kind: "busy", reason: "too many requests", unsent: true });
      return;
    }
    origin.running++;
    origin.asked++;
    if (upload.any) origin.uploads++;
    const idle = fresh ? undefined : origin.takeIdle();
    if (idle) this.connected(idle);
    else this.#waiting = origin.connect(this);
  }

  connected(to: OriginWire): void {
    this.#waiting = undefined;
    this.#to = to;
    this.#quietMs = 0;
    to.wire.owner = this;
    to.wire.resume();
    const { connection, held, upload, awaitsContinue } = this.#x;
    this.#sending = !to.wire.write(held.bytes, held.start, held.end);
    if (upload.done) return;
    if (awaitsContinue) connection.sendContinue();
    if (this.#sending) connection.wire.pause();
    else connection.wire.resume();
  }

  /** More of what the visitor uploads. */
  upload(bytes: Buffer, start: number, end: number): void {
    if (!this.#to) {
      this.#x.held.append(bytes, start, end);
      this.#x.connection.wire.pause();
    } else if (!this.#to.wire.write(bytes, start, end)) {
      this.#sending = true;
      this.#x.connection.wire.pause();
    }
  }

  /** Whether the origin waits for the rest of an upload. */
  get wantsUpload(): boolean {
    return this.#to !== undefined && !this.#sending;
  }

  drained(): void {
    this.#sending = false;
    if (!this.#x.upload.done) this.#x.connection.wire.resume();
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.#quietMs = 0;
    if (this.#relay) {
      this.#took(this.#relay.body(bytes, start, end), end);
      return;
    }
    let at = this.#begun?.inFrontOf(bytes, start) ?? start;
    while (at < end && !this.#relay && !this.#over) {
      const behind = head.scan(bytes, at, end);
      if (behind === INCOMPLETE) {
        if (end - at > MOST_HEAD) this.#unfit("a head that is too long");
        else (this.#begun ??= new Held()).append(bytes, at, end);
        return;
      }
      if (behind < 0) return this.#unfit("a head that cannot be sent on");
      if (head.status === 101) return this.#switch(bytes, behind, end);
      if (head.status >= 200) return this.#answer(bytes, end);
      if (++this.#earlier > MOST_EARLIER) return this.#unfit("no end of interim answers");
      this.#early(bytes);
      at = behind;
    }
  }

  #answer(bytes: Buffer, end: number): void {
    const relay = new Relay(this.#x, this);
    this.#relay = relay;
    this.#keptMs = keptMs(head);
    const stop = relay.begin(head, bytes, end);
    if (stop >= 0) return this.#took(stop, end);
    // Nothing of it has been sent on yet, so the visitor can be told.
    relay.destroy();
    this.#relay = undefined;
    this.#x.status = 0;
    this.#x.endless = false;
    this.#unfit("a body whose framing is broken");
  }

  /** An answer of ours has been read up to `stop`. */
  #took(stop: number, end: number): void {
    const relay = this.#relay;
    if (this.#over || !relay) return;
    if (stop < 0) this.#break("a body whose framing is broken");
    else if (relay.done) {
      // What stands behind an answer belongs to nothing: it would be taken for the next answer.
      this.#letGo(relay.persistent && stop === end);
      if (!relay.lags) this.#end(true);
    }
  }

  /** 102 and 103 go to those who know them (RFC 9110, section 15.2); 100 is between the origin and us. */
  #early(bytes: Buffer): void {
    const { connection, minor } = this.#x;
    if (head.status === 100 || minor === 0) return;
    edit.begin();
    for (let i = 0; i < head.count; i++) if (head.ids[i] === CONNECTION) edit.cutField(head, i);
    const start = edit.apply(head);
    bytes[start + 7] = 49;
    connection.wire.write(bytes, start, head.end);
  }

  #switch(bytes: Buffer, behind: number, end: number): void {
    const to = this.#to;
    if (this.#x.upgrade === undefined || !to) return this.#unfit("101 that nobody asked for");
    this.#x.status = 101;
    this.#over = true;
    this.#leave();
    edit.begin();
    this.#ports.answering(answerOf(head, edit));
    const chosen = head.get("upgrade") ?? this.#x.upgrade;
    edit.add(`Connection: Upgrade\r\nUpgrade: ${chosen}\r\n`);
    const start = edit.apply(head);
    bytes[start + 7] = 49;
    this.#x.connection.wire.write(bytes, start, behind);
    this.#to = undefined;
    this.origin.release(to.wire);
    this.#ports.switched(to, bytes, behind, end);
  }

  ended(): void {
    if (this.#over) return;
    if (this.#relay?.ended()) {
      this.#letGo(false);
      if (!this.#relay.lags) this.#end(true);
    } else this.#break("ended too early");
  }

  closed(error?: Error): void {
    this.#break(error ? reasonOf(error) : "closed");
  }

  /** No connection could be made. */
  failed(error: Error): void {
    this.#waiting = undefined;
    this.#fail(isOurs(error) ? "busy" : "connect", reasonOf(error));
  }

  /** The visitor has taken what was written. */
  visitorDrained(): void {
    this.#relay?.drained();
  }

  answering(answer: Answer): void {
    this.#ports.answering(answer);
  }

  whole(): void {
    this.#end(true);
  }

  broken(error: Error): void {
    this.#break(reasonOf(error));
  }

  pause(): void {
    this.#paused = true;
    this.#to?.wire.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#quietMs = 0;
    this.#to?.wire.resume();
  }

  /** The visitor has left, or nobody wants the answer any more. */
  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#leave();
    this.#letGo(false);
    this.#relay?.destroy();
  }

  /** Time has passed. */
  tick(stepMs: number): void {
    const { timeouts } = this.#ports;
    const { connection, upload, edge, endless } = this.#x;
    if (this.#over) return;
    this.#quietMs += stepMs;
    // A wait that began in the middle of a step has not lasted all of it.
    const late = (limitMs: number) => this.#quietMs >= limitMs + stepMs;
    if (this.#waiting?.connecting) {
      if (late(timeouts.connectMs)) this.#fail("connect", CONNECT_TIMEOUT);
    } else if (this.#waiting) {
      if (late(timeouts.connectMs + timeouts.responseMs)) this.#fail("busy", "no connection free");
    } else if (!this.#relay) {
      if (upload.done && late(timeouts.responseMs)) this.#fail("timeout", "no answer in time");
    } else if (this.#paused) {
      if (connection.quietWriteMs >= edge.limits.readerStallMs) this.#giveUp();
    } else if (!endless && late(timeouts.stallMs)) this.#break("the answer stands still");
  }

  #unfit(reason: string): void {
    this.#x.edge.log.warn({ site: this.#x.site?.name, reason }, "an answer cannot be sent on");
    this.#fail("unfit", reason);
  }

  /** The answer is over before its end, or before its beginning. */
  #break(reason: string): void {
    if (!this.#relay) return this.#fail("broken", reason);
    if (this.#over) return;
    this.#relay.brokeOff();
    this.#giveUp();
  }

  /** The visitor gets no more of an answer that has begun. */
  #giveUp(): void {
    this.#letGo(false);
    this.#relay?.destroy();
    this.#end(false);
  }

  #fail(kind: FailureKind, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    const unsent = this.#to === undefined;
    this.#leave();
    this.#letGo(false);
    this.#ports.failed(this.origin, { kind, reason, unsent });
  }

  #end(whole: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#leave();
    this.#ports.answered(whole);
  }

  /** Gives up the place at the origin. */
  #leave(): void {
    this.origin.running--;
    if (this.#x.upload.any) this.origin.uploads--;
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }

  #letGo(again: boolean): void {
    const wire = this.#to?.wire;
    this.#to = undefined;
    if (!wire) return;
    if (again && this.#x.upload.done && !this.#sending) this.origin.giveBack(wire, this.#keptMs);
    else this.origin.discard(wire);
  }
}

/** What `Keep-Alive: timeout=5` says (RFC 2068, section 19.7.1.1), as Node, Apache and others send it. */
function keptMs(answer: AnswerHead): number {
  const value = answer.get("keep-alive");
  if (value === undefined) return Infinity;
  const [, seconds] = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(value) ?? [];
  return seconds === undefined ? Infinity : Number(seconds) * 1000;
}
