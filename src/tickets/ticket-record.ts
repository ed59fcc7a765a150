import { CompiledQuery, type Selectable } from 'kysely';
import type { Database } from '../platform/database-schema.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import type { SlotName } from '../gateway/views.js';
import type { Policy, SlotPolicy } from '../paging/policy.js';
import type { Procedure } from './procedure.js';
import { isOngoing } from './ticket-moves.js';

export type TicketRow = Selectable<Database['ticket']>;
export type SlotRow = Selectable<Database['slot']>;
export type PageRow = Selectable<Database['page']>;
export type StepRow = Selectable<Database['ticket_step']>;
export type AlarmRow = Selectable<Database['alarm']>;

/**
 * A ticket with everything that hangs on it, as it stands inside one transaction. The ticket row is locked first, so
 * that accept, clear and escalation of one ticket follow each other (law 5); what changes in the database changes
 * here too, and the views for the change log are rendered from here.
 */
export interface TicketRecord {
  readonly ticket: TicketRow;
  readonly slots: SlotRow[];
  readonly pages: PageRow[];
  readonly steps: StepRow[];
  readonly alarms: AlarmRow[];
}

export const procedureOf = (r: { ticket: TicketRow }): Procedure => r.ticket.procedure as Procedure;
export const policyOf = (r: { ticket: TicketRow }): Policy => r.ticket.policy as Policy;
export const slotOf = (r: TicketRecord, name: SlotName): SlotRow | undefined => r.slots.find((s) => s.slot === name);
export const slotPolicyOf = (r: TicketRecord, name: SlotName): SlotPolicy | undefined =>
  policyOf(r).slots.find((s) => s.slot === name);

/** Pages that may still ring: not answered, failed or withdrawn. */
export const isLivePage = (p: PageRow): boolean =>
  p.state === 'queued' || p.state === 'sent' || p.state === 'delivered' || p.state === 'seen';

/**
 * One record a ticket and transaction: new rows are in the database only at its end, so that a second finding of the
 * same message would not see what the first one has opened, and open it again.
 */
const recordsOf = new WeakMap<EstateTransaction, TicketRecord[]>();

export function keepRecord(tx: EstateTransaction, r: TicketRecord): TicketRecord {
  const kept = recordsOf.get(tx);
  if (kept) kept.push(r);
  else recordsOf.set(tx, [r]);
  return r;
}

/** A ticket that this transaction holds already, also one that it has just opened. */
export const keptTicket = (tx: EstateTransaction, match: (r: TicketRecord) => boolean): TicketRecord | undefined =>
  recordsOf.get(tx)?.find(match);

/** Locks and loads a ticket; null when there is none. */
export async function loadTicket(tx: EstateTransaction, id: string): Promise<TicketRecord | null> {
  const kept = recordsOf.get(tx)?.find((r) => r.ticket.id === id);
  if (kept) return kept;
  const ticket = await tx.trx
    .selectFrom('ticket')
    .selectAll()
    .where('id', '=', id)
    .where('estate_id', '=', tx.estate)
    .forUpdate()
    .executeTakeFirst();
  return ticket ? loadParts(tx, ticket) : null;
}

/** Locks and loads the ongoing ticket of a car; null when there is none. */
export async function loadOngoingTicketOfCar(tx: EstateTransaction, car: string): Promise<TicketRecord | null> {
  const kept = recordsOf.get(tx)?.find((r) => r.ticket.car_id === car && isOngoing(r.ticket.state));
  if (kept) return kept;
  const ticket = await tx.trx
    .selectFrom('ticket')
    .selectAll()
    .where('car_id', '=', car)
    .where('state', 'in', ['opened', 'accepted', 'en-route', 'on-site', 'contained'])
    .forUpdate()
    .executeTakeFirst();
  return ticket ? loadParts(tx, ticket) : null;
}

/** All that hangs on a ticket, in one question: each round trip is a wait while others hold their breath. */
const PARTS = `select
  (select jsonb_agg(to_jsonb(s)) from slot s where s.ticket_id = $1) as slots,
  (select jsonb_agg(to_jsonb(p) order by p.created_at, p.id) from page p where p.ticket_id = $1) as pages,
  (select jsonb_agg(to_jsonb(t) order by t.no) from ticket_step t where t.ticket_id = $1) as steps,
  (select jsonb_agg(to_jsonb(a) order by a.raised_at, a.id) from alarm a where a.ticket_id = $1) as alarms`;

