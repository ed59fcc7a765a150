import { Logger } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import type { SystemClock } from '../platform/system-clock.js';
import type { EstateTransactions } from '../platform/estate-transaction.js';

const EVERY_MS = 1000;
const STEP_MS = 1000;

/**
 * Server clock steps (domain §4): the monotonic and the wall clock are compared every second. While Steward runs its
 * own time is monotonic, so a step changes no running hold; so that a restart, which takes the wall clock anew, finds
 * the same deadlines as far away as they are, a jump > 1 s moves them with it, in one journalled transaction.
 */
export class ClockStep {
  private readonly log = new Logger(ClockStep.name);
  private timer: NodeJS.Timeout | null = null;
  private busy = false;

  constructor(
    private readonly clock: SystemClock,
    private readonly db: Kysely<Database>,
    private readonly transactions: EstateTransactions,
    /** Moves what is in memory by the same amount, synchronously with the clock. */
    private readonly shiftMemory: (byMs: number) => void,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.compare(), EVERY_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async compare(): Promise<void> {
    const drift = this.clock.drift();
    if (this.busy || Math.abs(drift) <= STEP_MS) return;
    this.busy = true;
    const by = Math.round(drift);
    try {
      this.log.error(`the wall clock was set by ${(by / 1000).toFixed(1)} s; open deadlines move with it`);
      const estates = await this.db.selectFrom('estate').select('id').orderBy('id').execute();
      for (const { id } of estates) {
        await this.transactions.run(id, async (tx) => {
          await tx.trx
            .updateTable('deadline')
            .set({ due_at: sql<Date>`due_at + ${by} * interval '1 millisecond'` })
            .where('estate_id', '=', id)
            .where('served_at', 'is', null)
            .execute();
          await tx.trx
            .updateTable('slot')
            .set({ opened_at: sql<Date>`opened_at + ${by} * interval '1 millisecond'` })
            .where('state', 'in', ['open', 'pending'])
            .where('ticket_id', 'in', tx.trx.selectFrom('ticket').select('id').where('estate_id', '=', id))
            .execute();
          tx.journal({ kind: 'clock-step', payload: { byMs: by } });
        });
      }
      this.clock.reanchor(by);
      this.shiftMemory(by);
    } catch (error) {
      this.log.error(`deadlines could not be moved, trying again: ${(error as Error).message}`);
    } finally {
      this.busy = false;
    }
  }
}
