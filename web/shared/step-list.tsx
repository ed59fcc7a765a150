import type { Names, StepView } from '../../src/gateway/views.js';
import { StepRow } from './step-row.js';

export type StepChange = (no: number, change: 'done' | 'skip' | 'reopen', note?: string) => void;

/** The procedure of a ticket: tick, skip with a reason, undo a slip. `waiting`: numbers that are not sent yet. */
export function StepList({
  steps,
  people,
  timeZone,
  waiting,
  onChange,
}: {
  steps: readonly StepView[];
  people: ReadonlyMap<string, Names>;
  timeZone?: string;
  waiting?: ReadonlySet<number>;
  onChange: StepChange;
}) {
  return (
    <ol className="steps">
      {steps.map((step) => (
        <StepRow
          key={step.no}
          step={step}
          doneBy={step.doneBy === null ? null : (people.get(step.doneBy) ?? { zh: step.doneBy, en: step.doneBy })}
          people={people}
          timeZone={timeZone}
          waiting={waiting?.has(step.no) ?? false}
          onChange={onChange}
        />
      ))}
    </ol>
  );
}
