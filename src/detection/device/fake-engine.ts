import type { Device, DeviceKind } from '../../estate/device.js';
import type { EventName } from '../../kernel/events.js';
import type { ValuesByKind } from '../../telemetry/reading.js';
import type { Detector, DetectorInput, Finding } from '../detector.js';

/** Any steady instant will do; not 0, so that a forgotten time shows. */
export const START = Date.UTC(2026, 0, 5, 2, 0, 0);

export interface Told {
  /** Seconds since the start of the play. */
  readonly t: number;
  readonly finding: Finding;
}

/**
 * Plays one detector as the engine does: ticks at the deadlines that it asked for, a restart through JSON. For
 * specs; time moves only when told.
 */
export class FakeEngine<S, K extends DeviceKind> {
  now = START;
  readonly told: Told[] = [];
  /** What the device was asked to do, and when. */
  readonly asked: { readonly t: number; readonly command: string }[] = [];
  /** How often the state became another object that is to be saved with its batch: what the real engine would write. */
  saves = 0;
  state: S;
  private deadline: number | null = null;
  private lastStepAt = 0;

  constructor(
    private readonly detector: Detector<S, K>,
    public device: Device,
  ) {
    this.state = detector.initial();
  }

  /** @param ageS age of an element of a stored upload: it is stepped at its own time, though never backwards */
  reading(values: ValuesByKind[K], ageS = 0, observedAt = this.now - ageS * 1000): this {
    const at = this.now - ageS * 1000;
    return this.input({ type: 'reading', values, at, observedAt } as DetectorInput<K>, Math.max(at, this.lastStepAt));
  }

  /** The same reading every second for `s` seconds, the first one now. */
  stream(values: ValuesByKind[K], s: number): this {
    for (let i = 0; i < s; i++) this.reading(values).advance(1);
    return this;
  }

  end(event: EventName): this {
    return this.input({ type: 'alarm-ended', event, at: this.now });
  }

  input(input: DetectorInput<K>, now = this.now): this {
    this.lastStepAt = now;
    const step = this.detector.step(this.state, input, now, this.device);
    if (step.state !== this.state && step.save !== 'later') this.saves++;
    this.state = step.state;
    this.deadline = step.deadline;
    for (const finding of step.findings) this.told.push({ t: (now - START) / 1000, finding });
    for (const { command } of step.asks ?? []) this.asked.push({ t: (now - START) / 1000, command });
    return this;
  }

  advance(seconds: number): this {
    const until = this.now + seconds * 1000;
    for (let ticks = 0; this.deadline !== null && this.deadline <= until; ticks++) {
      if (ticks > 20) throw new Error(`${this.detector.id} asks for ticks without end`);
      this.now = Math.max(this.now, this.deadline);
      this.input({ type: 'tick' });
    }
    this.now = until;
    return this;
  }

  /** The process dies and comes back `awayS` seconds later: only JSON survives. */
  restart(awayS = 0): this {
    this.deadline = null;
    this.now += awayS * 1000;
    this.state = JSON.parse(JSON.stringify(this.state)) as S;
    return this.input({ type: 'resumed' });
  }

  /** `raise elevator.alarm-button @3` and so on, in order. */
  get story(): string[] {
    return this.told.map(({ t, finding }) => `${finding.kind} ${finding.event} @${t}`);
  }

  get last(): Finding | undefined {
    return this.told.at(-1)?.finding;
  }
}

/** A live device of a kind, registered with what the case is about. */
export function fakeDevice(kind: DeviceKind, over: Partial<Device> = {}): Device {
  return {
    id: `${kind}-1`,
    no: 1,
    estate: 'e1',
    kind,
    name: { zh: '设备', en: 'Device' },
    building: 'b1',
    unit: null,
    riser: null,
    floor: null,
    attributes: { expectedIntervalS: 5, capabilities: [] },
    life: 'live',
    maintenanceUntil: null,
    occupancy: null,
    welfare: false,
    visitUntil: null,
    awayUntil: null,
    timezone: 'Asia/Shanghai',
    overrides: {},
    tokenSha256: null,
    hasSpoken: false,
    ...over,
  };
}
