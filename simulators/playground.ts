import type { Directive } from './directive.js';
import { DevicePlay } from './device-play.js';
import { NO_FAULTS, type FaultSettings } from './faults/fault-settings.js';
import { modelForDevice, type PlaySettings } from './model-for-device.js';
import { openEstateWater } from './pipe-network/estate-water.js';
import type { PipeNetwork } from './pipe-network/pipe-network.js';
import { Publisher } from './publisher.js';
import type { SimulatedDevice } from './simulated-device.js';
import { TimeScale } from './time-scale.js';

export interface PlaygroundSettings extends PlaySettings {
  readonly mqttUrl: string;
  readonly tokens: ReadonlyMap<string, string>;
  readonly speed: number;
  readonly faults?: FaultSettings;
  /** Between two looks at the models, wall ms. */
  readonly tickMs?: number;
  readonly onTrouble?: (device: string, message: string) => void;
}

/** Readings that a device keeps while the broker is away: at one a second, the length of a short outage. */
const KEEP_READINGS = 500;
const IN_FLIGHT = 16;
const CONNECTS_PER_SECOND = 60;

/** Many devices played at once against one broker, each over a connection of its own. */
export class Playground {
  readonly time: TimeScale;
  private readonly plays = new Map<string, DevicePlay>();
  private readonly publishers: Publisher[] = [];
  private ticker: NodeJS.Timeout | undefined;
  private pipes: PipeNetwork | null = null;
  private closing = false;

  constructor(
    private readonly devices: readonly SimulatedDevice[],
    private readonly settings: PlaygroundSettings,
  ) {
    this.time = new TimeScale(Date.now(), settings.speed);
    const missing = devices.filter((d) => !settings.tokens.has(d.id));
    if (missing.length) {
      const some = missing.slice(0, 3).map((d) => d.id);
      throw new Error(`no token for ${missing.length} of ${devices.length} devices (${some.join(', ')} …)`);
    }
  }

  /** Connects in the given order, some dozens a second: a whole estate at once is a storm, not a morning. */
  async start(): Promise<void> {
    this.pipes = await openEstateWater(this.devices, this.settings);
    this.ticker = setInterval(() => this.tick(), this.settings.tickMs ?? 100);
    for (const device of this.devices) {
      if (this.closing) return;
      this.begin(device);
      await new Promise((r) => setTimeout(r, 1000 / CONNECTS_PER_SECOND));
    }
  }

  has(id: string): boolean {
    return this.plays.has(id);
  }

  direct(id: string, directive: Directive): void {
    this.plays.get(id)?.direct(directive, Date.now());
  }

  counts(): { sent: number; acknowledged: number; dropped: number } {
    const sum = { sent: 0, acknowledged: 0, dropped: 0 };
    for (const p of this.publishers) {
      sum.sent += p.sent;
      sum.acknowledged += p.acknowledged;
      sum.dropped += p.dropped;
    }
    return sum;
  }

  /** Every device says goodbye: no wills. */
  async close(): Promise<void> {
    this.closing = true;
    clearInterval(this.ticker);
    await Promise.all(this.publishers.map((p) => p.close()));
    this.pipes?.close();
  }

  private begin(device: SimulatedDevice): void {
    const model = modelForDevice(device, this.settings, this.pipes);
    const token = this.settings.tokens.get(device.id);
    if (token === undefined) return;
    const { mqttUrl: url, onTrouble, faults = NO_FAULTS, seed, speed } = this.settings;
    const onCommand = ({ command, id }: { command: string; id?: string }): void => {
      if (command === 'alarm-test' && id && device.attributes.capabilities.includes('alarm-test'))
        this.direct(device.id, { do: 'test-alarm-path', id, forS: 4 });
    };
    const keep = KEEP_READINGS;
    const publisher = new Publisher(device, { url, token, keep, inFlight: IN_FLIGHT, onTrouble, onCommand });
    const now = Date.now();
    // Each device wakes up as it connects, at the model time of that moment.
    const time = new TimeScale(now, speed);
    this.publishers.push(publisher);
    this.plays.set(device.id, new DevicePlay(device, model, faults, publisher, time, seed));
    publisher.connect();
  }

  private tick(): void {
    const now = Date.now();
    for (const play of this.plays.values()) play.tick(now);
  }
}
