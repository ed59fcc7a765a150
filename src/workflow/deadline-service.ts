import { Injectable, Logger, Inject } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { groupedBy } from '../kernel/grouped-by.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { Metrics } from '../ops/metrics.js';
import type { Database } from '../platform/database-schema.js';
import { EMERGENCY_DATABASE } from '../platform/database-token.js';
import { EstateTransactions, type EstateTransaction } from '../platform/estate-transaction.js';
import { isOngoing } from '../tickets/ticket-moves.js';
import { loadTicket, type TicketRecord } from '../tickets/ticket-record.js';
import { AlarmCommands } from './alarm-commands.js';
import type { DeviceCommands } from './device-commands.js';
import type { DeadlineKind } from './deadlines.js';
import { reachedBy } from './page-rows.js';
import { markLateSteps, watchLimits } from './late-steps.js';
import { SlotEscalation } from './slot-escalation.js';

export type DeadlineRow = Selectable<Database['deadline']>;
/** Acts in the transaction that marks the deadline served. */
export type DeadlineHandler = (tx: EstateTransaction, d: DeadlineRow) => Promise<void>;

const SCAN_MS = 250;
/** Read at once: all of a ticket's together, or it would be served again and again after a stall. */
const AT_ONCE = 500;
/**
 * Tickets served side by side, on half of the connections for emergencies: after a minute without a database hundreds of
 * levels are due in the same second.
 */
const SIDE_BY_SIDE = 4;
/** Overdue by this much, nobody has served it: the auditor counts it. */
const OVERDUE_MS = 5000;
/** Overdue by this much, they are late although they are being served. */
const BEHIND_MS = 1000;
const AGAIN_MS = 60_000;
/** Overdue by this much, deadlines are not served any more: later than any restart or stall would make them. */
const LONG_OVERDUE_MS = 30_000;

/**
 * Serves dispatch deadlines (law 4): finds due rows every 250 ms, locks their ticket, marks the rows served and does
 * what the state asks for, in one transaction a ticket. Two instances may find the same row; the second finds it served.
 */
@Injectable()
export class DeadlineService {
  private readonly log = new Logger(DeadlineService.name);
  private timer: NodeJS.Timeout | null = null;
  private auditTimer: NodeJS.Timeout | null = null;
  private busy = false;
  private serving = 0;
  private behind = false;
  /** So many more deadlines are being served, or fewer. */
  onUrgent: (by: number) => void = () => undefined;
  private readonly handlers = new Map<string, DeadlineHandler>();

