import { latin1Of } from "../../http1/latin1.ts";

/**
 * The length of each byte's code, "A" for 5 bits, and behind them that of the end of a string. The code is canonical: lengths are
 * all there is to know of it (RFC 7541, appendix B).
 */
const LENGTHS =
  "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHFIBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJI" +
  "XPRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRSVVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWVZ";
const SHORTEST = 5;
const END_OF_STRING = 256;

/** Where the bits of a code lead, two for each node: another node, or `LEAF` and the byte. */
const tree: number[] = [0, 0];
const LEAF = 1 << 16;

function grow(): void {
  const lengthOf = (symbol: number) => LENGTHS.charCodeAt(symbol) - 65 + SHORTEST;
  const symbols = Array.from({ length: END_OF_STRING + 1 }, (_, symbol) => symbol);
  symbols.sort((a, b) => lengthOf(a) - lengthOf(b) || a - b);
  let [code, length] = [0, 0];
  for (const symbol of symbols) {
    const longer = lengthOf(symbol) - length;
    code <<= longer;
    length += longer;
    let node = 0;
    for (let bit = length - 1; bit > 0; bit--) {
      const branch = 2 * node + ((code >> bit) & 1);
      if (tree[branch] === 0) tree[branch] = tree.push(0, 0) / 2 - 1;
      node = tree[branch] as number;
    }
    tree[2 * node + (code & 1)] = LEAF | symbol;
    code++;
  }
}
grow();

const NODES = tree.length / 2;
const FAILED = 0xffff;
/** From each node by each half of a byte: the next node, and the byte that is complete then, if any: no code is shorter than that. */
const next = new Uint16Array(NODES * 16);
const complete = new Int16Array(NODES * 16).fill(-1);
for (let i = 0; i < next.length; i++) {
  let node = i >> 4;
  for (let bit = 3; bit >= 0 && node !== FAILED; bit--) {
    const to = tree[2 * node + ((i >> bit) & 1)] as number;
    const symbol = to & (LEAF - 1);
    if ((to & LEAF) === 0) node = to;
    else if (symbol === END_OF_STRING) node = FAILED;
    else {
      complete[i] = symbol;
      node = 0;
    }
  }
  next[i] = node;
}
/** Where a string may end: fewer than eight bits of padding, all ones. */
const mayEnd = new Uint8Array(NODES);
for (let [node, depth] = [0, 0]; depth < 8; depth++) {
  mayEnd[node] = 1;
  node = tree[2 * node + 1] as number;
}

let decoded = Buffer.allocUnsafeSlow(4096);

/** The string that is encoded by `bytes[start, end)`, each byte as a character; undefined when they are no encoding. */
export function huffman(bytes: Buffer, start: number, end: number): string | undefined {
  const most = Math.ceil(((end - start) * 8) / SHORTEST);
  if (decoded.length < most) decoded = Buffer.allocUnsafeSlow(2 * most);
  let [node, length] = [0, 0];
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    let step = (node << 4) | (byte >> 4);
    if ((complete[step] as number) >= 0) decoded[length++] = complete[step] as number;
    node = next[step] as number;
    if (node === FAILED) return undefined;
    step = (node << 4) | (byte & 15);
    if ((complete[step] as number) >= 0) decoded[length++] = complete[step] as number;
    node = next[step] as number;
    if (node === FAILED) return undefined;
  }
  return mayEnd[node] === 1 ? latin1Of(decoded, 0, length) : undefined;
}
