import { Injectable, Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Clock } from '../kernel/clock.js';
import type { DeviceAsk } from '../detection/detector.js';
import type { Device } from '../estate/device.js';
import type { Metrics } from '../ops/metrics.js';
import type { Database } from '../platform/database-schema.js';

/**
 * What rules ask of a device itself: an announcement in the car, the buzzer of a door. Sent once, after the commit of what
 * led to it; best effort, never waited for.
 */
@Injectable()
export class DeviceAsks {
  private readonly log = new Logger(DeviceAsks.name);
  /** The way to the devices; the broker is started after this. */
  send: (topic: string, payload: string) => void = () => undefined;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly clock: Clock,
    private readonly metrics: Pick<Metrics, 'deviceAsks'>,
  ) {}

  async ask(device: Device, asks: readonly DeviceAsk[]): Promise<void> {
    const withheld = await this.withheld(device).catch((e: Error) => {
      this.log.warn(`${device.id} was not asked for anything: ${e.message}`);
      return 'not-known';
    });
    for (const { command, reason } of asks) {
      this.metrics.deviceAsks.inc({ command, outcome: withheld ?? 'sent' });
      if (withheld !== null) continue;
      const topic = `steward/v1/${device.estate}/${device.kind}/${device.id}/command`;
      this.send(topic, JSON.stringify({ command, reason, at: new Date(this.clock.now()).toISOString() }));
    }
  }

  /** Why nothing is sent; null = it is. */
  private async withheld(device: Device): Promise<string | null> {
    const permitIsOver = device.life === 'maintenance' && (device.maintenanceUntil ?? Infinity) <= this.clock.now();
    if (device.life !== 'live' && !permitIsOver) return device.life;
    // Duress is silent: nothing rings, lights or is spoken at the site (domain §4). A car that speaks is elsewhere.
    if (device.kind !== 'gate') return null;
    let open = this.db
      .selectFrom('alarm')
      .innerJoin('device', 'device.id', 'alarm.device_id')
      .select('alarm.id')
      .where('alarm.estate_id', '=', device.estate)
      .where('alarm.event', '=', 'gate.duress')
      .where('alarm.ended_at', 'is', null);
    if (device.building !== null) open = open.where('device.building_id', '=', device.building);
    return (await open.limit(1).executeTakeFirst()) ? 'duress' : null;
  }
}
