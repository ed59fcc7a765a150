import type { Names, Role } from '../gateway/views.js';
import type { ProcedureShape } from './ticket-moves.js';

export interface ProcedureStep {
  readonly key: string;
  readonly title: Names;
  readonly role: Role;
  /** Seconds from the ticket's opening within which it should be done; null = no limit. */
  readonly limitS: number | null;
  readonly required: boolean;
  readonly evidence: 'photo' | 'reading' | 'name' | 'note' | null;
}

/** A handbook procedure. A ticket keeps a copy of the version it was opened with. */
export interface Procedure {
  readonly id: string;
  readonly version: number;
  readonly shape: ProcedureShape;
  readonly title: Names;
  readonly steps: readonly ProcedureStep[];
}
