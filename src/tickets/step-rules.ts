import type { Names } from '../gateway/views.js';
import type { EvidenceKind, ProcedureStep } from './procedure.js';
import { RELEASE_STEP } from './procedure.js';
import type { ProcedureShape } from './ticket-moves.js';

export type StepAction = 'done' | 'skip' | 'reopen';

/** A step of a running ticket, as the rules need it. */
export interface RunningStep {
  readonly no: number;
  readonly key: string;
  readonly title: Names;
  readonly required: boolean;
  readonly evidence: EvidenceKind | null;
  readonly after: readonly string[];
  readonly state: 'open' | 'done' | 'skipped';
}

/** A step that something waits for, as a refusal lists it. */
export interface StepName {
  readonly no: number;
  readonly key: string;
  readonly title: Names;
}

export type StepDecision =
  | { readonly ok: true; readonly state: RunningStep['state']; readonly same: boolean }
  | {
      readonly ok: false;
      readonly kind: 'invalid' | 'conflict';
      readonly message: string;
      readonly reason: string;
      readonly missing?: readonly StepName[];
      readonly evidence?: EvidenceKind;
    };

const STATE_AFTER = { done: 'done', skip: 'skipped', reopen: 'open' } as const;
const nameOf = ({ no, key, title }: RunningStep): StepName => ({ no, key, title });
const listed = (steps: readonly StepName[]): string => steps.map((s) => `${s.no} ${s.title.en}`).join('; ');

/**
 * May this be reported of a step? Its predecessors come first; what it asks for must be there; a skip needs words (those
 * of its list or one's own); nobody skips the release of trapped people; a slip is taken back from the end.
 * @param photos photos and films that are kept for it
 */
export function decideStep(
  steps: readonly RunningStep[],
  step: RunningStep,
  action: StepAction,
  given: { note: string | undefined; photos: number; shape: ProcedureShape },
): StepDecision {
  const state = STATE_AFTER[action];
  if (step.state === state) return { ok: true, state, same: true };
  if (step.state !== 'open' && state !== 'open') {
    return conflict(`This step is ${step.state} already.`, `step is ${step.state}`);
  }
  if (action === 'reopen') {
    const later = steps.filter((s) => s.state === 'done' && s.after.includes(step.key)).map(nameOf);
    if (later.length === 0) return { ok: true, state, same: false };
    return conflict(`Undo first what came after it: ${listed(later)}.`, 'a later step is done', later);
  }
  if (action === 'skip') {
    if (given.shape === 'rescue' && step.key === RELEASE_STEP) {
      return conflict(
        'The release is not skipped: whoever opened the car confirms that nobody is inside.',
        'the release must be confirmed',
        [nameOf(step)],
      );
    }
    if (given.note?.trim()) return { ok: true, state, same: false };
    return {
      ok: false,
      kind: 'invalid',
      message: 'Say why this step is skipped.',
      reason: 'a skipped step needs a reason',
    };
  }
  const before = steps.filter((s) => s.state === 'open' && step.after.includes(s.key)).map(nameOf);
  if (before.length > 0) return conflict(`Not yet: first ${listed(before)}.`, 'an earlier step is open', before);
  const lacks = lacking(step.evidence, given.note, given.photos);
  if (lacks === null) return { ok: true, state, same: false };
  return {
    ok: false,
    kind: 'invalid',
    message: lacks,
    reason: 'evidence is missing',
    evidence: step.evidence ?? 'note',
  };
}

/**
 * What is missing for `done`, as a sentence; null = nothing. A photo may be replaced by words that say why there is none:
 * a dead phone must not hold a rescue open.
 */
function lacking(evidence: EvidenceKind | null, note: string | undefined, photos: number): string | null {
  const words = note?.trim() ?? '';
  switch (evidence) {
    case null:
      return null;
    case 'photo':
      return photos > 0 || words !== ''
        ? null
        : 'This step wants a photo or film, or a note that says why there is none.';
    case 'reading':
      return /\d/.test(words) ? null : 'This step wants a reading: a number in the note.';
    case 'name':
      return words !== '' ? null : 'This step wants a name in the note.';
    case 'note':
      return words !== '' ? null : 'This step wants a note.';
  }
}

const conflict = (message: string, reason: string, missing?: readonly StepName[]): StepDecision => ({
  ok: false,
  kind: 'conflict',
  message,
  reason,
  ...(missing ? { missing } : {}),
});

/**
 * What still keeps a ticket from being resolved or closed: on a rescue every required step that is neither done nor
 * skipped with a reason, and the release unless it is done. Other procedures are closed by whoever answers for them; what
 * was left open stands in the journal.
 */
export function missingForClosing(shape: ProcedureShape, steps: readonly RunningStep[]): readonly StepName[] {
  if (shape !== 'rescue') return [];
  return steps
    .filter((s) => (s.key === RELEASE_STEP ? s.state !== 'done' : s.required && s.state === 'open'))
    .map(nameOf);
}

/** When a step's limit passes; null = it has none. `from` in ms. */
export const limitEnds = (limitS: ProcedureStep['limitS'], from: number): number | null =>
  limitS === null ? null : from + limitS * 1000;
