import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { localiseLeak, type LeakRanking } from '../alarms/localise-leak.js';
import { isWaterEvent } from '../alarms/correlation.js';
import type { DirectoryHolder } from '../estate/directory-holder.js';
import type { UnitEntry } from '../estate/estate-directory.js';
import { riserOf } from '../estate/riser-of.js';
import type { Clock } from '../kernel/clock.js';
import { hours, minutes, seconds } from '../kernel/durations.js';
import type { Database } from '../platform/database-schema.js';
import type { EstateTransactions } from '../platform/estate-transaction.js';
import type { History } from '../telemetry/history.port.js';
import type { LiveValues } from '../telemetry/live-values.js';
import { isOngoing, ONGOING_STATES } from '../tickets/ticket-moves.js';
import { loadTicket } from '../tickets/ticket-record.js';
import { RiserFlows } from './riser-flows.js';
import { showTicket } from './ticket-changes.js';

/** A ranking and what it is about. */
export interface Localisation {
  readonly ticketId: string;
  readonly estate: string;
  /** Steady ms. */
  readonly at: number;
  readonly riser: string | null;
  readonly ranking: LeakRanking;
}

/** Worked out anew at most so often while people are on their way, and later, when what runs has been running long. */
const EVERY_MS = seconds(10);
const EVERY_MS_LATER = minutes(5);
const LATER_MS = hours(1);
const LOOK_MS = seconds(2);
/** A meter that has one of these has betrayed itself. */
const FLOW_ALARMS = ['meter.vacant-flow', 'meter.burst', 'meter.continuous-flow'] as const;

/**
 * Keeps the suspects of each open ticket about water current: on new readings of its riser, at most every 10 s. People
 * are told only when the order changes.
 */
