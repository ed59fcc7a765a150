import type { ColumnType } from 'kysely';
import type { PolicyEvent, PolicyPriority, PolicyScope, SlotPolicy } from '../../estate/escalation-policy.js';

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

export type PolicyState = 'draft' | 'published' | 'retired';

interface EscalationPolicyTable {
  scope: PolicyScope;
  scope_id: string;
  event: PolicyEvent;
  priority: PolicyPriority;
  version: number;
  state: PolicyState;
  /** Written as JSON text: pg would make a PostgreSQL array of it. */
  slots: ColumnType<readonly SlotPolicy[], string, string>;
  reason: string;
  saved_by: string;
  saved_at: Time;
  published_by: string | null;
  published_at: TimeOrNull;
  retired_by: string | null;
  retired_at: TimeOrNull;
}

/** Tables of migration 0008. */
export interface PolicyTables {
  escalation_policy: EscalationPolicyTable;
}
