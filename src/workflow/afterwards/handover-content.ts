import { hours } from '../../kernel/durations.js';
import type { EstateDirectory } from '../../estate/estate-directory.js';
import { definitionFor } from '../../estate/event-definition.js';
import type { HandoverContent } from '../../gateway/task-views.js';
import type { EstateTransaction } from '../../platform/estate-transaction.js';
import { PROVED_WITHIN_MS } from '../../tickets/alarm-path-schedule.js';
import { alarmView, placeOfTicket } from '../../tickets/ticket-views.js';

/** Follow-ups due within this time stand in a handover. */
const DUE_SOON_MS = hours(12);

/** What the next shift must know, as it stands now: everything open, and nobody's telephone number. */
export async function handoverContent(
  tx: EstateTransaction,
  directory: EstateDirectory,
  since: number,
): Promise<HandoverContent> {
  const { trx, estate } = tx;
  const tickets = await trx
    .selectFrom('ticket')
    .selectAll()
    .where('estate_id', '=', estate)
    .where('state', 'not in', ['closed', 'false-alarm', 'cancelled'])
    .orderBy('priority')
    .orderBy('opened_at')
    .execute();
  const slots = tickets.length
    ? await trx
        .selectFrom('slot')
        .select(['ticket_id', 'holder'])
        .where(
          'ticket_id',
          'in',
          tickets.map((t) => t.id),
        )
        .where('holder', 'is not', null)
        .execute()
    : [];
  const alarms = await trx
    .selectFrom('alarm')
    .selectAll()
    .where('estate_id', '=', estate)
    .where('ended_at', 'is', null)
    .where('state', 'in', ['UNACK', 'RTNUN', 'LUNACK', 'SHLVD'])
    .orderBy('priority')
    .orderBy('raised_at')
    .execute();
  const offline = await trx
    .selectFrom('alarm')
    .select('device_id')
    .where('estate_id', '=', estate)
    .where('event', '=', 'device.offline')
    .where('active', '=', true)
    .where('ended_at', 'is', null)
    .execute();
  const followUps = await trx
    .selectFrom('follow_up')
    .selectAll()
    .where('estate_id', '=', estate)
    .where('state', '=', 'open')
    .where('due_at', '<', new Date(tx.now + DUE_SOON_MS))
    .orderBy('due_at')
    .execute();
  const missed = await trx
    .selectFrom('patrol_round')
    .select(['id', 'from_at', 'device_ids'])
    .select((e) =>
      e
        .selectFrom('patrol_check')
        .whereRef('patrol_check.round_id', '=', 'patrol_round.id')
        .select((x) => x.fn.countAll<number>().as('n'))
        .as('seen'),
    )
    .where('estate_id', '=', estate)
    .where('state', '=', 'missed')
    .where('due_at', '>', new Date(since))
    .orderBy('from_at')
    .execute();
  const paths = await trx.selectFrom('alarm_path').selectAll().where('estate_id', '=', estate).execute();
  const unsigned = await trx
    .selectFrom('shift_handover')
    .select(['id', 'to_at'])
    .where('estate_id', '=', estate)
    .where('signed_at', 'is', null)
    .orderBy('to_at', 'desc')
    .limit(20)
    .execute();

  const out = new Set(offline.flatMap((o) => (o.device_id ? [o.device_id] : [])));
  return {
    tickets: tickets.map((t) => ({
      id: t.id,
      no: t.no,
      title: definitionFor(t.event, directory.device(t.device_id ?? '')).title,
      place: placeOfTicket(t, directory),
      priority: t.priority,
      state: t.drill ? `${t.state} (drill)` : t.state,
      holders: slots.flatMap((s) => (s.ticket_id === t.id && s.holder ? [s.holder] : [])),
    })),
    unacknowledged: alarms
      .filter((a) => a.state !== 'SHLVD')
      .map((a) => alarmView(a, directory))
      .map(({ id, title, place, priority, raisedAt }) => ({ id, title, place, priority, raisedAt })),
    shelved: alarms
      .filter((a) => a.state === 'SHLVD')
      .map((a) => alarmView(a, directory))
      .map(({ id, title, place, shelvedUntil }) => ({ id, title, place, until: shelvedUntil })),
    devicesOut: directory
      .devicesOfEstate(estate)
      .filter((d) => out.has(d.id) || d.life === 'maintenance')
      .map((d) => ({
        id: d.id,
        place: directory.placeOfDevice(d),
        why: d.life === 'maintenance' ? 'maintenance' : 'offline',
      })),
    followUps: followUps.map((f) => ({
      id: f.id,
      title: { zh: f.title_zh, en: f.title_en },
      place: directory.placeOfSubject({ type: f.subject_type, id: f.subject_id }),
      dueAt: f.due_at?.toISOString() ?? null,
      overdue: f.due_at !== null && f.due_at.getTime() < tx.now,
    })),
    patrolsMissed: missed.map((m) => ({
      id: m.id,
      from: m.from_at.toISOString(),
      open: m.device_ids.length - Number(m.seen ?? 0),
    })),
    alarmPaths: paths.flatMap((p) => {
      const late = tx.now - (p.last_passed_at ?? p.since).getTime() >= PROVED_WITHIN_MS;
      const device = directory.device(p.device_id);
      if (!device || (!late && p.fails === 0)) return [];
      return [{ device: p.device_id, place: directory.placeOfDevice(device), state: late ? 'overdue' : 'failed' }];
    }),
    unsigned: unsigned.map((u) => ({ id: u.id, to: u.to_at.toISOString() })),
  };
}
