import { useState, type FormEvent, type ReactNode } from 'react';
import type { StepView } from '../../src/gateway/views.js';
import { useLanguage } from './i18n/language.js';

/** Words for a step: what it asks for, or why it is skipped. */
function WordsForm({
  placeholder,
  submit,
  testId,
  figures = false,
  onSubmit,
  children,
}: {
  placeholder: string;
  submit: string;
  testId: string;
  figures?: boolean;
  onSubmit: (words: string) => void;
  children?: ReactNode;
}) {
  const [words, setWords] = useState('');
  const fits = words.trim() !== '' && (!figures || /\d/.test(words));
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (fits) onSubmit(words.trim());
  };
  return (
    <form className="step-form" onSubmit={send}>
      {children}
      <div className="step-words-form">
        <input
          className="input"
          data-testid={`${testId}-words`}
          autoFocus
          inputMode={figures ? 'decimal' : 'text'}
          placeholder={placeholder}
          value={words}
          onChange={(e) => setWords(e.target.value)}
        />
        <button className="button is-strong" type="submit" data-testid={`${testId}-submit`} disabled={!fits}>
          {submit}
        </button>
      </div>
    </form>
  );
}

/** Asked before a step is done: the note, name or reading that it wants, or why there is no photo. */
export function DoneForm({
  step,
  photo,
  onSubmit,
}: {
  step: StepView;
  photo?: ReactNode;
  onSubmit: (words: string) => void;
}) {
  const { t } = useLanguage();
  const wants =
    step.evidence === 'photo' || step.evidence === 'reading' || step.evidence === 'name' ? step.evidence : 'note';
  return (
    <WordsForm
      placeholder={t(`step.wants.${wants}`)}
      submit={t('step.done')}
      testId={`step-${step.no}`}
      figures={wants === 'reading'}
      onSubmit={onSubmit}
    >
      {photo}
    </WordsForm>
  );
}

/** A reason by one tap, or in words. */
export function SkipForm({ step, onSubmit }: { step: StepView; onSubmit: (reason: string) => void }) {
  const { t, pick } = useLanguage();
  return (
    <WordsForm
      placeholder={t('step.skipWhy')}
      submit={t('step.skip')}
      testId={`step-${step.no}-skip`}
      onSubmit={onSubmit}
    >
      {step.skipReasons.length > 0 && (
        <div className="step-reasons">
          {step.skipReasons.map((reason) => (
            <button key={reason.en} type="button" className="button" onClick={() => onSubmit(pick(reason))}>
              {pick(reason)}
            </button>
          ))}
        </div>
      )}
    </WordsForm>
  );
}
