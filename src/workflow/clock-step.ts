import { Logger } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import { ONGOING_STATES } from '../tickets/ticket-moves.js';
import type { Database } from '../platform/database-schema.js';
import type { SystemClock } from '../platform/system-clock.js';
import type { EstateTransaction, EstateTransactions } from '../platform/estate-transaction.js';

const EVERY_MS = 1000;
const STEP_MS = 1000;

/** A jump that is being followed. An estate that could not be reached is tried again; the others move only once. */
interface Step {
  readonly byMs: number;
  anchored: boolean;
  readonly moved: Set<string>;
}

/**
 * Server clock steps (domain §4): the monotonic and the wall clock are compared every second. While Steward runs its
 * own time is monotonic, so a step changes no running hold; so that a restart, which takes the wall clock anew, finds
 * the same deadlines as far away as they are, a jump > 1 s moves them with it, in one journalled transaction.
 */
export class ClockStep {
  private readonly log = new Logger(ClockStep.name);
  private timer: NodeJS.Timeout | null = null;
  private busy = false;
  private step: Step | null = null;

  constructor(
    private readonly clock: Pick<SystemClock, 'drift' | 'reanchor'>,
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

  /** Called by its own timer; on a manual clock by whoever sets that. */
  async compare(): Promise<void> {
    if (this.busy) return;
    const drift = this.clock.drift();
    if (!this.step) {
      if (Math.abs(drift) <= STEP_MS) return;
      this.step = { byMs: Math.round(drift), anchored: false, moved: new Set() };
      this.log.error(`the wall clock was set by ${(drift / 1000).toFixed(1)} s; open deadlines move with it`);
    }
    this.busy = true;
    const { byMs, moved } = this.step;
    try {
      // Our time is never ahead of the rows: what is due within the step would else be served before it has moved.
      if (byMs < 0) this.anchor(this.step);
      const estates = await this.db.selectFrom('estate').select('id').orderBy('id').execute();
      for (const { id } of estates.filter((e) => !moved.has(e.id))) {
        await this.transactions.run(id, async (tx) => {
          await moveOpenTimes(tx, byMs);
          tx.journal({ kind: 'clock-step', payload: { byMs } });
        });
        moved.add(id);
      }
      this.anchor(this.step);
      this.step = null;
    } catch (error) {
      this.log.error(`deadlines could not be moved, trying again: ${(error as Error).message}`);
    } finally {
      this.busy = false;
    }
  }

  private anchor(step: Step): void {
    if (step.anchored) return;
    step.anchored = true;
    this.clock.reanchor(step.byMs);
    this.shiftMemory(step.byMs);
  }
}

/**
 * Every time from which a rule still counts: deadlines, the slots, undelivered pages and openings of tickets that go
 * on, repeats that wait. One of them left behind would ask again an hour early, or never.
 */
async function moveOpenTimes({ trx, estate }: EstateTransaction, byMs: number): Promise<void> {
  const by = sql`${byMs} * interval '1 millisecond'`;
  const goingOn = sql`(select id from ticket where estate_id = ${estate} and state = any(${[...ONGOING_STATES]}))`;
  await sql`update deadline set due_at = due_at + ${by} where estate_id = ${estate} and served_at is null`.execute(trx);
  await sql`update slot set opened_at = opened_at + ${by}, filled_at = filled_at + ${by},
    en_route_at = en_route_at + ${by}, on_site_at = on_site_at + ${by}, asked_again_at = asked_again_at + ${by},
    last_reassured_at = last_reassured_at + ${by} where ticket_id in ${goingOn}`.execute(trx);
  await sql`update page set created_at = created_at + ${by}
    where ticket_id in ${goingOn} and state in ('queued', 'sent')`.execute(trx);
  await sql`update outbox set not_before = not_before + ${by} where payload->>'estate' = ${estate}`.execute(trx);
  await sql`update ticket set opened_at = opened_at + ${by}, danger_since = danger_since + ${by}
    where id in ${goingOn}`.execute(trx);
  await sql`update tier_call set due_at = due_at + ${by}, asked_at = asked_at + ${by}
    where ticket_id in ${goingOn}`.execute(trx);
  await sql`update missed_limit set since = since + ${by} where ticket_id in ${goingOn}`.execute(trx);
}
