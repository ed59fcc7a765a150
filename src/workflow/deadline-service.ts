import { Injectable, Logger, Inject } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import { CLOCK, type Clock } from '../kernel/clock.js';
import { seconds } from '../kernel/durations.js';
import { DirectoryHolder } from '../estate/directory-holder.js';
import { Metrics } from '../ops/metrics.js';
import type { Database } from '../platform/database-schema.js';
import { EMERGENCY_DATABASE } from '../platform/database-token.js';
import { EstateTransactions, type EstateTransaction } from '../platform/estate-transaction.js';
import { isOngoing } from '../tickets/ticket-moves.js';
import { CLOCK_LIMITS } from '../tickets/ticket-clocks.js';
import { loadTicket, type TicketRecord } from '../tickets/ticket-record.js';
import { AlarmCommands } from './alarm-commands.js';
import type { DeviceCommands } from './device-commands.js';
import { setDeadline, type DeadlineKind } from './deadlines.js';
import { reachedBy } from './page-rows.js';
import { SlotEscalation } from './slot-escalation.js';

type DeadlineRow = Selectable<Database['deadline']>;

const SCAN_MS = 250;
const AT_ONCE = 50;
/** Overdue by this much, nobody has served it: the auditor counts it. */
const OVERDUE_MS = 5000;

/**
 * Serves dispatch deadlines (law 4): finds due rows every 250 ms, locks their ticket, marks the row served and does
 * what the state asks for, in one transaction. Two instances may find the same row; the second finds it served.
 */
@Injectable()
export class DeadlineService {
  private readonly log = new Logger(DeadlineService.name);
  private timer: NodeJS.Timeout | null = null;
  private auditTimer: NodeJS.Timeout | null = null;
  private busy = false;

  constructor(
    @Inject(EMERGENCY_DATABASE) private readonly db: Kysely<Database>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly transactions: EstateTransactions,
    private readonly escalation: SlotEscalation,
    private readonly alarms: AlarmCommands,
    private readonly work: { directory: DirectoryHolder; metrics: Metrics; devices: Pick<DeviceCommands, 'reassess'> },
  ) {}

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

  /** Serves everything that is due now; returns how many. */
  async scan(): Promise<number> {
    if (this.busy) return 0;
    this.busy = true;
    try {
      const due = await this.db
        .selectFrom('deadline')
        .selectAll()
        .where('served_at', 'is', null)
        .where('due_at', '<=', new Date(this.clock.now()))
        .orderBy('due_at')
        .limit(AT_ONCE)
        .execute();
      for (const d of due) await this.serve(d);
      return due.length;
    } catch (error) {
      this.log.error(`deadlines cannot be read: ${(error as Error).message}`);
      return 0;
    } finally {
      this.busy = false;
    }
  }

  private async serve(d: DeadlineRow): Promise<void> {
    try {
      if (d.kind === 'permit-end') await this.work.devices.reassess(d.estate_id, d.key);
      if (d.kind === 'shelf-end') await this.alarms.unshelve(d.estate_id, d.key);
      const served = await this.transactions.run(d.estate_id, async (tx) => {
        const r = d.ticket_id ? await loadTicket(tx, d.ticket_id) : null;
        const claimed = await tx.trx
          .updateTable('deadline')
          .set({ served_at: tx.at, outcome: 'served' })
          .where('id', '=', d.id)
          .where('served_at', 'is', null)
          .where('due_at', '<=', tx.at)
          .returning('id')
          .executeTakeFirst();
        if (!claimed) return false;
        if (r && isOngoing(r.ticket.state)) await this.act(tx, r, d);
        return true;
      });
      if (served) {
        const late = (this.clock.now() - d.due_at.getTime()) / 1000;
        this.work.metrics.deadlineLateness.observe({ kind: d.kind }, Math.max(0, late));
      }
    } catch (error) {
      this.log.error(`deadline ${d.kind} of ${d.key} failed, tried again: ${(error as Error).message}`);
    }
  }

  private async act(tx: EstateTransaction, r: TicketRecord, d: DeadlineRow): Promise<void> {
    switch (d.kind as DeadlineKind) {
      case 'slot': {
        const slot = r.slots.find((s) => `${r.ticket.id}:${s.slot}` === d.key);
        if (slot) await this.escalation.advance(tx, r, slot);
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
        return this.tier(tx, r, d);
      case 'shelf-end':
      case 'permit-end':
        return;
    }
  }

  /** Each tier has a deadline after which the control room is told to call the next (domain §6). */
  private async tier(tx: EstateTransaction, r: TicketRecord, d: DeadlineRow): Promise<void> {
    if (r.ticket.rescued_at) return;
    const tier = Number(d.payload['tier'] ?? 2);
    const call = tier === 2 ? 'district rescue station' : 'fire brigade (119) and police (110)';
    tx.journal({ kind: 'tier-due', ticketId: r.ticket.id, payload: { tier, controlRoomCalls: call } });
    if (tier >= 3) return;
    const limitS = CLOCK_LIMITS.rescue[this.work.directory.current.estate(tx.estate)?.setting ?? 'city'];
    await setDeadline(tx, {
      kind: 'tier',
      key: r.ticket.id,
      ticketId: r.ticket.id,
      dueAt: r.ticket.opened_at.getTime() + seconds(limitS),
      payload: { tier: tier + 1 },
    });
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
