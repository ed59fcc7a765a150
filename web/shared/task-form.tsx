import { useState, type FormEvent } from 'react';
import { useLanguage } from './i18n/language.js';

/** What must be said of a job: words, and where it is asked for a satisfaction, a photo's number or a choice. */
export function TaskForm({
  title,
  required = true,
  ask,
  choices,
  onSubmit,
  onBack,
}: {
  title: string;
  required?: boolean;
  ask?: 'satisfaction' | 'photo';
  choices?: { label: string; none: string; options: { value: string; text: string }[] };
  onSubmit: (words: string, more: string, choice: string) => void;
  onBack: () => void;
}) {
  const { t } = useLanguage();
  const [words, setWords] = useState('');
  const [more, setMore] = useState('');
  const [choice, setChoice] = useState('');
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (words.trim() !== '' || !required) onSubmit(words.trim(), more.trim(), choice);
  };
  return (
    <form className="task-form" onSubmit={send} data-testid="task-form">
      <label className="field">
        <span>{title}</span>
        <input
          className="input"
          data-testid="task-words"
          autoFocus
          maxLength={2000}
          value={words}
          onChange={(e) => setWords(e.target.value)}
        />
      </label>
      {ask && (
        <label className="field">
          <span>{t(ask === 'satisfaction' ? 'tasks.satisfaction' : 'tasks.photo')}</span>
          <input
            className="input"
            data-testid="task-more"
            {...(ask === 'satisfaction' ? { type: 'number', min: 1, max: 5 } : { maxLength: 200 })}
            value={more}
            onChange={(e) => setMore(e.target.value)}
          />
        </label>
      )}
      {choices && (
        <label className="field">
          <span>{choices.label}</span>
          <select
            className="input"
            data-testid="task-choice"
            value={choice}
            onChange={(e) => setChoice(e.target.value)}
          >
            <option value="">{choices.none}</option>
            {choices.options.map((o) => (
              <option key={o.value} value={o.value}>
                {o.text}
              </option>
            ))}
          </select>
        </label>
      )}
      <div className="task-row">
        <button type="button" className="button is-plain" onClick={onBack}>
          {t('back')}
        </button>
        <button
          type="submit"
          className="button is-strong"
          data-testid="task-send"
          disabled={required && words.trim() === ''}
        >
          {t('tasks.send')}
        </button>
      </div>
    </form>
  );
}
