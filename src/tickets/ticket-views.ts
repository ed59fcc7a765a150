import { definitionFor } from '../estate/event-definition.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { AlarmView, ClockView, Names, PageView, StepView, TicketView } from '../gateway/views.js';
import {
  procedureOf,
  type AlarmRow,
  type PageRow,
  type SlotRow,
  type StepRow,
  type TicketRow,
} from './ticket-record.js';
import { ticketClocks } from './ticket-clocks.js';

const iso = (d: Date | null): string | null => (d ? d.toISOString() : null);

export function alarmView(a: AlarmRow, directory: EstateDirectory): AlarmView {
  const definition = definitionFor(a.event, directory.device(a.device_id ?? ''));
  return {
    id: a.id,
    estate: a.estate_id,
    subject: { type: a.subject_type, id: a.subject_id },
    device: a.device_id,
    event: a.event,
    title: definition.title,
    place: placeOfTicket(a, directory),
    priority: a.priority,
    state: a.state,
    active: a.active,
    latched: a.latched,
    occurrence: a.occurrence,
    raisedAt: a.raised_at.toISOString(),
    clearedAt: iso(a.cleared_at),
    ackedAt: iso(a.acked_at),
    ackedBy: a.acked_by,
    endedAt: iso(a.ended_at),
    endedHow: a.ended_how,
    shelvedUntil: iso(a.shelved_until),
    reason: a.reason,
    evidence: a.evidence,
    ticketId: a.ticket_id,
    endBy: a.ended_at ? [] : [...definition.endBy],
  };
}

export function placeOfTicket(
  row: { device_id: string | null; subject_type: AlarmRow['subject_type']; subject_id: string },
  directory: EstateDirectory,
): Names {
  const device = row.device_id ? directory.device(row.device_id) : undefined;
  return device
    ? directory.placeOfDevice(device)
    : directory.placeOfSubject({ type: row.subject_type, id: row.subject_id });
}

export const personNames = (username: string, directory: EstateDirectory): Names =>
  directory.person(username)?.names ?? { zh: username, en: username };

interface TicketParts {
  ticket: TicketRow;
  slots: readonly SlotRow[];
  stepsDone: number;
  stepsTotal: number;
}

export function ticketView(r: TicketParts, directory: EstateDirectory): TicketView {
  const t = r.ticket;
  return {
    id: t.id,
    no: t.no,
    estate: t.estate_id,
    event: t.event,
    title: definitionFor(t.event, directory.device(t.device_id ?? '')).title,
    place: placeOfTicket(t, directory),
    priority: t.priority,
    state: t.state,
    round: t.round,
    device: t.device_id,
    building: t.building_id,
    unit: t.unit_id,
    drill: t.drill,
    openedAt: t.opened_at.toISOString(),
    rescuedAt: iso(t.rescued_at),
    overAt: iso(t.over_at),
    overReason: t.over_reason,
    slots: [...r.slots].sort(bySlot).map((s) => ({
      slot: s.slot,
      round: s.round,
      state: s.state,
      ...(s.holder ? { holder: s.holder, holderName: personNames(s.holder, directory) } : {}),
      level: s.level,
      openedAt: s.opened_at.toISOString(),
      filledAt: iso(s.filled_at),
      enRouteAt: iso(s.en_route_at),
      onSiteAt: iso(s.on_site_at),
      lastReassuredAt: iso(s.last_reassured_at),
    })),
    clocks: clocksOf(r, directory),
    stepsDone: r.stepsDone,
    stepsTotal: r.stepsTotal,
  };
}

/** The clocks that run on a ticket as it stands. */
export function clocksOf(r: Pick<TicketParts, 'ticket' | 'slots'>, directory: EstateDirectory): ClockView[] {
  const t = r.ticket;
  return ticketClocks({
    priority: t.priority,
    shape: procedureOf(r).shape,
    setting: directory.estate(t.estate_id)?.setting ?? 'city',
    openedAt: t.danger_since ?? t.opened_at,
    overAt: t.over_at,
    rescuedAt: t.rescued_at,
    slots: r.slots.map((s) => ({
      slot: s.slot,
      state: s.state,
      openedAt: s.opened_at,
      filledAt: s.filled_at,
      enRouteAt: s.en_route_at,
      onSiteAt: s.on_site_at,
      lastReassuredAt: s.last_reassured_at,
    })),
  });
}

const SLOT_ORDER = ['responder', 'rescuer', 'coordinator'];
const bySlot = (a: SlotRow, b: SlotRow): number => SLOT_ORDER.indexOf(a.slot) - SLOT_ORDER.indexOf(b.slot);

export function pageView(p: PageRow, directory: EstateDirectory): PageView {
  return {
    id: p.id,
    ticketId: p.ticket_id,
    person: p.person,
    personName: personNames(p.person, directory),
    phone: directory.person(p.person)?.phone ?? null,
    role: p.role,
    slot: p.slot as PageView['slot'],
    round: p.round,
    level: p.level,
    channel: p.channel,
    state: p.state,
    reason: p.reason,
    silent: p.silent,
    createdAt: p.created_at.toISOString(),
    sentAt: iso(p.sent_at),
    deliveredAt: iso(p.delivered_at),
    seenAt: iso(p.seen_at),
    endedAt: iso(p.ended_at),
  };
}

export function stepView(s: StepRow): StepView {
  return {
    no: s.no,
    key: s.key,
    title: { zh: s.title_zh, en: s.title_en },
    role: s.role,
    limitS: s.limit_s,
    required: s.required,
    evidence: s.evidence,
    state: s.state,
    doneAt: iso(s.done_at),
    doneBy: s.done_by,
    note: s.note,
    after: s.after_keys ?? [],
    skipReasons: [...(s.skip_reasons ?? [])],
    late: s.late_at !== null,
  };
}
