import type { EventName } from '../kernel/events.js';
import type { ProcedureDiff } from '../tickets/procedure-diff.js';
import type { SpecProblem } from '../tickets/procedure-spec.js';
import type { Names, Role } from './views.js';

export interface ProcedureStepView {
  key: string;
  title: Names;
  role: Role;
  /** Seconds from the ticket's opening; null = no limit. */
  limitS: number | null;
  required: boolean;
  evidence: 'photo' | 'reading' | 'name' | 'note' | null;
  /** Keys of steps that are done or skipped before it. */
  after: string[];
  skipReasons: Names[];
}

export type ProcedureScope = 'built-in' | 'organisation' | 'estate';

/** One version of a procedure; `scopeId` is null for what the program brings (version 1). */
export interface ProcedureVersionView {
  id: string;
  version: number;
  scope: ProcedureScope;
  scopeId: string | null;
  state: 'draft' | 'published' | 'retired';
  shape: 'rescue' | 'contain' | 'plain';
  title: Names;
  steps: ProcedureStepView[];
  writtenAt: string | null;
  writtenBy: string | null;
  publishedAt: string | null;
  publishedBy: string | null;
  retiredAt: string | null;
  retiredBy: string | null;
}

/** What holds in an estate. */
export interface ProcedureInForceView {
  id: string;
  title: Names;
  shape: 'rescue' | 'contain' | 'plain';
  /** What follows it. */
  events: { name: EventName; title: Names }[];
  version: number;
  scope: ProcedureScope;
  steps: number;
}

export type ProcedureHistoryItem = Omit<ProcedureVersionView, 'steps'> & { steps: number };

export interface ProcedureCheckView {
  ok: boolean;
  problems: SpecProblem[];
}

/** A draft against what it would replace. */
export interface ProcedureDiffView extends ProcedureDiff {
  id: string;
  from: { scope: ProcedureScope; version: number };
  to: { scope: ProcedureScope; version: number };
}
