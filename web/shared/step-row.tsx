import { useState } from 'react';
import type { Names, StepView } from '../../src/gateway/views.js';
import type { EvidenceItem } from './evidence.js';
import { EvidenceStrip } from './evidence-strip.js';
import { formatDuration, formatTime } from './format-time.js';
import { useLanguage } from './i18n/language.js';
import { OnBehalf } from './on-behalf.js';
import { PhotoButton } from './photo-button.js';
import { DoneForm, SkipForm } from './step-forms.js';
import type { StepChange, StepEvidence } from './step-list.js';

/** The one step of a rescue that nobody skips (src/tickets/step-rules.ts). */
const RELEASE = 'release';

export function StepRow({
  step,
  before,
  doneBy,
  people,
  timeZone,
  waiting,
  onChange,
  evidence,
}: {
  step: StepView;
  /** Numbers of the open steps that come first. */
  before: readonly number[];
  doneBy: Names | null;
  people: ReadonlyMap<string, Names>;
  timeZone?: string;
  waiting: boolean;
  onChange: StepChange;
  evidence?: StepEvidence;
}) {
  const { t, pick, word } = useLanguage();
  const [form, setForm] = useState<'done' | 'skip' | null>(null);
  const open = step.state === 'open';
  const items: readonly EvidenceItem[] = evidence?.items.filter((e) => e.step === step.no) ?? [];
  const uploads = evidence?.uploads?.filter((u) => u.step === step.no) ?? [];

  const tick = (): void => {
    const arrived = items.some((e) => !e.quarantined) || uploads.some((u) => u.state === 'sent');
    const onItsWay = uploads.some((u) => u.state === 'waiting' || u.state === 'sending');
    if (step.evidence === null || (step.evidence === 'photo' && arrived)) onChange(step.no, 'done');
    // A film on a slow line does not hold up the step.
    else if (step.evidence === 'photo' && onItsWay) onChange(step.no, 'done', t('evidence.follows'));
    else setForm(form === 'done' ? null : 'done');
  };
  const photo = evidence?.onPhoto && (
    <PhotoButton testId={`step-${step.no}-photo`} onFile={(file) => evidence.onPhoto?.(step.no, file)} />
  );
  const send = (change: 'done' | 'skip') => (words: string) => {
    setForm(null);
    onChange(step.no, change, words);
  };

  return (
    <li className={`step is-${step.state} ${waiting ? 'is-waiting' : ''}`} data-step={step.no} data-state={step.state}>
      <button
        type="button"
        className="step-tick"
        data-testid={`step-${step.no}-done`}
        role="checkbox"
        aria-checked={step.state === 'done'}
        aria-label={`${t('step.done')}: ${pick(step.title)}`}
        disabled={!open || before.length > 0}
        onClick={tick}
      >
        {step.state === 'done' ? '✓' : step.state === 'skipped' ? '–' : ''}
      </button>
      <div className="step-words">
        <span className="step-title">{pick(step.title)}</span>
        <span className="step-facts muted">
          <span>{word('role', step.role)}</span>
          {step.late && (
            <span className="step-late" data-testid={`step-${step.no}-late`}>
              {t('step.late')}
            </span>
          )}
          {open && step.required && <span>{t('step.required')}</span>}
          {open && step.evidence !== null && <span>{word('step.evidence', step.evidence)}</span>}
          {open && step.limitS !== null && (
            <span className="num">{t('step.limit', { time: formatDuration(step.limitS * 1000) })}</span>
          )}
          {open && before.length > 0 && <span>{t('step.before', { steps: before.join(', ') })}</span>}
          {step.state === 'skipped' && <span>{t('step.skipped')}</span>}
          {step.doneAt && <time>{formatTime(step.doneAt, timeZone)}</time>}
          {doneBy && <span>{pick(doneBy)}</span>}
          <OnBehalf by={step.onBehalfBy} names={people} />
          {step.note && <span>“{step.note}”</span>}
        </span>
      </div>
      {open && step.key === RELEASE ? null : open ? (
        <button
          type="button"
          className="button is-plain step-side"
          data-testid={`step-${step.no}-skip`}
          onClick={() => setForm(form === 'skip' ? null : 'skip')}
        >
          {t('step.skip')}
        </button>
      ) : (
        <button
          type="button"
          className="button is-plain step-side"
          data-testid={`step-${step.no}-undo`}
          onClick={() => onChange(step.no, 'reopen')}
        >
          {t('step.undo')}
        </button>
      )}
      {evidence && (
        <EvidenceStrip
          items={items}
          uploads={uploads}
          people={people}
          timeZone={timeZone}
          look={evidence.look}
          onDrop={evidence.onDrop}
        />
      )}
      {open && step.evidence === 'photo' && form !== 'done' && photo}
      {open && form === 'done' && (
        <DoneForm step={step} photo={step.evidence === 'photo' && photo} onSubmit={send('done')} />
      )}
      {open && form === 'skip' && <SkipForm step={step} onSubmit={send('skip')} />}
    </li>
  );
}
