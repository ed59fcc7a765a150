import { Logger } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import type { Reading } from '../telemetry/reading.js';
import { addSights, type Sights } from './commissioning.js';
import type { Watched } from './watched.js';

/** What the installer has shown so far; kept aside from the hot path, few devices are in commissioning. */
export class CommissioningNotes {
  private readonly log = new Logger(CommissioningNotes.name);

  constructor(private readonly db: Kysely<Database>) {}

  note(w: Watched, readings: readonly Reading[]): void {
    const { device } = w.runtime;
    const known = w.sights ?? {};
    let sights: Sights = known;
    for (const r of readings) sights = addSights(device, sights, r.values);
    if (sights === known) return;
    w.sights = sights;
    this.db
      .updateTable('device')
      .set({ seen_states: sql`seen_states || ${JSON.stringify(sights)}::jsonb` })
      .where('id', '=', device.id)
      .execute()
      .catch((e: Error) => {
        w.sights = known;
        this.log.warn(`what was seen of ${device.id} could not be kept: ${e.message}`);
      });
  }
}
