import { sql, type Kysely } from 'kysely';
import type { Clock } from '../../kernel/clock.js';
import { days, seconds } from '../../kernel/durations.js';
import type { Database } from '../../platform/database-schema.js';

/** One try of one piece of work, which this process alone may make now. */
export interface Claim {
  /** From 1. */
  readonly attempt: number;
  /** Addresses whose carrier has it already. */
  readonly reached: readonly string[];
}

/** Renewed every few seconds while a send is under way: a process that died is followed soon. */
const CLAIM_MS = seconds(12);
const FORGOTTEN_AFTER_MS = days(7);

/** How far each piece of work of the queue `page-channel` has come. Compare-and-set: two copies never send one at once. */
export class ChannelWorkStore {
  constructor(
    private readonly db: Kysely<Database>,
    private readonly clock: Clock,
  ) {}

  /** @returns null when somebody else is at it, or its time has not come */
  async claim(jobId: string): Promise<Claim | null> {
    const now = this.clock.now();
    const at = new Date(now);
    const until = new Date(now + CLAIM_MS);
    const row = await this.db
      .insertInto('channel_work')
      .values({ job_id: jobId, attempts: 1, next_at: at, claimed_until: until, last_reason: null, updated_at: at })
      .onConflict((c) =>
        c
          .column('job_id')
          .doUpdateSet({ attempts: sql`channel_work.attempts + 1`, claimed_until: until, updated_at: at })
          .where('channel_work.next_at', '<=', at)
          .where((e) => e.or([e('channel_work.claimed_until', 'is', null), e('channel_work.claimed_until', '<=', at)])),
      )
      .returning(['attempts', 'reached'])
      .executeTakeFirst();
    return row ? { attempt: row.attempts, reached: row.reached } : null;
  }

  async renew(jobIds: readonly string[]): Promise<void> {
    if (jobIds.length === 0) return;
    await this.db
      .updateTable('channel_work')
      .set({ claimed_until: new Date(this.clock.now() + CLAIM_MS) })
      .where('job_id', 'in', [...jobIds])
      .where('claimed_until', 'is not', null)
      .execute();
  }

  /** Gives the claim back. @param inMs to the next try */
  async release(jobId: string, inMs: number, reached: readonly string[], reason: string | null): Promise<void> {
    const now = this.clock.now();
    await this.db
      .updateTable('channel_work')
      .set({
        claimed_until: null,
        next_at: new Date(now + inMs),
        reached: [...reached],
        last_reason: reason,
        updated_at: new Date(now),
      })
      .where('job_id', '=', jobId)
      .execute();
  }

  /** Something may be out at a carrier: it was taken by one, or is being sent just now. */
  async isOut(jobId: string): Promise<'no' | 'yes' | 'under way'> {
    const row = await this.db.selectFrom('channel_work').selectAll().where('job_id', '=', jobId).executeTakeFirst();
    if (!row) return 'no';
    if (row.claimed_until && row.claimed_until.getTime() > this.clock.now()) return 'under way';
    // A try whose end nobody knows (the process died in it) may have gone out.
    return row.reached.length > 0 || row.claimed_until !== null ? 'yes' : 'no';
  }

  /** Begins anew, as if never tried. */
  async reset(jobId: string, on: Kysely<Database> = this.db): Promise<void> {
    await on.deleteFrom('channel_work').where('job_id', '=', jobId).execute();
  }

  async isWanted(jobId: string): Promise<boolean> {
    const row = await this.db.selectFrom('outbox').select('id').where('job_id', '=', jobId).executeTakeFirst();
    return row !== undefined;
  }

  /** Nothing is left to do. */
  async finish(jobId: string): Promise<void> {
    await this.db.deleteFrom('outbox').where('job_id', '=', jobId).execute();
  }

  async forgetOld(): Promise<void> {
    const old = new Date(this.clock.now() - FORGOTTEN_AFTER_MS);
    await this.db.deleteFrom('channel_work').where('updated_at', '<', old).execute();
    await this.db.deleteFrom('test_page').where('created_at', '<', old).execute();
  }
}
