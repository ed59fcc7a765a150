import type { Device } from '../../estate/device.js';
import type { WaterMeterValues } from '../../telemetry/reading.js';
import type { Detector } from '../detector.js';
import { fakeDevice, FakeEngine } from '../device/fake-engine.js';

export interface TapSetting {
  readonly intervalS?: number;
  readonly stepL?: number;
  readonly device?: Partial<Device>;
  readonly q3M3h?: number;
}

/** A home's water through a register that shows whole steps, read at an interval. For specs. */
export class FakeTap<S> {
  litres = 12_345;
  readonly e: FakeEngine<S, 'water-meter'>;
  readonly intervalS: number;
  private readonly stepL: number;

  constructor(detector: Detector<S, 'water-meter'>, setting: TapSetting = {}) {
    this.intervalS = setting.intervalS ?? 60;
    this.stepL = setting.stepL ?? 1;
    const { q3M3h = 2.5 } = setting;
    const attributes = {
      expectedIntervalS: this.intervalS,
      capabilities: [],
      q3M3h,
      registerStepM3: this.stepL / 1000,
      ...setting.device?.attributes,
    };
    this.e = new FakeEngine(
      detector,
      fakeDevice('water-meter', { unit: 'u-301', occupancy: 'occupied', ...setting.device, attributes }),
    );
    this.read();
  }

  get volumeM3(): number {
    return (Math.floor(this.litres / this.stepL + 1e-6) * this.stepL) / 1000;
  }
  read(more: WaterMeterValues = {}): this {
    this.e.reading({ volumeM3: this.volumeM3, ...more });
    return this;
  }
  /** Water runs at `lph`; read at the end of each interval. */
  run(lph: number, minutes: number, more: WaterMeterValues = {}): this {
    for (let s = 0; s < minutes * 60; s += this.intervalS) {
      this.e.advance(this.intervalS);
      this.litres += (lph * this.intervalS) / 3600;
      this.read(more);
    }
    return this;
  }
  /** The readings fail to come; water runs on, and the next reading sums it up. */
  gap(lph: number, minutes: number): this {
    this.e.advance(minutes * 60);
    this.litres += (lph * minutes) / 60;
    return this.read();
  }
  get kinds(): string[] {
    return this.e.told.map(({ finding }) => `${finding.kind} ${finding.event} ${finding.priority ?? ''}`.trim());
  }
}
