import { useState, type FormEvent } from 'react';
import type { Names, StepView } from '../../src/gateway/views.js';
import { formatDuration, formatTime } from './format-time.js';
import { useLanguage } from './i18n/language.js';
import { OnBehalf } from './on-behalf.js';
import type { StepChange } from './step-list.js';

export function StepRow({
  step,
  doneBy,
  people,
  timeZone,
  waiting,
  onChange,
}: {
  step: StepView;
  doneBy: Names | null;
  people: ReadonlyMap<string, Names>;
  timeZone?: string;
  waiting: boolean;
  onChange: StepChange;
}) {
  const { t, pick, word } = useLanguage();
  const [skipping, setSkipping] = useState(false);
  const [why, setWhy] = useState('');
  const open = step.state === 'open';

  const skip = (event: FormEvent): void => {
    event.preventDefault();
    if (why.trim() === '') return;
    onChange(step.no, 'skip', why.trim());
    setSkipping(false);
    setWhy('');
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
        disabled={!open}
        onClick={() => onChange(step.no, 'done')}
      >
        {step.state === 'done' ? '✓' : step.state === 'skipped' ? '–' : ''}
      </button>
      <div className="step-words">
        <span className="step-title">{pick(step.title)}</span>
        <span className="step-facts muted">
          <span>{word('role', step.role)}</span>
          {open && step.required && <span>{t('step.required')}</span>}
          {open && step.limitS !== null && (
            <span className="num">{t('step.limit', { time: formatDuration(step.limitS * 1000) })}</span>
          )}
          {step.state === 'skipped' && <span>{t('step.skipped')}</span>}
          {step.doneAt && <time>{formatTime(step.doneAt, timeZone)}</time>}
          {doneBy && <span>{pick(doneBy)}</span>}
          <OnBehalf by={step.onBehalfBy} names={people} />
          {step.note && <span>“{step.note}”</span>}
        </span>
      </div>
      {open ? (
        <button
          type="button"
          className="button is-plain step-side"
          data-testid={`step-${step.no}-skip`}
          onClick={() => setSkipping(!skipping)}
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
      {skipping && open && (
        <form className="step-skip" onSubmit={skip}>
          <input
            className="input"
            autoFocus
            required
            placeholder={t('step.skipWhy')}
            value={why}
            onChange={(e) => setWhy(e.target.value)}
          />
          <button className="button is-strong" type="submit">
            {t('step.skip')}
          </button>
        </form>
      )}
    </li>
  );
}
