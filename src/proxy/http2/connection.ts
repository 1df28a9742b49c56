import { randomBytes } from "node:crypto";
import type { Clock } from "../../model/clock.ts";
import { isForbiddenTrailer } from "../http1/chunks.ts";
import type { EdgeLimits } from "../limits.ts";
import { InCommon } from "../visitor-connection.ts";
import type { Wire, WireOwner } from "../wire/wire.ts";
import type { Field } from "./field.ts";
import * as h2 from "./frames.ts";
import { FrameError, type Frame, FrameReader } from "./frame-reader.ts";
import { HpackDecoder } from "./hpack/decoder.ts";
import { Inbound } from "./inbound.ts";
import { Http2Wire, type StreamHost } from "./http2-wire.ts";
import { Outbound } from "./outbound.ts";
import { Patience } from "./patience.ts";
import { type RequestText, requestText } from "./request-head.ts";
import { ourSettings, readSettings } from "./settings.ts";

/** Why we cut a visitor's connection. */
export type Http2Abuse = "resets" | "overhead" | "memory" | "protocol";

export interface Http2Ports {
  readonly clock: Clock;
  readonly limits: Pick<EdgeLimits, "http2" | "headMs" | "idleMs" | "readerStallMs">;
  /** Takes the wire of one request. */
  serve(wire: Wire, like: InCommon): void;
  abused(reason: Http2Abuse): void;
  closed(connection: Http2Connection): void;
}

/** How long a visitor may take to hear of the end. */
const LINGER_MS = 2000;
const CONNECT_REFUSED = Buffer.from("HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n");

/**
 * A visitor's connection that has agreed on HTTP/2 (RFC 9113); each of its streams is served as a wire of its own. Whoever makes
 * work without asking for anything loses the connection (RFC 9113, section 10.5).
 */
export class Http2Connection implements StreamHost, WireOwner {
  readonly wire: Wire;
  readonly out: Outbound;
  readonly #ports: Http2Ports;
  readonly #reader: FrameReader;
  readonly #decoder: HpackDecoder;
  readonly #inbound: Inbound;
  readonly #patience: Patience;
  readonly #streams = new Map<number, Http2Wire>();
  /** The highest stream that the visitor has opened. */
  #last = 0;
  #requests = 0;
  /** For how long no request has been under way. */
  #idleMs = 0;
  #asker: RequestText["asker"] = ["", "", ""];
  #inCommon = new InCommon();
  #ending = false;
  #over = false;

  constructor(wire: Wire, ports: Http2Ports) {
    const { http2 } = ports.limits;
    this.wire = wire;
    this.out = new Outbound(wire);
    this.#ports = ports;
    this.#decoder = new HpackDecoder(http2);
    this.#patience = new Patience(http2, ports.clock, wire);
    this.#reader = new FrameReader(http2.fieldBytes, (frame) => this.#frame(frame));
    this.#inbound = new Inbound(this.out, http2.uploadWindow);
    this.out.corked = true;
    this.out.frame(h2.SETTINGS, 0, 0, ourSettings(http2));
    this.#inbound.open();
    this.out.corked = false;
    this.out.settle();
    wire.owner = this;
    wire.resume();
  }

