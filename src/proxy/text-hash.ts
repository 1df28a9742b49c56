/**
 * A 32-bit number for a text, another one for each seed: FNV-1a with the last mix of MurmurHash3, so that neighbours do not go to the same
 * place. Nothing that must be kept secret rests on it.
 */
export function textHash(text: string, seed: number): number {
  let h = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
