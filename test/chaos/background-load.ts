import { TellingDevice } from './telling-device.js';
import type { ChaosDevice } from './chaos-estate.js';

const TICK_MS = 10;

/** So many readings a second over these devices, whatever comes back: an open loop. */
export class BackgroundLoad {
  readonly devices: TellingDevice[];
  private timer: NodeJS.Timeout | null = null;
  private due = 0;
  private next = 0;

  constructor(
    devices: readonly ChaosDevice[],
    broker: string,
    private readonly perSecond: number,
  ) {
    this.devices = devices.map((d) => new TellingDevice(d, broker));
  }

  async start(): Promise<void> {
    for (const d of this.devices) d.connect();
    await Promise.all(this.devices.map((d) => d.online()));
    let last = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      this.due += ((now - last) / 1000) * this.perSecond;
      last = now;
      for (; this.due >= 1; this.due--) this.tellNext();
    }, TICK_MS);
  }

  /** Stops; resolves when everything that was said is acknowledged. */
  async finish(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await Promise.all(this.devices.map((d) => d.settled()));
  }

  async close(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await Promise.all(this.devices.map((d) => d.close()));
  }

  private tellNext(): void {
    const device = this.devices[this.next++ % this.devices.length];
    device?.tell({ pressureMpa: 0.3 + (device.told.length % 70) / 1000 }).catch(() => undefined);
  }
}
