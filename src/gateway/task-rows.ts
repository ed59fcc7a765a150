import type { Selectable } from 'kysely';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { Database } from '../platform/database-schema.js';
import { personNames } from '../tickets/ticket-views.js';
import type {
  AlarmPathTestView,
  FollowUpView,
  HandoverContent,
  HandoverView,
  InspectionView,
  PatrolRoundView,
  WeatherFlagView,
} from './task-views.js';

type Row<T extends keyof Database> = Selectable<Database[T]>;
const iso = (d: Date | null): string | null => d?.toISOString() ?? null;

export function followUpView(
  r: Row<'follow_up'>,
  ticketNo: string | null,
  directory: EstateDirectory,
  now: number,
): FollowUpView {
  return {
    id: r.id,
    estate: r.estate_id,
    kind: r.kind,
    title: { zh: r.title_zh, en: r.title_en },
    place: directory.placeOfSubject({ type: r.subject_type, id: r.subject_id }),
    subject: { type: r.subject_type, id: r.subject_id },
    ticketId: r.ticket_id,
    ticketNo,
    note: r.note,
    role: r.role,
    assignee: r.assignee,
    assigneeName: r.assignee ? personNames(r.assignee, directory) : null,
    state: r.state,
    waitsFor: r.waits_for,
    dueAt: iso(r.due_at),
    overdue: r.state === 'open' && r.due_at !== null && r.due_at.getTime() < now,
    createdAt: r.created_at.toISOString(),
    createdBy: r.created_by,
    endedAt: iso(r.ended_at),
    endedBy: r.ended_by,
    outcome: r.outcome,
    reason: r.reason,
    satisfaction: r.satisfaction,
  };
}

export function inspectionView(
  r: Row<'inspection'>,
  units: readonly Row<'inspection_unit'>[],
  at: { directory: EstateDirectory; now: number; mayKnowKeys: boolean },
): InspectionView {
  const { directory } = at;
  return {
    id: r.id,
    estate: r.estate_id,
    occasion: r.occasion,
    dueAt: r.due_at.toISOString(),
    overdue: r.ended_at === null && r.due_at.getTime() < at.now,
    createdAt: r.created_at.toISOString(),
    endedAt: iso(r.ended_at),
    done: units.filter((u) => u.state !== 'open').length,
    total: units.length,
    units: units
      .map((u) => {
        const unit = directory.unit(u.unit_id);
        return {
          unit: u.unit_id,
          place: directory.placeOfSubject({ type: 'unit', id: u.unit_id }),
          floor: unit?.floor ?? 0,
          occupancy: unit?.occupancy ?? 'vacant',
          keyCustody: at.mayKnowKeys ? (unit?.keyCustody ?? null) : null,
          state: u.state,
          at: iso(u.at),
          by: u.by,
          note: u.note,
          evidence: u.evidence,
          ticketId: u.ticket_id,
        };
      })
      // As one walks: building by building, from the top down.
      .sort(
        (a, b) =>
          building(a.unit, directory).localeCompare(building(b.unit, directory)) ||
          b.floor - a.floor ||
          a.unit.localeCompare(b.unit),
      ),
  };
}

const building = (unit: string, directory: EstateDirectory): string => directory.unit(unit)?.building ?? '';

export function roundView(
  r: Row<'patrol_round'>,
  checks: readonly Row<'patrol_check'>[],
  directory: EstateDirectory,
): PatrolRoundView {
  return {
    id: r.id,
    estate: r.estate_id,
    from: r.from_at.toISOString(),
    dueAt: r.due_at.toISOString(),
    state: r.state,
    endedAt: iso(r.ended_at),
    points: r.device_ids.map((device) => {
      const c = checks.find((x) => x.device_id === device);
      return {
        device,
        place: directory.placeOfSubject({ type: 'device', id: device }),
        result: c?.result ?? null,
        at: iso(c?.at ?? null),
        by: c?.by ?? null,
        evidence: c?.evidence ?? null,
        note: c?.note ?? null,
      };
    }),
  };
}

export const alarmPathTestView = (t: Row<'alarm_path_test'>): AlarmPathTestView => ({
  id: t.id,
  device: t.device_id,
  how: t.how,
  state: t.state,
  askedAt: t.asked_at.toISOString(),
  askedBy: t.asked_by,
  heardAt: iso(t.heard_at),
  endedAt: iso(t.ended_at),
  reason: t.reason,
  proof: t.proof,
});

export const flagView = (f: Row<'weather_flag'>): WeatherFlagView => ({
  id: f.id,
  estate: f.estate_id,
  kind: f.kind,
  from: f.from_at.toISOString(),
  to: f.to_at.toISOString(),
  source: f.source,
  setBy: f.set_by,
});

export function handoverView(r: Row<'shift_handover'>, directory: EstateDirectory): HandoverView {
  const named = (people: readonly string[]): HandoverView['outgoing'] =>
    people.map((username) => ({ username, name: personNames(username, directory) }));
  return {
    id: r.id,
    estate: r.estate_id,
    from: r.from_at.toISOString(),
    to: r.to_at.toISOString(),
    writtenAt: r.written_at.toISOString(),
    outgoing: named(r.outgoing),
    incoming: named(r.incoming),
    content: r.content as unknown as HandoverContent,
    sha256: r.content_sha256,
    signedAt: iso(r.signed_at),
    signedBy: r.signed_by,
    signedByName: r.signed_by ? personNames(r.signed_by, directory) : null,
    note: r.sign_note,
  };
}
