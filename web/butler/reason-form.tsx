import { useState, type FormEvent } from 'react';
import { useLanguage } from '../shared/i18n/language.js';

/** A reason by one tap, or in words. */
export function ReasonForm({
  title,
  choices,
  submit,
  onSubmit,
  onBack,
}: {
  title: string;
  choices: readonly string[];
  submit: string;
  onSubmit: (reason: string) => void;
  onBack: () => void;
}) {
  const { t } = useLanguage();
  const [words, setWords] = useState('');
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (words.trim() !== '') onSubmit(words.trim());
  };
  return (
    <form className="reason-form" onSubmit={send} data-testid="reason-form">
      <p>{title}</p>
      {choices.map((choice) => (
        <button key={choice} type="button" className="button" onClick={() => onSubmit(choice)}>
          {choice}
        </button>
      ))}
      <input
        className="input"
        data-testid="reason-text"
        placeholder={choices.length > 0 ? t('decline.other') : t('reason')}
        value={words}
        onChange={(e) => setWords(e.target.value)}
      />
      <div className="reason-foot">
        <button type="button" className="button is-plain" onClick={onBack}>
          {t('back')}
        </button>
        <button type="submit" className="button is-strong" data-testid="reason-submit" disabled={words.trim() === ''}>
          {submit}
        </button>
      </div>
    </form>
  );
}
