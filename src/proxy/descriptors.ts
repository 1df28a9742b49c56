/**
 * Who may have how many of the process's descriptors. The system gives the lowest one that is free (open(2)), so that the number of
 * one says how many are open at least, of whatever kind. Visitors leave some to origins, the engine and files, and origins leave
 * some too, or else there were none to accept visitors by and to tell them: libuv then closes who waits, and nobody learns of it.
 */

/** The part that visitors leave; so many are enough. */
const [RESERVED, MOST_RESERVED] = [0.25, 1024];
/** Of these, the part that origins leave. */
const SPARED = 0.25;

export interface DescriptorBounds {
  /** Neither has descriptors of these numbers or above. */
  readonly visitors: number;
  readonly origins: number;
}

/** @param descriptors that the process may have open; Infinity where there is no limit */
export function boundsOf(descriptors: number): DescriptorBounds {
  const reserved = Math.min(Math.ceil(descriptors * RESERVED), MOST_RESERVED);
  return { visitors: descriptors - reserved, origins: descriptors - Math.ceil(reserved * SPARED) };
}
