import { type Client, clientOf } from "./client/forwarded.ts";
import { NO_NETWORKS } from "./client/networks.ts";
import type { EdgeContext } from "./edge.ts";
import { Exchange, NO_REQUEST, type RequestLine } from "./exchange.ts";
import { Held } from "./held-bytes.ts";
import { HeadEdit } from "./http1/head-edit.ts";
import { INCOMPLETE } from "./http1/head.ts";
import { RequestHead } from "./http1/request-head.ts";
import { answerAndClose } from "./own-page.ts";
import { Known } from "./known.ts";
import type { Tunnel } from "./tunnel.ts";
import { HitInLog } from "./access.ts";
import { NO_UPLOAD, Upload } from "./upload.ts";
import type { Attempt } from "./upstream/attempt.ts";
import { HEADROOM, NOBODY, TAILROOM, type Wire, type WireOwner } from "./wire/wire.ts";

/** Nobody's head is longer. */
const MOST_HEAD = 16_384;
/** Of requests that were sent ahead. */
const MOST_AHEAD = 65_536;
/** How long what a visitor still sends is taken in after the last answer: a reset would take the answer from him. */
const LINGER_MS = 2000;
const MOST_REQUESTS = 10_000;
/** How long an upload may take to show how fast it is. */
const UPLOAD_WINDOW_MS = 30_000;
const CONTINUE = Buffer.from("HTTP/1.1 100 Continue\r\n\r\n");

/** One of each for all connections: a head is scanned, changed and sent on in one turn. */
const head = new RequestHead();
const edit = new HeadEdit();

export interface ConnectionPorts {
  /** The edge as it is configured now. */
  edge(): EdgeContext;
  /** Takes a request through the phases, up to the origin or to an answer of ours. */
  run(x: Exchange, head: RequestHead, edit: HeadEdit, bodyEnd: number): void;
  /** Called once for each request, at its end. */
  over(x: Exchange): void;
  closed(connection: VisitorConnection): void;
}

/** What requests have in common that are for one host and say the same of who asks. */
export class InCommon {
  readonly known = new Known();
  readonly hitInLog = new HitInLog();
}

/** A visitor's connection: its requests take turns, each is answered before the next begins (RFC 9112, section 9.3). */
export class VisitorConnection implements WireOwner {
  readonly wire: Wire;
  /** Who asks: whoever has connected, or who a proxy that we trust says it is. */
  client: Client;
  /** Request under way. */
  x: Exchange | undefined;
  /** Where it is being asked for. */
  attempt: Attempt | undefined;
  /** Of the request under way: what goes to the origin, until there is a connection that takes it. */
  readonly held: Held;
  /** What this connection's requests have in common, so that it is worked out once. */
  readonly known: Known;
  readonly hitInLog: HitInLog;
  /** For how long the visitor has taken nothing. */
  quietWriteMs = 0;
  readonly #peer: Client;
  readonly #ports: ConnectionPorts;
  readonly #ahead: Held;
  /** Rest of an upload that nobody wants any more. */
  #unwanted: Upload | undefined;
  #tunnel: Tunnel | undefined;
  #requests = 0;
  #quietMs = 0;
  #headMs = 0;
  #written = 0;
  /** Since when, and from what on, the speed of the upload is measured. */
  #uploadMs = 0;
  #uploaded = 0;
  #ending = false;
  #lingering = false;
  #running = false;
  #hasEnded = false;

  /**
   * @param address of who connected, as the proxy in front says, or as the wire does
   * @param like the wire carries one exchange only, and others of the same asker have this in common with it
   */
  constructor(wire: Wire, ports: ConnectionPorts, address = wire.remoteAddress, like?: InCommon) {
    this.wire = wire;
    this.held = new Held(like !== undefined);
    this.#ahead = new Held(like !== undefined);
    this.known = like?.known ?? new Known();
    this.hitInLog = like?.hitInLog ?? new HitInLog();
    this.#peer = { address, secure: wire.secure };
    this.client = this.#peer;
    this.#ports = ports;
    wire.owner = this;
    wire.resume();
  }

  /** Nothing is under way, not half a head either. */
  get idle(): boolean {
    return !this.x && !this.#tunnel && this.#ahead.length === 0;
  }

  /** Somebody waits for the end of an answer: that of a stream or a tunnel nobody waits for. */
  get waitedFor(): boolean {
    return this.x !== undefined && !this.#tunnel && !this.x.endless;
  }

