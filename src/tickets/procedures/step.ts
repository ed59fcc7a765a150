import type { ProcedureStep } from '../procedure.js';

/** One step on one line, as the handbook lists them. `limitS` in seconds from the ticket's opening. */
export const step = (
  key: string,
  zh: string,
  en: string,
  role: ProcedureStep['role'],
  limitS: number | null,
  required: boolean,
  evidence: ProcedureStep['evidence'] = null,
): ProcedureStep => ({ key, title: { zh, en }, role, limitS, required, evidence });