  /** Takes no more requests (GOAWAY), and ends when the running ones have. */
  close(): void {
    if (this.#ending || this.#over) return;
    this.#ending = true;
    this.#idleMs = 0;
    this.#sayGoodbye(h2.NO_ERROR);
    this.#endIfDone();
  }

  destroy(): void {
    this.wire.destroy();
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (this.#over) return;
    this.out.corked = true;
    try {
      this.#reader.read(bytes, start, end);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#fail(error.code, "protocol");
    }
    this.out.corked = false;
    this.out.settle();
  }

  /** Who sends nothing more reads nothing more either. */
  ended(): void {
    if (this.#streams.size === 0) this.wire.end();
    else this.wire.destroy();
  }

  drained(): void {
    this.out.drained();
  }

  closed(): void {
    this.#over = true;
    this.#closeStreams(h2.INTERNAL_ERROR);
    this.#ports.closed(this);
  }

  #frame(frame: Frame): void {
    if (this.#over) return;
    const { type, stream, length } = frame;
    if (!this.#patience.bears(frame)) return this.#fail(h2.ENHANCE_YOUR_CALM, "overhead");
    switch (type) {
      case h2.DATA:
        return this.#data(frame);
      case h2.HEADERS:
        return this.#headers(frame);
      case h2.PRIORITY: {
        if (stream === 0) throw new FrameError(h2.PROTOCOL_ERROR);
        const one = this.#streams.get(stream);
        if (length !== 5) this.#resetOne(stream, h2.FRAME_SIZE_ERROR);
        else if (one && h2.readNumber(frame.bytes, frame.start) === stream)
          this.reset(one, h2.PROTOCOL_ERROR);
        return;
      }
      case h2.RST_STREAM:
        return this.#wasResetBy(frame);
      case h2.SETTINGS:
        return this.#settings(frame);
      case h2.PING:
        if (stream !== 0) throw new FrameError(h2.PROTOCOL_ERROR);
        if (length !== 8) throw new FrameError(h2.FRAME_SIZE_ERROR);
        if ((frame.flags & h2.ACK) === 0) {
          this.out.frame(h2.PING, h2.ACK, 0, frame.bytes.subarray(frame.start, frame.end));
        }
        return;
      case h2.GOAWAY:
        if (stream !== 0) throw new FrameError(h2.PROTOCOL_ERROR);
        if (length < 8) throw new FrameError(h2.FRAME_SIZE_ERROR);
        return this.close();
      case h2.WINDOW_UPDATE:
        return this.#widen(frame);
      case h2.PUSH_PROMISE:
        throw new FrameError(h2.PROTOCOL_ERROR);
      default:
      // What is not known is nothing (section 5.5).
    }
  }

  /** @throws {FrameError} when nobody has opened a stream of that number yet */
  #known(id: number): Http2Wire | undefined {
    if (id === 0 || id > this.#last || id % 2 === 0) throw new FrameError(h2.PROTOCOL_ERROR);
    return this.#streams.get(id);
  }

  #data({ stream: id, bytes, start, end, content, contentEnd, flags }: Frame): void {
    const stream = this.#known(id);
    const length = end - start;
    const fits = this.#inbound.came(stream, length);
    // Behind a reset it is on its way still; behind the visitor's own end there must be nothing.
    if (!stream) return this.#inbound.took(undefined, length);
    if (stream.othersEnd || !fits) {
      this.#inbound.took(undefined, length);
      return this.reset(stream, stream.othersEnd ? h2.STREAM_CLOSED : h2.FLOW_CONTROL_ERROR);
    }
    const padding = length - (contentEnd - content);
    if (padding > 0) this.consumed(stream, padding);
    if (contentEnd > content) stream.receive(bytes, content, contentEnd);
    if ((flags & h2.END_STREAM) !== 0 && !stream.destroyed) stream.receivedAll("");
  }

  consumed(stream: Http2Wire, bytes: number): void {
    this.#inbound.took(stream.destroyed ? undefined : stream, bytes);
  }

  #headers({ stream: id, bytes, content, contentEnd, flags, dependsOn }: Frame): void {
    if (id === 0 || id % 2 === 0) throw new FrameError(h2.PROTOCOL_ERROR);
    const fields = this.#decoder.decode(bytes, content, contentEnd);
    if (fields === "broken") throw new FrameError(h2.COMPRESSION_ERROR);
    const ends = (flags & h2.END_STREAM) !== 0;
    if (id <= this.#last) return this.#trailers(id, fields, ends);
    this.#last = id;
    this.#idleMs = 0;
    const { streams, requests } = this.#ports.limits.http2;
    if (this.#ending || this.#streams.size >= streams) return this.#refuse(id, h2.REFUSED_STREAM);
    this.#requests++;
    if (fields === "large") return this.#refuse(id, h2.ENHANCE_YOUR_CALM);
    if (dependsOn === id) return this.#refuse(id, h2.PROTOCOL_ERROR);
    const request = requestText(fields, ends, () => randomBytes(16).toString("base64"));
    if (request === "malformed") return this.#refuse(id, h2.PROTOCOL_ERROR);
    const body = ends ? "none" : "chunked";
    const none = {
      head: "",
      isHead: false,
      body,
      length: 0,
      tunnelKey: undefined,
      asker: this.#asker,
    } as const;
    const { uploadWindow } = this.#ports.limits.http2;
    const stream = new Http2Wire(id, request === "connect" ? none : request, this, uploadWindow);
    this.#streams.set(id, stream);
    if (request === "connect") {
      stream.write(Buffer.concat([CONNECT_REFUSED, Buffer.alloc(1)]), 0, CONNECT_REFUSED.length);
      return;
    }
    this.#ports.serve(stream, this.#like(request.asker));
    stream.begin();
    if (this.#requests >= requests) this.close();
  }

  /** Requests of other hosts, or of another browser, have nothing in common with the last one. */
  #like(asker: RequestText["asker"]): InCommon {
    if (asker.some((text, i) => text !== this.#asker[i])) {
      this.#asker = asker;
      this.#inCommon = new InCommon();
    }
    return this.#inCommon;
  }

  #trailers(id: number, fields: Field[] | "large", ends: boolean): void {
    const stream = this.#streams.get(id);
    // It may have been reset by us a moment ago.
    if (!stream) return this.#wasReset();
    if (stream.othersEnd) return this.reset(stream, h2.STREAM_CLOSED);
    if (!ends || fields === "large") return this.reset(stream, h2.PROTOCOL_ERROR);
    let lines = "";
    for (const { name, kind, line } of fields) {
      if (kind === "bad" || kind.startsWith(":")) return this.reset(stream, h2.PROTOCOL_ERROR);
      // What trailers must not change is left out (RFC 9110, section 6.5.1).
      if (!isForbiddenTrailer(name)) lines += line;
    }
    stream.receivedAll(lines);
  }

  #refuse(id: number, code: number): void {
    this.#resetOne(id, code);
    this.#wasReset();
  }

  #settings(frame: Frame): void {
    const said = readSettings(frame);
    if (!said) return;
    if (said.smallTable) this.out.smallTable = true;
    this.out.frame(h2.SETTINGS, h2.ACK, 0, Buffer.alloc(0));
    const window = said.initialWindow ?? this.out.initialWindow;
    const by = window - this.out.initialWindow;
    this.out.initialWindow = window;
    if (by === 0) return;
    for (const one of this.#streams.values()) {
      one.window += by;
      if (one.window > h2.MOST_WINDOW) throw new FrameError(h2.FLOW_CONTROL_ERROR);
    }
    this.out.pump();
  }

  #widen({ stream: id, length, bytes, start }: Frame): void {
    if (length !== 4) throw new FrameError(h2.FRAME_SIZE_ERROR);
    const by = h2.readNumber(bytes, start);
    if (id === 0) {
      if (by === 0) throw new FrameError(h2.PROTOCOL_ERROR);
      if (!this.out.widen(undefined, by)) throw new FrameError(h2.FLOW_CONTROL_ERROR);
      return;
    }
    const stream = this.#known(id);
    if (!stream) return;
    if (by === 0) this.reset(stream, h2.PROTOCOL_ERROR);
    else if (!this.out.widen(stream, by)) this.reset(stream, h2.FLOW_CONTROL_ERROR);
  }

  #wasResetBy({ stream: id, length, bytes, start }: Frame): void {
    if (length !== 4) throw new FrameError(h2.FRAME_SIZE_ERROR);
    const stream = this.#known(id);
    if (stream) this.#leave(stream, h2.readNumber(bytes, start));
  }

