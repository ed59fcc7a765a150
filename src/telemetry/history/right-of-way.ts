/**
 * Whether something urgent is under way, told between threads without a message: memory that both see. Emergencies and due
 * deadlines have the right of way, the thread that packs the history gives way.
 */
export class RightOfWay {
  private readonly urgent: Int32Array;

  /** @param memory of the one who takes it; missing = this is the one */
  constructor(readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.urgent = new Int32Array(memory);
  }

  /** @param by how many more urgent things are under way, or fewer */
  count(by: number): void {
    Atomics.add(this.urgent, 0, by);
  }

  get isTaken(): boolean {
    return Atomics.load(this.urgent, 0) > 0;
  }
}
