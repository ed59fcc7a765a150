import { declaredValues } from './declared-values.js';
import type { Directive } from './directive.js';
import { passFaults, startFaults, type FaultState } from './faults/fault-chain.js';
import type { FaultSettings } from './faults/fault-settings.js';
import type { TimedReading } from './faults/timed-reading.js';
import type { Model } from './model.js';
import { Random } from './random.js';
import type { SimulatedDevice } from './simulated-device.js';
import type { TimeScale } from './time-scale.js';

/** Where a played device's messages go. */
export interface ReadingSink {
  send(reading: TimedReading): void;
  /** The device vanishes from the network as by a pulled plug, and comes back. */
  cut(): void;
  restore(): void;
}

/** One device being played: its model, what its network does to its messages, and what is still under way. */
export class DevicePlay {
  private state: unknown;
  private faultState: FaultState;
  private seq = 0;
  private underWay: TimedReading[] = [];
  private readonly chance: Random;
  private readonly mischance: Random;

  constructor(
    readonly device: SimulatedDevice,
    private readonly model: Model,
    private readonly faults: FaultSettings,
    private readonly sink: ReadingSink,
    private readonly time: TimeScale,
    seed: number,
  ) {
    this.chance = Random.for(seed, device.id, 'play');
    this.mischance = Random.for(seed, device.id, 'faults');
    this.state = model.start(time.startedAt, this.chance);
    this.faultState = startFaults(time.startedAt);
  }

  /** @param wallNow ms since the epoch; the model is brought to the model time of that moment */
  tick(wallNow: number): void {
    const step = this.model.step(this.state, this.time.model(wallNow), this.chance);
    this.state = step.state;
    for (const m of step.messages) {
      const at = this.time.wall(m.at);
      const values = declaredValues(this.device, m.values);
      const reading = { dueAt: at, observedAt: at, seq: this.seq++, values };
      const passed = passFaults(this.faults, this.faultState, reading, this.mischance);
      this.faultState = passed.state;
      this.underWay.push(...passed.readings);
    }
    if (!this.underWay.length) return;
    const due = this.underWay.filter((r) => r.dueAt <= wallNow).sort((a, b) => a.dueAt - b.dueAt);
    if (!due.length) return;
    this.underWay = this.underWay.filter((r) => r.dueAt > wallNow);
    for (const r of due) this.sink.send(r);
  }

  direct(directive: Directive, wallNow: number): void {
    if (directive.do === 'cut') return this.sink.cut();
    if (directive.do === 'restore') return this.sink.restore();
    this.tick(wallNow);
    this.state = this.model.direct(this.state, directive, this.time.model(wallNow), this.chance);
  }
}
