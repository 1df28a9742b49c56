import type { Clock } from "../../model/clock.ts";
import { Held } from "../held-bytes.ts";
import { INCOMPLETE } from "../http1/head.ts";
import { NOBODY, type Wire, type WireOwner } from "../wire/wire.ts";
import { readPreamble } from "./proxy-protocol.ts";

export interface ArrivalPorts {
  /** The proxy has told who it is for; `rest` hands over what came behind that. */
  arrived(address: string | undefined, rest: (to: WireOwner) => void): void;
  /** The connection is over before it began. */
  left(): void;
}

/** Waits for what a proxy in front says of a connection; one that says nothing, or rubbish, is closed after `withinMs` or at once. */
export function arrive(wire: Wire, clock: Clock, withinMs: number, ports: ArrivalPorts): void {
  const held = new Held();
  const limit = clock.after(withinMs, () => wire.destroy());
  const leave = () => {
    limit[Symbol.dispose]();
    wire.owner = NOBODY;
    ports.left();
  };
  wire.owner = {
    data(bytes, start, end) {
      const at = held.inFrontOf(bytes, start);
      const told = readPreamble(bytes, at, end);
      if (told === INCOMPLETE) return held.append(bytes, at, end);
      if (told === undefined) return wire.destroy(true);
      limit[Symbol.dispose]();
      ports.arrived(told.address, (to) => {
        if (told.end < end) to.data(bytes, told.end, end);
      });
    },
    ended: () => wire.destroy(),
    drained: () => undefined,
    closed: leave,
  };
  wire.resume();
}
