/** Somebody who asks to be woken. `due` may move at any time; whoever changes it tells the queue. */
export interface Sleeper {
  /** Model ms at which to be woken; Infinity = not at all. */
  readonly due: number;
  /** The queue's own note: the earliest moment at which it looks at this one. Starts at Infinity. */
  queuedAt: number;
}

interface Entry<T> {
  readonly at: number;
  readonly order: number;
  readonly sleeper: T;
}

/**
 * Who is woken next: the earliest first, of one moment whoever was noted first. A deadline that moves on with every
 * reading (silence) costs nothing: its old entry is looked at once, when it comes up, and put back.
 */
export class DueQueue<T extends Sleeper> {
  private readonly heap: Entry<T>[] = [];
  private order = 0;

  /** Call after anything that may have changed its `due`. */
  note(sleeper: T): void {
    if (sleeper.due >= sleeper.queuedAt) return;
    sleeper.queuedAt = sleeper.due;
    this.push({ at: sleeper.due, order: this.order++, sleeper });
  }

  /** Takes the next one whose time has come by `until` (inclusive); null when there is none. */
  take(until: number): T | null {
    for (let top = this.heap[0]; top && top.at <= until; top = this.heap[0]) {
      const { at, sleeper } = top;
      this.pop();
      if (at !== sleeper.queuedAt) continue;
      sleeper.queuedAt = Infinity;
      if (sleeper.due <= at) return sleeper;
      this.note(sleeper);
    }
    return null;
  }

  private push(entry: Entry<T>): void {
    const { heap } = this;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Entry<T>;
      if (!before(entry, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Entry<T>, heap[child] as Entry<T>)) child++;
      const below = heap[child] as Entry<T>;
      if (!before(below, last)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
  }
}

const before = <T>(a: Entry<T>, b: Entry<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
