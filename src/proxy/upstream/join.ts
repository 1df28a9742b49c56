import type { Duplex } from "node:stream";
import type { Socket } from "node:net";
import type { Clock } from "../../model/clock.ts";
import { watchProgress } from "../progress.ts";

/** The other side is probed when nothing has come for so long: who lost his network never says good-bye. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Makes two connections one, with back-pressure. An end of one side is passed on and the other may still speak, but not be
 * silent for longer than `halfOpenMs`; a break of one side breaks the other.
 *
 * @param end called once, when both are gone
 */
export function join(
  visitor: Socket,
  origin: Duplex,
  ports: { readonly clock: Clock; readonly halfOpenMs: number; end(): void },
): void {
  let open = 2;
  let watching: Disposable | undefined;
  const sides: readonly (readonly [Socket, Socket])[] = [
    [visitor, origin as Socket],
    [origin as Socket, visitor],
  ];
  for (const [side, other] of sides) {
    side.setTimeout(0);
    side.setNoDelay(true);
    side.setKeepAlive(true, KEEP_ALIVE_MS);
    side.on("error", () => other.destroy());
    side.on("end", halfOpen);
    side.on("close", () => {
      // Whole, it has been passed on, and may still be on its way.
      if (!side.readableEnded) other.destroy();
      if (--open > 0) return;
      watching?.[Symbol.dispose]();
      ports.end();
    });
    side.pipe(other);
  }
  function halfOpen(): void {
    watching ??= watchProgress(ports.clock, {
      progress: () => visitor.bytesRead + visitor.bytesWritten,
      limitMs: () => ports.halfOpenMs,
      stalled: () => {
        for (const [side] of sides) side.destroy();
      },
    });
  }
}
