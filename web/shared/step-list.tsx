import type { Names, StepView } from '../../src/gateway/views.js';
import type { EvidenceItem } from './evidence.js';
import type { LookAt } from './evidence-strip.js';
import type { Upload } from './evidence-uploads.js';
import { StepRow } from './step-row.js';

export type StepChange = (no: number, change: 'done' | 'skip' | 'reopen', note?: string) => void;

/** Photos and films of the ticket, and how a page adds one (absent = it does not). */
export interface StepEvidence {
  readonly items: readonly EvidenceItem[];
  readonly uploads?: readonly Upload[];
  readonly look: LookAt;
  readonly onPhoto?: (step: number, file: File) => void;
  readonly onDrop?: (id: number) => void;
}

/** The procedure of a ticket: tick, skip with a reason, undo a slip. `waiting`: numbers that are not sent yet. */
export function StepList({
  steps,
  people,
  timeZone,
  waiting,
  onChange,
  evidence,
}: {
  steps: readonly StepView[];
  people: ReadonlyMap<string, Names>;
  timeZone?: string;
  waiting?: ReadonlySet<number>;
  onChange: StepChange;
  evidence?: StepEvidence;
}) {
  return (
    <ol className="steps">
      {steps.map((step) => (
        <StepRow
          key={step.no}
          step={step}
          doneBy={step.doneBy === null ? null : (people.get(step.doneBy) ?? { zh: step.doneBy, en: step.doneBy })}
          before={steps.filter((s) => s.state === 'open' && step.after.includes(s.key)).map((s) => s.no)}
          people={people}
          timeZone={timeZone}
          waiting={waiting?.has(step.no) ?? false}
          onChange={onChange}
          evidence={evidence}
        />
      ))}
    </ol>
  );
}
