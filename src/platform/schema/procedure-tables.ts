import type { ColumnType } from 'kysely';

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

interface ProcedureVersionTable {
  scope: 'organisation' | 'estate';
  scope_id: string;
  procedure_id: string;
  /** From 2 on; 1 is what the program brings. */
  version: number;
  state: 'draft' | 'published' | 'retired';
  /** ProcedureSpec of src/tickets/procedure-spec.ts; written with JSON.stringify. */
  spec: ColumnType<unknown, string, string>;
  written_at: Time;
  written_by: string;
  published_at: TimeOrNull;
  published_by: string | null;
  retired_at: TimeOrNull;
  retired_by: string | null;
}

/** Photos and films; the file is named by its content (src/tickets/evidence/evidence-store.ts). */
interface EvidenceTable {
  id: string;
  estate_id: string;
  ticket_id: string;
  /** 0 = of the ticket as a whole. */
  step_no: number;
  sha256: string;
  kind: 'photo' | 'film';
  mime: string;
  bytes: number;
  state: 'kept' | 'quarantined';
  /** Why it was quarantined. */
  reason: string | null;
  position: 'removed' | 'kept';
  at: Time;
  by: string;
}

export interface ProcedureTables {
  procedure_version: ProcedureVersionTable;
  evidence: EvidenceTable;
}