  reset(stream: Http2Wire, code: number): void {
    if (!this.#streams.has(stream.id)) return;
    this.#resetOne(stream.id, code);
    this.#leave(stream, code);
  }

  over(stream: Http2Wire): void {
    this.#leave(stream, h2.NO_ERROR);
  }

  #resetOne(id: number, code: number): void {
    this.out.number(h2.RST_STREAM, id, code);
  }

  #leave(stream: Http2Wire, code: number): void {
    if (!this.#streams.delete(stream.id)) return;
    if (!stream.answered) this.#wasReset();
    stream.close(code);
    this.#endIfDone();
  }

  /**
   * A stream ended without a whole answer. Visitors who go on to another page cause some; asking and taking back at once
   * (CVE-2023-44487), or making us reset (CVE-2025-8671), is work for nothing.
   */
  #wasReset(): void {
    if (!this.#patience.bearsReset()) this.#fail(h2.ENHANCE_YOUR_CALM, "resets");
  }

  /** Time has passed. */
  tick(stepMs: number): void {
    if (this.#over) {
      this.#idleMs += stepMs;
      if (this.#idleMs >= LINGER_MS) this.wire.destroy();
      return;
    }
    if (this.#streams.size === 0) this.#tickIdle(stepMs);
    const { http2, readerStallMs } = this.#ports.limits;
    let kept = 0;
    for (const stream of this.#streams.values()) {
      stream.tick(stepMs, readerStallMs);
      kept += stream.kept;
    }
    if (kept > http2.memory) this.#fail(h2.ENHANCE_YOUR_CALM, "memory");
  }

  #tickIdle(stepMs: number): void {
    const { headMs, idleMs } = this.#ports.limits;
    this.#idleMs += stepMs;
    if (this.#ending) {
      // Told of the end, the visitor does not go.
      if (this.#idleMs >= LINGER_MS) this.wire.destroy();
    } else if (this.#idleMs >= (this.#requests === 0 ? headMs : idleMs)) this.close();
  }

  #endIfDone(): void {
    if (this.#ending && !this.#over && this.#streams.size === 0) this.wire.end();
  }

  #sayGoodbye(code: number): void {
    const payload = Buffer.allocUnsafe(8);
    h2.writeNumber(payload, h2.writeNumber(payload, 0, this.#last), code);
    this.out.frame(h2.GOAWAY, 0, 0, payload);
  }

  #closeStreams(code: number): void {
    const all = [...this.#streams.values()];
    this.#streams.clear();
    for (const stream of all) stream.close(code);
  }

  /** Ends the connection for what the visitor did. */
  #fail(code: number, why: Http2Abuse): void {
    if (this.#over) return;
    this.#over = true;
    this.#idleMs = 0;
    this.#ports.abused(why);
    this.#sayGoodbye(code);
    this.#closeStreams(code);
    this.out.flush();
    // Whatever he still sends stays with the kernel.
    this.wire.pause();
    this.wire.end();
  }
}
