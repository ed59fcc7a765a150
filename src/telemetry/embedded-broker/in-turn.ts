interface Waiting {
  readonly release: () => void;
  ready: boolean;
}

/** Lets go in the order in which it was asked to hold, whatever the order in which things become ready. */
export class InTurn {
  private waiting: Waiting[] = [];
  private head = 0;

  /** @returns to be called when this one is ready; more than once does no harm */
  hold(release: () => void): () => void {
    const entry: Waiting = { release, ready: false };
    this.waiting.push(entry);
    return () => {
      entry.ready = true;
      this.letGo();
    };
  }

  private letGo(): void {
    for (let first = this.waiting[this.head]; first?.ready; first = this.waiting[this.head]) {
      this.head++;
      first.release();
    }
    if (this.head === this.waiting.length || (this.head > 1024 && this.head * 2 > this.waiting.length)) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
  }
}