export class LeakLocalisation {
  private readonly log = new Logger(LeakLocalisation.name);
  private readonly known = new Map<string, Localisation & { readonly order: string; readonly heard: number }>();
  /** The order that people have been told. */
  private readonly told = new Map<string, string>();
  private readonly flows: RiserFlows;
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly db: Kysely<Database>,
    history: History,
    private readonly live: LiveValues,
    private readonly directory: DirectoryHolder,
    private readonly transactions: EstateTransactions,
    private readonly clock: Clock,
  ) {
    this.flows = new RiserFlows(history);
  }

  start(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = null));
    }, LOOK_MS);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.looking;
  }

  /** As it is known, at most 10 s old; null = the ticket is not about water. */
  async of(ticketId: string): Promise<Localisation | null> {
    const known = this.known.get(ticketId);
    // A clock that was set back makes nothing last longer.
    if (known && Math.abs(this.clock.now() - known.at) < EVERY_MS) return known;
    return this.workOut(ticketId);
  }

  private async look(): Promise<void> {
    try {
      const open = await this.db
        .selectFrom('ticket')
        .select(['id', 'event', 'opened_at'])
        .where('state', 'in', ONGOING_STATES)
        .orderBy('opened_at')
        .execute();
      const water = new Map(open.flatMap((t) => (isWaterEvent(t.event) ? [[t.id, t.opened_at] as const] : [])));
      for (const id of this.known.keys()) if (!water.has(id)) this.forget(id);
      for (const [id, openedAt] of water) await this.refresh(id, openedAt);
    } catch (e) {
      this.log.warn(`suspects of open leaks could not be looked for: ${(e as Error).message}`);
    }
  }

  private forget(ticketId: string): void {
    this.known.delete(ticketId);
    this.told.delete(ticketId);
  }

  private isOld(ticketId: string, openedAt: Date): boolean {
    const known = this.known.get(ticketId);
    if (!known) return true;
    const now = this.clock.now();
    const every = now - openedAt.getTime() < LATER_MS ? EVERY_MS : EVERY_MS_LATER;
    if (Math.abs(now - known.at) < every) return false;
    return this.lastHeard(this.unitsOf(known.estate, known.riser, null)) > known.heard;
  }

  private async refresh(ticketId: string, openedAt: Date): Promise<void> {
    // Whoever looks at the ticket has it worked out too, and tells nobody.
    if (this.isOld(ticketId, openedAt)) await this.workOut(ticketId);
    const now = this.known.get(ticketId);
    if (!now || now.order === this.told.get(ticketId)) return;
    await this.transactions.run(now.estate, async (tx) => {
      const r = await loadTicket(tx, ticketId);
      if (!r || !isOngoing(r.ticket.state)) return;
      const first = now.ranking.suspects.slice(0, 3).map((s) => `${s.flow.unit.id} (${s.ground})`);
      tx.journal({ kind: 'localised', ticketId, payload: { reason: first.join(', ') || 'nobody stands out' } });
      showTicket(tx, r, this.directory.current);
    });
    this.told.set(ticketId, now.order);
  }

  private async workOut(ticketId: string): Promise<Localisation | null> {
    const directory = this.directory.current;
    const ticket = await this.db.selectFrom('ticket').selectAll().where('id', '=', ticketId).executeTakeFirst();
    if (!ticket) return null;
    const alarms = await this.db.selectFrom('alarm').selectAll().where('ticket_id', '=', ticketId).execute();
    const water = alarms.filter((a) => isWaterEvent(a.event)).sort((a, b) => (a.id < b.id ? -1 : 1));
    if (water.length === 0) return null;
    const risers = water.map((a) =>
      riserOf(directory, directory.device(a.device_id ?? '') ?? null, { type: a.subject_type, id: a.subject_id }),
    );
    const riser = risers.find((r) => r !== null) ?? null;
    const units = this.unitsOf(ticket.estate_id, riser, ticket.building_id);
    const wet = water.find((a) => a.event === 'pipe.leak' || a.event === 'pipe.backflow');
    const floor = directory.device(wet?.device_id ?? '')?.floor ?? null;
    const open = await this.db
      .selectFrom('alarm')
      .select('device_id')
      .where('estate_id', '=', ticket.estate_id)
      .where('event', 'in', FLOW_ALARMS)
      .where('active', '=', true)
      .where('ended_at', 'is', null)
      .execute();
    const alarmed = new Set(open.flatMap((a) => a.device_id ?? []));
    const now = this.clock.now();
    const heard = this.lastHeard(units);
    const flows = await this.flows.of(units, (u) => this.meterOf(u), alarmed, now);
    const ranking = localiseLeak(flows, { floor });
    const order = ranking.suspects.map((s) => `${s.flow.unit.id} ${s.ground}`).join('\n');
    const found = { ticketId, estate: ticket.estate_id, at: now, riser, ranking, order, heard };
    // Of a ticket that is over nothing is kept.
    if (isOngoing(ticket.state)) this.known.set(ticketId, found);
    return found;
  }

  /** Units that draw from or drain into the riser; without one, all of the building. */
  private unitsOf(estate: string, riser: string | null, building: string | null): readonly UnitEntry[] {
    const directory = this.directory.current;
    const entry = riser === null ? undefined : directory.riser(riser);
    const house = entry?.building ?? building;
    if (house === null || directory.building(house)?.estate !== estate) return [];
    const units = directory.unitsOf(house);
    return riser === null ? units : units.filter((u) => u.waterRiser === riser || u.drainRiser === riser);
  }

  private meterOf(unit: UnitEntry) {
    return this.directory.current
      .devicesOfBuilding(unit.building)
      .find((d) => d.kind === 'water-meter' && d.unit === unit.id);
  }

  /** When any of their meters was heard last, steady ms. */
  private lastHeard(units: readonly UnitEntry[]): number {
    return units.reduce((last, u) => {
      const meter = this.meterOf(u);
      return Math.max(last, (meter && this.live.of(meter.id)?.at) ?? 0);
    }, 0);
  }
}
