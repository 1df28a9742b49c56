interface Range {
  /** Lower case, as in `de-at`; `*` for any. */
  readonly tag: string;
  readonly quality: number;
}

/** Of as many as there are browsers' settings, what was read is remembered. */
const read = new Map<string, readonly Range[]>();
const MOST_READ = 1_000;

/**
 * Which of the languages the browser likes best; empty when none of them. Of two that it likes as well, the one that is offered first.
 * Each is worth the most of its ranges that fits best: `de` for `de-AT` before `*` (RFC 9110, section 12.5.4, with basic
 * filtering of RFC 4647, section 3.3.1, and the other way round: who asks for `de-AT` also reads `de`).
 *
 * @param accepted the value of Accept-Language
 */
export function bestLanguage(accepted: string, offered: readonly string[]): string {
  const ranges = rangesOf(accepted);
  let best = "";
  let most = 0;
  for (const language of offered) {
    const quality = qualityOf(language.toLowerCase(), ranges);
    if (quality <= most) continue;
    most = quality;
    best = language;
  }
  return best;
}

function qualityOf(tag: string, ranges: readonly Range[]): number {
  let quality = 0;
  let fit = -1;
  for (const range of ranges) {
    const fits = fitOf(tag, range.tag);
    if (fits < fit || (fits === fit && range.quality <= quality) || fits === -1) continue;
    fit = fits;
    quality = range.quality;
  }
  return quality;
}

/** How well a range fits: the longer what both have in common the better; 0 for `*`, -1 for not at all. */
function fitOf(tag: string, range: string): number {
  if (range === "*") return 0;
  if (tag === range || tag.startsWith(`${range}-`)) return range.length;
  return range.startsWith(`${tag}-`) ? tag.length : -1;
}

function rangesOf(accepted: string): readonly Range[] {
  let ranges = read.get(accepted);
  if (!ranges) {
    ranges = accepted
      .split(",")
      .map(rangeOf)
      .filter(({ tag }) => tag !== "");
    if (read.size >= MOST_READ) read.clear();
    read.set(accepted, ranges);
  }
  return ranges;
}

function rangeOf(part: string): Range {
  const [tag = "", ...parameters] = part.split(";");
  const weight = parameters
    .map((p) => /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/i.exec(p)?.[1])
    .find(Boolean);
  return { tag: tag.trim().toLowerCase(), quality: Math.min(1, Number(weight ?? 1)) };
}