  constructor(
    @Inject(EMERGENCY_DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly transactions: EstateTransactions,
    private readonly escalation: SlotEscalation,
    private readonly alarms: AlarmCommands,
    private readonly work: { directory: DirectoryHolder; metrics: Metrics; devices: Pick<DeviceCommands, 'reassess'> },
  ) {}

  /** Whoever serves deadlines of a kind that hang on no ongoing ticket; call before the start. */
  handle(kind: DeadlineKind, handler: DeadlineHandler): void {
    this.handlers.set(kind, handler);
  }

  start(): void {
    this.timer = setInterval(() => void this.scan(), SCAN_MS);
    this.auditTimer = setInterval(() => void this.audit(), OVERDUE_MS);
    void this.scan();
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    if (this.auditTimer) clearInterval(this.auditTimer);
    while (this.busy) await new Promise((r) => setTimeout(r, 20));
  }

  /** Something is due and being served: it goes before what devices send. */
  get isServing(): boolean {
    return this.serving > 0;
  }

  /** What is being served should have been long ago: the database was away, or nobody was there to serve it. */
  get isBehind(): boolean {
    return this.serving > 0 && this.behind;
  }

  /** Serves everything that is due now; returns how many. */
  async scan(): Promise<number> {
    if (this.busy) return 0;
    this.busy = true;
    try {
      let found = 0;
      for (;;) {
        const due = await this.due();
        found += due.length;
        const progress = await this.serveAll(due);
        // What cannot be served would be found again at once.
        if (due.length < AT_ONCE || !progress) return found;
      }
    } catch (error) {
      this.log.error(`deadlines cannot be read: ${(error as Error).message}`);
      return 0;
    } finally {
      this.busy = false;
    }
  }

  private due(): Promise<DeadlineRow[]> {
    return (
      this.db
        .selectFrom('deadline')
        .selectAll()
        .where('served_at', 'is', null)
        .where('due_at', '<=', new Date(this.clock.now()))
        // Emergencies first: a month's inspection list must never keep an escalation waiting.
        .orderBy((e) => e('ticket_id', 'is', null))
        .orderBy('due_at')
        .limit(AT_ONCE)
        .execute()
    );
  }

  /** One ticket's in their order, several tickets at a time. @returns whether any was served */
  private async serveAll(due: readonly DeadlineRow[]): Promise<boolean> {
    const queues = [...groupedBy(due, (d) => d.ticket_id ?? `none:${d.estate_id}`).values()];
    let progress = false;
    const work = async (): Promise<void> => {
      for (let queue = queues.shift(); queue; queue = queues.shift())
        if (await this.serveInOrder(queue)) progress = true;
    };
    this.serving += due.length;
    this.onUrgent(due.length);
    this.behind = due.some((d) => d.due_at.getTime() < this.clock.now() - BEHIND_MS);
    try {
      await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, queues.length) }, work));
    } finally {
      this.serving -= due.length;
      this.onUrgent(-due.length);
    }
    return progress;
  }

  /**
   * A ticket's deadlines in one transaction: after a stall several are due at once, and each commit is a wait for all the
   * others. When that fails, one by one, so that the one at fault keeps none of the others waiting.
   */
  private async serveInOrder(queue: readonly DeadlineRow[]): Promise<boolean> {
    if (queue.length > 1 && queue[0]?.ticket_id) {
      try {
        return await this.serve(queue);
      } catch (error) {
        this.log.warn(`${queue.length} deadlines of one ticket are served one by one: ${(error as Error).message}`);
      }
    }
    let progress = false;
    for (const d of queue) if (await this.serveAlone(d)) progress = true;
    return progress;
  }

  /** What keeps deadlines from being served, for whoever watches over Steward; empty = they are. */
  async trouble(): Promise<Record<string, string>> {
    const row = await this.db
      .selectFrom('deadline')
      .select('id')
      .where('served_at', 'is', null)
      .where('due_at', '<', new Date(this.clock.now() - LONG_OVERDUE_MS))
      .executeTakeFirst();
    return row ? { deadlines: 'some are overdue' } : {};
  }

  private async serveAlone(d: DeadlineRow): Promise<boolean> {
    try {
      return await this.serve([d]);
    } catch (error) {
      this.log.error(`deadline ${d.kind} of ${d.key} failed, tried again: ${(error as Error).message}`);
      if (this.handlers.has(d.kind)) await this.postpone(d);
      return false;
    }
  }

  /** In one transaction, which is one estate's and at most one ticket's. @returns whether any was still to be served */
  private async serve(queue: readonly DeadlineRow[]): Promise<boolean> {
    const [first] = queue;
    if (!first) return false;
    for (const d of queue) {
      if (d.kind === 'permit-end') await this.work.devices.reassess(d.estate_id, d.key);
      if (d.kind === 'shelf-end') await this.alarms.unshelve(d.estate_id, d.key);
    }
    const served = await this.transactions.run(first.estate_id, async (tx) => {
      const r = first.ticket_id ? await loadTicket(tx, first.ticket_id) : null;
      const claimed: DeadlineRow[] = [];
      for (const d of queue) {
        // Each only when its turn comes: what the one before has done may have put it off, or made it needless.
        if (!(await claim(tx, d))) continue;
        claimed.push(d);
        const own = this.handlers.get(d.kind);
        if (own) await own(tx, d);
        else if (r && isOngoing(r.ticket.state)) await this.act(tx, r, d);
      }
      return claimed;
    });
    for (const d of served) {
      const late = (this.clock.now() - d.due_at.getTime()) / 1000;
      this.work.metrics.deadlineLateness.observe({ kind: d.kind }, Math.max(0, late));
    }
    return served.length > 0;
  }

  /** What is no emergency is tried again in a minute: a defect there must not fill the scan. */
  private async postpone(d: DeadlineRow): Promise<void> {
    await this.db
      .updateTable('deadline')
      .set({ due_at: new Date(this.clock.now() + AGAIN_MS) })
      .where('id', '=', d.id)
      .where('served_at', 'is', null)
      .execute()
      .catch(() => undefined);
  }

  private async act(tx: EstateTransaction, r: TicketRecord, d: DeadlineRow): Promise<void> {
    switch (d.kind as DeadlineKind) {
      case 'slot': {
        const slot = r.slots.find((s) => `${r.ticket.id}:${s.slot}` === d.key);
        if (slot) await this.escalation.advance(tx, r, slot, d.payload['repeat'] === true);
        return;
      }
      case 'undelivered': {
        const page = r.pages.find((p) => p.id === d.key);
        if (!page || (page.state !== 'queued' && page.state !== 'sent')) return;
        const { person, round, level, channel } = page;
        const calls = r.pages.filter((p) => p.slot === page.slot && p.round === round);
        if (reachedBy(calls, person)) return;
        tx.journal({
          kind: 'undelivered',
          ticketId: r.ticket.id,
          payload: {
            person,
            slot: page.slot,
            round,
            level,
            afterS: 10,
            ...(channel === 'websocket' ? {} : { channel }),
          },
        });
        this.escalation.tryNextChannel(tx, r, page, 'not delivered in 10 s');
        const slot = r.slots.find((s) => s.slot === page.slot && s.round === page.round && s.level === page.level);
        if (slot) await this.escalation.advance(tx, r, slot);
        return;
      }
      case 'tier':
        return this.escalation.keepClock(tx, r);
      case 'step':
        await markLateSteps(tx, r, this.work.directory.current);
        return watchLimits(tx, r);
      default:
        return;
    }
  }

  private async audit(): Promise<void> {
    try {
      const row = await this.db
        .selectFrom('deadline')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('served_at', 'is', null)
        .where('due_at', '<', new Date(this.clock.now() - OVERDUE_MS))
        .executeTakeFirstOrThrow();
      this.work.metrics.unservedDeadlines.set(Number(row.n));
      if (Number(row.n) > 0) this.log.error(`${row.n} deadlines are overdue by more than 5 s`);
    } catch {
      // The scan says what is wrong with the database.
    }
  }
}

/** Marks it served; false when somebody else has, or when it is not due any more. */
async function claim(tx: EstateTransaction, d: DeadlineRow): Promise<boolean> {
  const row = await tx.trx
    .updateTable('deadline')
    .set({ served_at: tx.at, outcome: 'served' })
    .where('id', '=', d.id)
    .where('served_at', 'is', null)
    .where('due_at', '<=', tx.at)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
