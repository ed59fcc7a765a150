import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DirectoryHolder } from '../../estate/directory-holder.js';
import { EstateTransactions, type EstateTransaction } from '../../platform/estate-transaction.js';
import { setDeadline, type DeadlineKind } from '../deadlines.js';
import { DeadlineService } from '../deadline-service.js';
import { TicketCommands } from '../ticket-commands.js';
import { Watch } from '../watch.js';
import { AlarmPathTests } from './alarm-path-tests.js';
import { Drills } from './drills.js';
import { FollowUps } from './follow-ups.js';
import { Handovers } from './handovers.js';
import { Inspections } from './inspections.js';
import { Patrols } from './patrols.js';

export interface AfterwardsParts {
  readonly followUps: FollowUps;
  readonly inspections: Inspections;
  readonly patrols: Patrols;
  readonly alarmPaths: AlarmPathTests;
  readonly drills: Drills;
  readonly handovers: Handovers;
}

/**
 * Ties what comes after an emergency and before the next one to deadlines, tickets and the watch. Each runs from a
 * deadline row to the next, so that a restart changes nothing.
 */
@Injectable()
export class Afterwards implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger(Afterwards.name);
  private readonly planned = new Set<string>();
  private planning: Promise<void> = Promise.resolve();
  private ending = false;

  constructor(
    private readonly transactions: EstateTransactions,
    private readonly directory: DirectoryHolder,
    private readonly deadlines: DeadlineService,
    private readonly tickets: TicketCommands,
    private readonly watch: Watch,
    private readonly parts: AfterwardsParts,
  ) {}

  onModuleInit(): void {
    const { followUps, inspections, patrols, alarmPaths, drills, handovers } = this.parts;
    this.deadlines.handle('follow-up', (tx, d) => followUps.onDue(tx, d.key));
    this.deadlines.handle('patrol', (tx) => patrols.onDue(tx));
    this.deadlines.handle('inspection', async (tx, d) => {
      const { weather, flag } = d.payload;
      if (typeof flag === 'string') await inspections.afterWeather(tx, String(weather), flag);
      else await inspections.onMonth(tx);
    });
    this.deadlines.handle('alarm-path', (tx, d) => alarmPaths.onDue(tx, d.key));
    this.deadlines.handle('alarm-path-answer', (tx, d) => alarmPaths.onAnswerDue(tx, d.key));
    this.deadlines.handle('drill-due', (tx) => drills.onDue(tx));
    this.deadlines.handle('handover', async (tx) => {
      await handovers.onDue(tx);
      // Lifts that went live in this shift are proved from now on.
      await alarmPaths.plan(tx);
    });
    this.deadlines.handle('handover-unsigned', (tx, d) => handovers.onUnsigned(tx, d.key));
    this.tickets.afterMove = (tx, r, move, q) => followUps.afterMove(tx, r, move, q.dueAt);
    this.watch.testPress = alarmPaths.press;
  }

  /** Before the broker listens. */
  load(): Promise<void> {
    return this.parts.alarmPaths.load();
  }

  /** What runs of itself is set going where it is not yet, estate by estate; nothing waits for it. */
  async begin(): Promise<void> {
    // Estates that are imported while the service runs.
    this.directory.onReplaced((d) => {
      if (d.estates().some((e) => !this.planned.has(e.id))) void this.planEstates();
    });
    await this.planEstates();
  }

  async onModuleDestroy(): Promise<void> {
    this.ending = true;
    await this.planning;
  }

  private planEstates(): Promise<void> {
    this.planning = this.planning.then(() => this.planMissing());
    return this.planning;
  }

  private async planMissing(): Promise<void> {
    for (const { id } of this.directory.current.estates()) {
      if (this.ending) return;
      if (this.planned.has(id)) continue;
      this.planned.add(id);
      await this.transactions
        .run(id, (tx) => this.plan(tx))
        .catch((e: Error) => this.log.error(`tasks of ${id} are not planned: ${e.message}`));
    }
  }

  /** An estate's own deadlines, those that are not waiting already. */
  async plan(tx: EstateTransaction): Promise<void> {
    const { inspections, drills, handovers, alarmPaths } = this.parts;
    if (!(await this.waits(tx, 'inspection', `month:${tx.estate}`))) await inspections.planNext(tx);
    if (!(await this.waits(tx, 'drill-due', tx.estate))) await drills.planFirst(tx);
    if (!(await this.waits(tx, 'handover', tx.estate))) await handovers.planNext(tx);
    const plan = await tx.trx
      .selectFrom('patrol_plan')
      .select('estate_id')
      .where('estate_id', '=', tx.estate)
      .executeTakeFirst();
    if (plan && !(await this.waits(tx, 'patrol', tx.estate)))
      await setDeadline(tx, { kind: 'patrol', key: tx.estate, ticketId: null, dueAt: tx.now });
    await alarmPaths.plan(tx);
  }

  private async waits(tx: EstateTransaction, kind: DeadlineKind, key: string): Promise<boolean> {
    const row = await tx.trx
      .selectFrom('deadline')
      .select('id')
      .where('kind', '=', kind)
      .where('key', '=', key)
      .where('served_at', 'is', null)
      .executeTakeFirst();
    return row !== undefined;
  }
}
