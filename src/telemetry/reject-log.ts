import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Clock } from '../kernel/clock.js';
import { printable } from '../kernel/control-characters.js';
import type { Database } from '../platform/database-schema.js';
import type { Metrics } from '../ops/metrics.js';
import type { Reject } from './decode-native.js';

const SAMPLE_BYTES = 1024;
/** A broken device repeats itself: a few samples a device, reason and minute tell as much as a million. */
const SAMPLES_A_MINUTE = 3;
const MINUTE_MS = 60_000;
const FLUSH_MS = 500;

interface Sample {
  at: Date;
  estate_id: string | null;
  device_id: string | null;
  reason: string;
  detail: string;
  sample: string | null;
}

/** At most {@link SAMPLE_BYTES} of UTF-8: what stands for a broken byte may be longer than that byte. */
function sampleOf(payload: Buffer): string {
  const text = printable(payload.subarray(0, SAMPLE_BYTES).toString('utf8'));
  // The cut may leave half a character, which is all that can read as U+FFFD here.
  return Buffer.from(text)
    .subarray(0, SAMPLE_BYTES)
    .toString('utf8')
    .replace(/\ufffd$/, '');
}

/** What was refused and why: every one counted, samples kept for the operator (law 9). */
export class RejectLog {
  private readonly log = new Logger(RejectLog.name);
  private taken = new Map<string, number>();
  private minute = 0;
  private waiting: Sample[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  reject(r: Reject, from: { estate?: string | null; device?: string | null }, payload?: Buffer): void {
    this.metrics.rejectedMessages.inc({ reason: r.reason });
    const now = this.clock.now();
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.taken = new Map();
    }
    const key = `${from.device ?? ''}:${r.reason}`;
    const n = this.taken.get(key) ?? 0;
    if (n >= SAMPLES_A_MINUTE || this.taken.size > 10_000) return;
    this.taken.set(key, n + 1);
    this.waiting.push({
      at: new Date(now),
      estate_id: from.estate ?? null,
      device_id: from.device ?? null,
      reason: r.reason,
      detail: printable(r.detail).slice(0, 500),
      sample: payload ? sampleOf(payload) : null,
    });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const rows = this.waiting;
    this.waiting = [];
    if (rows.length === 0) return;
    try {
      await this.db.insertInto('telemetry_reject').values(rows).execute();
    } catch (error) {
      this.log.warn(`${rows.length} samples of refused messages could not be kept: ${(error as Error).message}`);
    }
  }
}
