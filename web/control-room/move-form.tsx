import { useState, type FormEvent } from 'react';
import type { MoveBody } from '../shared/api-client.js';
import { useLanguage } from '../shared/i18n/language.js';

/** What must be given before a move: a plain yes, a reason, or a date. */
const ASKS = {
  rescued: 'yes',
  contained: 'yes',
  resolve: 'yes',
  close: 'yes',
  decline: 'reason',
  'false-alarm': 'reason',
  cancel: 'reason',
  'follow-up': 'date',
} as const;
export type MoveWithForm = keyof typeof ASKS;
export const isMoveWithForm = (move: string): move is MoveWithForm => Object.hasOwn(ASKS, move);

const DAY_MS = 86_400_000;
/** `datetime-local` wants local time without a zone. */
const localInput = (ms: number): string =>
  new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

export function MoveForm({
  move,
  onSubmit,
  onBack,
}: {
  move: MoveWithForm;
  onSubmit: (body: MoveBody) => void;
  onBack: () => void;
}) {
  const { t } = useLanguage();
  const [reason, setReason] = useState('');
  const [due, setDue] = useState(() => localInput(Date.now() + DAY_MS));
  const ask = ASKS[move];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ask === 'reason') onSubmit({ reason: reason.trim() });
    else if (ask === 'date') onSubmit({ dueAt: new Date(due).toISOString() });
    else onSubmit({});
  };
  return (
    <form className="move-form" data-testid="move-form" data-move={move} onSubmit={submit}>
      <p>{t(`confirm.${move}`)}</p>
      {ask === 'reason' && (
        <input
          className="input"
          data-testid="move-reason"
          autoFocus
          required
          pattern=".*\S.*"
          placeholder={t('reason')}
          value={reason}
          onChange={(e) => setReason(e.target.value)}
        />
      )}
      {ask === 'date' && (
        <input
          className="input"
          type="datetime-local"
          autoFocus
          required
          value={due}
          onChange={(e) => setDue(e.target.value)}
        />
      )}
      <div className="form-foot">
        <button type="button" className="button" onClick={onBack}>
          {t('back')}
        </button>
        <button type="submit" className="button is-strong" data-testid="move-confirm" autoFocus={ask === 'yes'}>
          {t(`move.${move}`)}
        </button>
      </div>
    </form>
  );
}
