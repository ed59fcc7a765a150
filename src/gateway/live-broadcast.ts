import type { Clock } from '../kernel/clock.js';
import type { DirectoryHolder } from '../estate/directory-holder.js';
import type { LiveValues } from '../telemetry/live-values.js';
import type { Watch } from '../workflow/watch.js';
import type { LiveEvent } from './views.js';

/** Someone who looks at live values of an estate. */
export interface LiveViewer {
  readonly estate: string;
  show(event: LiveEvent): void;
}

/** At most four a second; a heartbeat every 2 s when nothing moves, so that a stale screen notices within 5 s. */
const EVERY_MS = 250;
const HEARTBEAT_MS = 2000;

/** Positions of cars and newest values, volatile (law 7): sent to who looks, never stored, never repeated. */
export class LiveBroadcast {
  private readonly viewers = new Set<LiveViewer>();
  private readonly pending = new Map<string, Set<string>>();
  private readonly sentAt = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly live: LiveValues,
    private readonly watch: Watch,
    private readonly directory: DirectoryHolder,
    private readonly clock: Clock,
    private readonly seqOf: (estate: string) => number,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.run(), EVERY_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  add(viewer: LiveViewer): void {
    this.viewers.add(viewer);
    const all = this.directory.current.devicesOfEstate(viewer.estate).map((d) => d.id);
    viewer.show(this.event(viewer.estate, all));
  }

  remove(viewer: LiveViewer): void {
    this.viewers.delete(viewer);
  }

  private run(): void {
    const changed = this.live.takeChanged();
    if (this.viewers.size === 0) return;
    for (const id of changed) {
      const estate = this.directory.current.device(id)?.estate;
      if (!estate) continue;
      const set = this.pending.get(estate);
      if (set) set.add(id);
      else this.pending.set(estate, new Set([id]));
    }
    const now = this.clock.now();
    for (const estate of new Set([...this.viewers].map((v) => v.estate))) {
      const devices = this.pending.get(estate);
      // Either way: after a step back of the clock the heartbeat must not wait for the old time to come again.
      if (!devices && Math.abs(now - (this.sentAt.get(estate) ?? 0)) < HEARTBEAT_MS) continue;
      this.pending.delete(estate);
      this.sentAt.set(estate, now);
      const event = this.event(estate, devices ?? []);
      for (const v of this.viewers) if (v.estate === estate) v.show(event);
    }
  }

  private event(estate: string, ids: Iterable<string>): LiveEvent {
    const devices: LiveEvent['devices'] = {};
    for (const id of ids) {
      const value = this.live.of(id);
      if (!value) continue;
      devices[id] = {
        at: new Date(value.at).toISOString(),
        online: this.watch.isOnline(id) ?? true,
        values: value.values,
      };
    }
    return { estate, at: new Date(this.clock.now()).toISOString(), seq: this.seqOf(estate), devices };
  }
}