  /** An event stream runs. */
  get streaming(): boolean {
    return this.x?.endless === true;
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.#quietMs = 0;
    if (this.#lingering) return;
    let at = start;
    if (this.x && !this.x.upload.done) {
      const stop = this.x.upload.read(bytes, at, end);
      if (stop < 0) return this.#brokenUpload();
      // Whoever sends it without being told needs not be told.
      this.x.awaitsContinue = false;
      this.x.watch?.form?.take(bytes, at, stop);
      this.attempt?.upload(bytes, at, stop);
      at = stop;
    } else if (this.#unwanted) {
      at = this.#unwanted.read(bytes, at, end);
      if (at < 0) return this.wire.destroy();
      if (!this.#unwanted.done) return;
      this.#unwanted = undefined;
    }
    if (at >= end) return;
    if (this.x) {
      this.#ahead.append(bytes, at, end);
      if (this.#ahead.length > MOST_AHEAD) this.wire.pause();
    } else this.#take(bytes, this.#ahead.inFrontOf(bytes, at), end);
  }

  /** Takes requests out of the bytes, until one of them has to be waited for. */
  #take(bytes: Buffer, start: number, end: number): void {
    let at = start;
    this.#running = true;
    while (at < end && !this.x && !this.#unwanted && !this.#lingering) {
      const behind = head.scan(bytes, at, end);
      if (behind === INCOMPLETE && end - at <= MOST_HEAD) {
        // Empty lines in front of it are no part of it: alone they begin no request.
        at = head.start;
        break;
      }
      if (behind <= 0 || behind - at > MOST_HEAD) {
        this.#refuse(behind < 0 ? head.refusal : head.tooLarge);
        break;
      }
      this.#headMs = 0;
      at = this.#begin(bytes, behind, end);
    }
    this.#running = false;
    if (at < end && !this.#lingering) this.#ahead.append(bytes, at, end);
  }

  /** Begins a request; returns the position behind what belongs to it. */
  #begin(bytes: Buffer, behind: number, end: number): number {
    const upload = head.length === 0 ? NO_UPLOAD : new Upload(head.length);
    const stop = upload.read(bytes, behind, end);
    if (stop < 0) {
      this.#refuse(400, head);
      return end;
    }
    const edge = this.#ports.edge();
    const { trusted } = edge;
    this.client =
      trusted === NO_NETWORKS ? this.#peer : clientOf(this.#peer, trusted, (n) => head.get(n));
    this.known.learn(head, this.client);
    const x = new Exchange(edge, this, head, upload);
    if (this.#ending || ++this.#requests >= MOST_REQUESTS) x.close = true;
    this.x = x;
    this.quietWriteMs = 0;
    this.#uploadMs = 0;
    this.#uploaded = 0;
    edit.begin();
    this.#ports.run(x, head, edit, stop);
    return stop;
  }

  /** A head that is no request's: nothing of it goes on, nothing behind it is one. */
  #refuse(status: number, line: RequestLine = NO_REQUEST): void {
    const x = new Exchange(this.#ports.edge(), this, line, NO_UPLOAD);
    this.x = x;
    answerAndClose(x, status);
  }

  #brokenUpload(): void {
    const { x } = this;
    this.attempt?.abort();
    this.attempt = undefined;
    if (x?.upload.tooLarge) x.edge.metrics.limited(x.site?.name ?? "", "body");
    if (x && x.status === 0) answerAndClose(x, x.upload.tooLarge ? 413 : 400);
    else this.wire.destroy();
  }

  /** Asks for the body that the visitor holds back (RFC 9110, section 10.1.1). */
  sendContinue(): void {
    if (!this.x?.awaitsContinue) return;
    this.x.awaitsContinue = false;
    this.wire.write(CONTINUE, 0, CONTINUE.length);
  }

  /** The answer has been handed on; not `whole`, it broke off, and must not look as if it had not. */
  answered(x: Exchange, whole: boolean): void {
    if (this.x !== x) return;
    this.x = undefined;
    this.attempt = undefined;
    this.held.clear();
    this.#ports.over(x);
    if (!whole) {
      // For HTTP/1.0 an ordinary end of the connection is the end of the answer.
      this.wire.destroy(x.minor === 0);
      return;
    }
    if (!x.upload.done) this.#unwanted = x.upload;
    // Who waits for 100 may or may not send a body now: nobody can tell where his next request begins.
    const last = this.#hasEnded && this.#ahead.length === 0 && !this.#running;
    if (x.close || x.awaitsContinue || this.#ending || last) {
      this.#linger();
      return;
    }
    this.wire.resume();
    if (!this.#running && !this.#unwanted && this.#ahead.length > 0) this.#again();
  }

  /** Goes on with what was sent ahead. */
  #again(): void {
    const { length } = this.#ahead;
    const room = Buffer.allocUnsafeSlow(HEADROOM + length + TAILROOM);
    const start = this.#ahead.inFrontOf(room, HEADROOM + length);
    this.#take(room, start, HEADROOM + length);
    if (this.#hasEnded) this.#noMore();
  }

  /** Ends our side; what the visitor still sends is read and thrown away for a while. */
  #linger(): void {
    if (this.#lingering) return;
    this.#lingering = true;
    this.#quietMs = 0;
    this.wire.end();
    this.wire.resume();
  }

  drained(): void {
    this.quietWriteMs = 0;
    this.attempt?.visitorDrained();
  }

  ended(): void {
    this.#hasEnded = true;
    this.#noMore();
  }

  /** The visitor has ended his side: what is not whole now never will be. */
  #noMore(): void {
    const { x } = this;
    if (this.#lingering) return;
    if (x) {
      if (!x.upload.done || x.endless) this.#abort();
    } else if (this.#ahead.length > 0) this.#refuse(400);
    else this.wire.end();
  }

  closed(): void {
    this.#abort();
    this.wire.owner = NOBODY;
    this.#ports.closed(this);
  }

  /** The visitor has left: he takes his request with him. */
  #abort(): void {
    this.attempt?.abort();
    this.attempt = undefined;
    const { x } = this;
    this.x = undefined;
    if (x) this.#ports.over(x);
    this.#tunnel?.destroy();
    this.wire.destroy();
  }

  /** From now on the connection is one end of a tunnel. */
  becomes(tunnel: Tunnel): void {
    this.#tunnel = tunnel;
    this.attempt = undefined;
    this.held.clear();
  }

  /** What the visitor had sent behind his request, taken out. */
  takeAhead(): Buffer {
    const { bytes, start, end } = this.#ahead;
    const ahead = Buffer.from(bytes.subarray(start, end));
    this.#ahead.clear();
    return ahead;
  }

  /** The tunnel is over. */
  left(): void {
    const { x } = this;
    this.x = undefined;
    this.#tunnel = undefined;
    if (x) this.#ports.over(x);
    this.#ports.closed(this);
  }

  /** The connection ends as soon as nothing is under way; a request that is on its way is still answered. */
  endSoon(): void {
    this.#ending = true;
    if (this.x?.status === 0) this.x.close = true;
  }

  /** Time has passed. */
  tick(stepMs: number): void {
    const { limits } = this.#ports.edge();
    this.#quietMs += stepMs;
    if (this.#tunnel) return this.#tunnel.tick(stepMs, limits.stallMs);
    if (this.#lingering) {
      if (this.#quietMs >= LINGER_MS) this.wire.destroy();
    } else if (this.x) this.#tickExchange(this.x, stepMs);
    else if (this.#unwanted) {
      if (this.#quietMs >= limits.stallMs) this.wire.destroy();
    } else if (this.#ahead.length > 0 || this.#requests === 0) {
      this.#headMs += stepMs;
      if (this.#headMs < limits.headMs) return;
      if (this.#ahead.length > 0) {
        this.#ports.edge().metrics.limited("", "slow_head");
        this.#refuse(408);
      } else this.wire.destroy();
    } else if (this.#quietMs >= limits.idleMs) this.wire.destroy();
  }

  /** Whether the upload has been slower than it may be, over the last half minute in which the origin waited for it. */
  #slow(x: Exchange, stepMs: number): boolean {
    const slowest = x.edge.options.slowestUpload ?? 0;
    if (slowest === 0) return false;
    this.#uploadMs += stepMs;
    if (this.#uploadMs < UPLOAD_WINDOW_MS) return false;
    const bytes = x.upload.taken - this.#uploaded;
    const slow = bytes < (slowest * this.#uploadMs) / 1000;
    this.#uploadMs = 0;
    this.#uploaded = x.upload.taken;
    return slow;
  }

  #tickExchange(x: Exchange, stepMs: number): void {
    const moved = this.wire.bytesWritten !== this.#written;
    this.#written = this.wire.bytesWritten;
    this.quietWriteMs = moved ? 0 : this.quietWriteMs + stepMs;
    const { attempt } = this;
    const waits = !x.upload.done && attempt?.wantsUpload === true;
    if (attempt && waits && (this.#quietMs >= x.edge.limits.stallMs || this.#slow(x, stepMs))) {
      x.edge.metrics.limited(x.site?.name ?? "", "slow_body");
      attempt.abort();
      this.attempt = undefined;
      if (x.status === 0) answerAndClose(x, 408);
      else this.wire.destroy();
    } else attempt?.tick(stepMs);
  }
}
