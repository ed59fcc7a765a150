import type { ColumnType } from 'kysely';

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type TextOrNull = ColumnType<string | null, string | null | undefined, string | null>;

/** Whom the control room calls besides the estate's own staff. */
export const CONTACT_KINDS = ['district-station', 'fire', 'police', 'ambulance', 'lift-hotline'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

interface EstateContactTable {
  id: string;
  estate_id: string;
  kind: ContactKind;
  name_zh: string;
  name_en: string;
  phone: string;
  source: ColumnType<'file' | 'run-time', 'file' | 'run-time' | undefined, 'file' | 'run-time'>;
}
interface TierCallTable {
  ticket_id: string;
  tier: 2 | 3;
  estate_id: string;
  due_at: Time;
  because: string;
  asked_at: Time;
  called_at: TimeOrNull;
  called_by: TextOrNull;
  contact: TextOrNull;
  spoke_with: TextOrNull;
  note: TextOrNull;
}
interface MissedLimitTable {
  ticket_id: string;
  clock: string;
  since: Time;
  missed_at: Time;
}

export interface RescueTables {
  estate_contact: EstateContactTable;
  tier_call: TierCallTable;
  missed_limit: MissedLimitTable;
}
