import { Logger } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import type { Bridge } from '../estate/bridge.js';
import type { Clock } from '../kernel/clock.js';
import { printable } from '../kernel/control-characters.js';
import type { Database } from '../platform/database-schema.js';

const FLUSH_MS = 500;
const SAMPLE_BYTES = 1024;
/** A broken or hostile bridge can make up names without end: beyond these they are counted by the metrics alone. */
const WAITING_AT_MOST = 2000;
const ROWS_A_BRIDGE = 2000;

interface Seen {
  readonly bridge: string;
  readonly estate: string;
  readonly foreignId: string;
  readonly firstSeen: number;
  lastSeen: number;
  count: number;
  sample: string;
}

/** Devices that bridges speak of and nobody registered. Kept aside from the hot path; nothing waits for it. */
export class UnclaimedDevices {
  private readonly log = new Logger(UnclaimedDevices.name);
  private waiting = new Map<string, Seen>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Kysely<Database>,
    private readonly clock: Clock,
  ) {}

  note(bridge: Bridge, foreignId: string, payload: Buffer): void {
    const now = this.clock.now();
    const key = `${bridge.id} ${foreignId}`;
    const seen = this.waiting.get(key);
    if (seen) {
      seen.count++;
      seen.lastSeen = now;
      return;
    }
    if (this.waiting.size >= WAITING_AT_MOST) return;
    const sample = Buffer.from(printable(payload.subarray(0, SAMPLE_BYTES).toString('utf8')))
      .subarray(0, SAMPLE_BYTES)
      .toString('utf8')
      .replace(/\ufffd$/, '');
    const { id, estate } = bridge;
    this.waiting.set(key, { bridge: id, estate, foreignId, firstSeen: now, lastSeen: now, count: 1, sample });
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.writing = this.writing.then(() => this.flush());
    }, FLUSH_MS);
  }

  async close(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    await this.writing;
    await this.flush();
  }

  private async flush(): Promise<void> {
    const rows = [...this.waiting.values()].map((s) => ({
      estate_id: s.estate,
      bridge_id: s.bridge,
      foreign_id: s.foreignId,
      first_seen: new Date(s.firstSeen),
      last_seen: new Date(s.lastSeen),
      count: s.count,
      sample: s.sample,
    }));
    this.waiting = new Map();
    if (rows.length === 0) return;
    try {
      await sql`
        insert into unclaimed_device (estate_id, bridge_id, foreign_id, first_seen, last_seen, count, sample)
        select w.estate_id, w.bridge_id, w.foreign_id, w.first_seen, w.last_seen, w.count, w.sample
        from jsonb_populate_recordset(null::unclaimed_device, ${JSON.stringify(rows)}::jsonb) w
        where exists (select from bridge b where b.id = w.bridge_id)
          and (exists (select from unclaimed_device u where u.bridge_id = w.bridge_id and u.foreign_id = w.foreign_id)
            or (select count(*) from unclaimed_device u where u.bridge_id = w.bridge_id) < ${ROWS_A_BRIDGE})
        on conflict (bridge_id, foreign_id) do update
          set last_seen = excluded.last_seen, count = unclaimed_device.count + excluded.count, sample = excluded.sample`.execute(
        this.db,
      );
    } catch (e) {
      this.log.warn(`${rows.length} unclaimed devices could not be noted: ${(e as Error).message}`);
    }
  }
}
