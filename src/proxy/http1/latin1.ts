/** Node's own methods behind `toString("latin1")` and `write(…, "latin1")`, without their looking up of the encoding. */
interface Latin1 {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, at: number): number;
}

/** The bytes as characters of the same number. */
export function latin1Of(bytes: Buffer, start: number, end: number): string {
  return (bytes as Buffer & Latin1).latin1Slice(start, end);
}

/** Writes each character as the byte of its number. */
export function writeLatin1(bytes: Buffer, text: string, at: number): void {
  (bytes as Buffer & Latin1).latin1Write(text, at);
}
