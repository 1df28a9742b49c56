/** No word: it was not taken. */
export const NO_WORD = 0;

/**
 * Texts that many rows share (pages, browsers, languages), each kept once and counted. Bounded: whatever finds no room
 * stays with its row, so a flood of made-up pages costs room in the table and nothing else.
 */
export interface Words {
  /** One more use of the text; {@link NO_WORD} when it is too long or there is no room. */
  take(text: string): number;
  /** One more use of a word. */
  again(word: number): void;
  text(word: number): string;
  /** One use less. The last one frees the word. */
  release(word: number): void;
  readonly size: number;
}

/** What is longer is hardly ever the same twice. */
const LONGEST_WORD = 200;

export function createWords(most: number): Words {
  const numbers = new Map<string, number>();
  const texts: string[] = [""];
  const uses: number[] = [0];
  const freed: number[] = [];
  return {
    take(text) {
      const known = numbers.get(text);
      if (known !== undefined) {
        uses[known]! += 1;
        return known;
      }
      if (text.length > LONGEST_WORD || numbers.size >= most) return NO_WORD;
      const word = freed.pop() ?? texts.length;
      // A copy: a part of a longer text would keep the whole of it in memory.
      const own = Buffer.from(text).toString();
      if (own !== text) return NO_WORD;
      numbers.set(own, word);
      texts[word] = own;
      uses[word] = 1;
      return word;
    },
    again(word) {
      uses[word]! += 1;
    },
    text: (word) => texts[word]!,
    release(word) {
      uses[word]! -= 1;
      if (uses[word]! > 0) return;
      numbers.delete(texts[word]!);
      texts[word] = "";
      freed.push(word);
    },
    get size() {
      return numbers.size;
    },
  };
}