type Part = Record<string, unknown>;

async function loadParts(tx: EstateTransaction, ticket: TicketRow): Promise<TicketRecord> {
  const answer = await tx.trx.executeQuery<Record<'slots' | 'pages' | 'steps' | 'alarms', Part[] | null>>(
    CompiledQuery.raw(PARTS, [ticket.id]),
  );
  const [found] = answer.rows;
  return keepRecord(tx, {
    ticket,
    slots: rowsOf<SlotRow>(found?.slots, SLOT),
    pages: rowsOf<PageRow>(found?.pages, PAGE),
    steps: rowsOf<StepRow>(found?.steps, STEP),
    alarms: rowsOf<AlarmRow>(found?.alarms, ALARM),
  });
}

type Instants<T> = { [K in keyof T]-?: Date extends T[K] ? K : never }[keyof T];
/** Columns that hold an instant, all of them: one that is left out does not compile. */
type InstantsOf<T> = Readonly<Record<Instants<T> & string, true>>;

const SLOT: InstantsOf<SlotRow> = {
  ...{ opened_at: true, filled_at: true, en_route_at: true, on_site_at: true },
  ...{ asked_again_at: true, last_reassured_at: true },
};
const PAGE: InstantsOf<PageRow> = {
  ...{ created_at: true, sent_at: true, delivered_at: true, seen_at: true, ended_at: true },
};
const STEP: InstantsOf<StepRow> = { done_at: true, limit_from: true, late_at: true };
const ALARM: InstantsOf<AlarmRow> = {
  ...{ raised_at: true, since: true, cleared_at: true, acked_at: true, ended_at: true, shelved_until: true },
};

/** Rows as the driver would give them: JSON has no instants. */
function rowsOf<T>(parts: Part[] | null | undefined, instants: InstantsOf<T>): T[] {
  for (const part of parts ?? [])
    for (const column in instants) {
      const value = part[column];
      if (typeof value === 'string') part[column] = new Date(value);
    }
  return (parts ?? []) as T[];
}

/** Writes changed columns of the ticket and keeps the record equal. */
export async function patchTicket(tx: EstateTransaction, r: TicketRecord, patch: Partial<TicketRow>): Promise<void> {
  const version = r.ticket.version + 1;
  Object.assign(r.ticket, patch, { version });
  if (tx.isFresh(r.ticket)) return;
  const columns = { ...patch, version } as Record<string, unknown>;
  for (const json of ['procedure', 'policy']) if (json in columns) columns[json] = JSON.stringify(columns[json]);
  await tx.trx.updateTable('ticket').set(columns).where('id', '=', r.ticket.id).execute();
}

export async function patchSlot(
  tx: EstateTransaction,
  r: TicketRecord,
  slot: SlotRow,
  patch: Partial<SlotRow>,
): Promise<void> {
  Object.assign(slot, patch);
  if (tx.isFresh(slot)) return;
  await tx.trx
    .updateTable('slot')
    .set(patch)
    .where('ticket_id', '=', r.ticket.id)
    .where('slot', '=', slot.slot)
    .execute();
}

export async function patchAlarm(tx: EstateTransaction, alarm: AlarmRow, patch: Partial<AlarmRow>): Promise<void> {
  Object.assign(alarm, patch);
  const columns = { ...patch } as Record<string, unknown>;
  if ('evidence' in columns) columns['evidence'] = JSON.stringify(columns['evidence']);
  await tx.trx.updateTable('alarm').set(columns).where('id', '=', alarm.id).execute();
}

/** Moves pages to a final or later state, if they are still live; returns those that moved. */
export async function patchPages(
  tx: EstateTransaction,
  pages: readonly PageRow[],
  patch: Partial<PageRow>,
): Promise<PageRow[]> {
  const live = pages.filter(isLivePage);
  if (live.length === 0) return [];
  const moved = await tx.trx
    .updateTable('page')
    .set(patch)
    .where(
      'id',
      'in',
      live.map((p) => p.id),
    )
    .where('state', 'in', ['queued', 'sent', 'delivered', 'seen'])
    .returningAll()
    .execute();
  // As they are now: a receipt may have been written since they were loaded, it does not wait for the ticket.
  const rows = new Map(moved.map((m) => [m.id, m]));
  const done = live.filter((p) => rows.has(p.id));
  for (const p of done) Object.assign(p, rows.get(p.id));
  return done;
}
