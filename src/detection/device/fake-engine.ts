import type { Device, DeviceKind } from '../../estate/device.js';
import type { EventName } from '../../kernel/events.js';
import type { ValuesByKind } from '../../telemetry/reading.js';
import type { Detector, DetectorInput, Step } from '../detector.js';
import { FakeRule } from '../fake-rule.js';

export { START } from '../fake-rule.js';

/** Plays one detector of a device. For specs. */
export class FakeEngine<S, K extends DeviceKind> extends FakeRule<S, DetectorInput<K>> {
  constructor(
    private readonly detector: Detector<S, K>,
    public device: Device,
  ) {
    super(detector.id, detector.initial());
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

  protected step(input: DetectorInput<K>, now: number): Step<S> {
    return this.detector.step(this.state, input, now, this.device);
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
