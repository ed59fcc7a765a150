import type { Names, Role } from '../gateway/views.js';
import type { ProcedureShape } from './ticket-moves.js';

/** What must be there for a step to be done (src/tickets/step-rules.ts). */
export const EVIDENCE_KINDS = ['photo', 'reading', 'name', 'note'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export interface ProcedureStep {
  readonly key: string;
  readonly title: Names;
  readonly role: Role;
  /** Seconds from the ticket's opening within which it should be done; null = no limit. */
  readonly limitS: number | null;
  readonly required: boolean;
  readonly evidence: EvidenceKind | null;
  /** Keys of steps that are done or skipped before. */
  readonly after?: readonly string[];
  /** What may be the reason to skip it, to choose from; words of one's own will always do. */
  readonly skipReasons?: readonly Names[];
}

/** A handbook procedure. A ticket keeps a copy of the version it was opened with. */
export interface Procedure {
  readonly id: string;
  readonly version: number;
  /** Whose version it is; absent = the program's own. */
  readonly scope?: 'organisation' | 'estate';
  readonly shape: ProcedureShape;
  readonly title: Names;
  readonly steps: readonly ProcedureStep[];
}

/** Every rescue has it, nobody skips it: the person who opened the car says that the people are out (DB32/T 4130). */
export const RELEASE_STEP = 'release';
