interface Waiting {
  readonly urgency: number;
  readonly begin: () => void;
}
interface Lane {
  running: number;
  readonly waiting: Waiting[];
}

/** Sends to one destination at a time. One that hangs holds up what goes there, and nothing else. */
const AT_ONCE = 2;

/** Lets a few sends to each destination run at once; the others wait there, the most urgent first. */
export class DestinationLanes {
  private readonly lanes = new Map<string, Lane>();

  constructor(private readonly atOnce = AT_ONCE) {}

  /** @param urgency smaller goes first; within one, whoever came first */
  async run<T>(destination: string, urgency: number, task: () => Promise<T>): Promise<T> {
    let lane = this.lanes.get(destination);
    if (!lane) this.lanes.set(destination, (lane = { running: 0, waiting: [] }));
    if (lane.running >= this.atOnce) await this.turn(lane, urgency);
    else lane.running++;
    try {
      return await task();
    } finally {
      this.leave(destination, lane);
    }
  }

  /** Its place is handed over by whoever leaves, so `running` stays as it is. */
  private turn(lane: Lane, urgency: number): Promise<void> {
    return new Promise((begin) => {
      const after = lane.waiting.findIndex((w) => w.urgency > urgency);
      lane.waiting.splice(after === -1 ? lane.waiting.length : after, 0, { urgency, begin });
    });
  }

  private leave(destination: string, lane: Lane): void {
    const next = lane.waiting.shift();
    if (next) return next.begin();
    lane.running--;
    if (lane.running === 0) this.lanes.delete(destination);
  }
}
