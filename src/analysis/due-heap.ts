/** Something that falls due once. The heap keeps its two numbers; -1 is the index of what is not in the heap. */
export interface Due {
  dueMs: number;
  dueIndex: number;
}

/** What falls due, soonest first. An item is in it at most once, so it never holds more than there are items. */
export interface DueHeap<Item extends Due> {
  /** Adds the item, or moves it to another time. */
  set(item: Item, dueMs: number): void;
  remove(item: Item): void;
  first(): Item | undefined;
  readonly size: number;
}

/** A binary heap that knows where each item is, so that an item can be moved and taken out in O(log n). */
export function createDueHeap<Item extends Due>(): DueHeap<Item> {
  const heap: Item[] = [];

  function put(item: Item, index: number): void {
    heap[index] = item;
    item.dueIndex = index;
  }

  function up(item: Item, from: number): void {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const other = heap[above];
      if (!other || other.dueMs <= item.dueMs) break;
      put(other, index);
      index = above;
    }
    put(item, index);
  }

  function down(item: Item, from: number): void {
    let index = from;
    for (;;) {
      let below = 2 * index + 1;
      let other = heap[below];
      if (!other) break;
      const right = heap[below + 1];
      if (right && right.dueMs < other.dueMs) {
        other = right;
        below += 1;
      }
      if (other.dueMs >= item.dueMs) break;
      put(other, index);
      index = below;
    }
    put(item, index);
  }

  return {
    set(item, dueMs) {
      const index = item.dueIndex;
      const wasMs = item.dueMs;
      item.dueMs = dueMs;
      if (index === -1) up(item, heap.length);
      else if (dueMs < wasMs) up(item, index);
      else down(item, index);
    },
    remove(item) {
      const index = item.dueIndex;
      if (index === -1) return;
      item.dueIndex = -1;
      const last = heap.pop();
      if (!last || last === item) return;
      if (last.dueMs < item.dueMs) up(last, index);
      else down(last, index);
    },
    first: () => heap[0],
    get size() {
      return heap.length;
    },
  };
}
