/** Pure tones: the voices of the telephones, and how to find them again in a recording. */

const RATE_HZ = 8_000;

/** A tone in G.711 mu-law (ITU-T G.711), as SIPp plays it. */
export function ulawTone(hz: number, seconds: number): Uint8Array {
  return Uint8Array.from({ length: RATE_HZ * seconds }, (_, i) =>
    ulaw(Math.round(9_000 * Math.sin((2 * Math.PI * hz * i) / RATE_HZ))),
  );
}

function ulaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const biased = Math.min(Math.abs(sample), 32_635) + 132;
  const exponent = 31 - Math.clz32(biased) - 7;
  const mantissa = (biased >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

/** Where the samples of a WAV file begin, how many of 16 bits there are, and how many a second. */
function samplesOf(wav: Buffer): { from: number; count: number; rateHz: number } {
  let at = 12;
  while (wav.toString("latin1", at, at + 4) !== "data") at += 8 + wav.readUInt32LE(at + 4);
  const from = at + 8;
  return { from, count: Math.floor((wav.length - from) / 2), rateHz: wav.readUInt32LE(24) };
}

/** How long a WAV file of 16-bit samples plays. */
export function secondsOf(wav: Buffer): number {
  const { count, rateHz } = samplesOf(wav);
  return count / rateHz;
}

/** Which of the tones are louder than -40 dB in a WAV file of 16-bit samples (Goertzel's algorithm). */
export function tonesIn(wav: Buffer, candidatesHz: readonly number[]): number[] {
  const { from, count, rateHz } = samplesOf(wav);
  const level = (hz: number) => {
    const k = 2 * Math.cos((2 * Math.PI * hz) / rateHz);
    let [a, b] = [0, 0];
    for (let i = 0; i < count; i++) {
      // Hann's window: without it a tone would be heard as its neighbours too.
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / count);
      [a, b] = [(window * wav.readInt16LE(from + 2 * i)) / 32_768 + k * a - b, a];
    }
    const amplitude = (4 * Math.sqrt(Math.max(0, a * a + b * b - k * a * b))) / count;
    return 20 * Math.log10(amplitude + 1e-9);
  };
  return candidatesHz.filter((hz) => level(hz) > -40);
}

/** A tone as a WAV file of 16-bit samples, 48 kHz: what a browser takes for a microphone. */
export function wavTone(hz: number, seconds: number): Uint8Array {
  const rateHz = 48_000;
  const count = rateHz * seconds;
  const wav = Buffer.alloc(44 + 2 * count);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + 2 * count, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rateHz, 24);
  wav.writeUInt32LE(2 * rateHz, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(2 * count, 40);
  for (let i = 0; i < count; i++) {
    wav.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * hz * i) / rateHz)), 44 + 2 * i);
  }
  return wav;
}
