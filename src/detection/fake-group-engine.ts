import type { Device, DeviceKind } from '../estate/device.js';
import type { EventName } from '../kernel/events.js';
import type { ValuesByKind } from '../telemetry/reading.js';
import type { Step } from './detector.js';
import { FakeRule } from './fake-rule.js';
import type { Group, GroupDetector, GroupInput } from './group-detector.js';

/** Plays one group rule. For specs. */
export class FakeGroupEngine<S> extends FakeRule<S, GroupInput> {
  constructor(
    private readonly detector: GroupDetector<S>,
    public group: Group,
  ) {
    super(detector.id, detector.initial());
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

  protected step(input: GroupInput, now: number): Step<S> {
    return this.detector.step(this.state, input, now, this.group);
  }
}
