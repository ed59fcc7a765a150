import type { Device, DeviceKind } from '../estate/device.js';
import type { EventName } from '../kernel/events.js';
import type { ValuesByKind } from '../telemetry/reading.js';
import type { Group, GroupDetector, GroupInput } from './group-detector.js';
import { START, type Told } from './device/fake-engine.js';

/** Plays one group rule as the engine does: ticks at its deadlines, a restart through JSON. For specs. */
export class FakeGroupEngine<S> {
  now = START;
  readonly told: Told[] = [];
  state: S;
  private deadline: number | null = null;

  constructor(
    private readonly detector: GroupDetector<S>,
    public group: Group,
  ) {
    this.state = detector.initial();
  }

  reading(device: Device, values: ValuesByKind[DeviceKind]): this {
    return this.input({ type: 'reading', device, values, at: this.now });
  }
  silence(device: Device, silent: boolean): this {
    return this.input({ type: 'silence', device, silent });
  }
  end(event: EventName): this {
    return this.input({ type: 'alarm-ended', event, at: this.now });
  }

  input(input: GroupInput): this {
    const step = this.detector.step(this.state, input, this.now, this.group);
    this.state = step.state;
    this.deadline = step.deadline;
    for (const finding of step.findings) this.told.push({ t: (this.now - START) / 1000, finding });
    return this;
  }

  advance(seconds: number): this {
    const until = this.now + seconds * 1000;
    for (let ticks = 0; this.deadline !== null && this.deadline <= until; ticks++) {
      if (ticks > 10_000) throw new Error(`${this.detector.id} asks for ticks without end`);
      this.now = Math.max(this.now, this.deadline);
      this.input({ type: 'tick' });
    }
    this.now = until;
    return this;
  }

  restart(awayS = 0): this {
    this.deadline = null;
    this.now += awayS * 1000;
    this.state = JSON.parse(JSON.stringify(this.state)) as S;
    return this.input({ type: 'resumed' });
  }

  get story(): string[] {
    return this.told.map(({ t, finding }) => `${finding.kind} ${finding.event} @${t}`);
  }
}
