import { useEffect, useState } from 'react';
import { useLanguage } from '../shared/i18n/language.js';

/** Ends alarms and cannot be undone: asks for a second tap. */
const NEEDS_SECOND_TAP = new Set(['rescued', 'contained', 'resolve']);
const ARMED_MS = 6000;

/** The one next thing to do, in reach of the thumb. */
export function PrimaryAction({ move, onMove }: { move: string; onMove: (move: string) => void }) {
  const { t, word } = useLanguage();
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    if (!armed) return undefined;
    const timer = setTimeout(() => setArmed(false), ARMED_MS);
    return () => clearTimeout(timer);
  }, [armed]);
  const press = (): void => {
    if (NEEDS_SECOND_TAP.has(move) && !armed) setArmed(true);
    else onMove(move);
  };
  return (
    <button
      type="button"
      className={`big-button ${armed ? 'is-armed' : ''}`}
      data-testid="action-primary"
      data-move={move}
      data-armed={armed}
      onClick={press}
    >
      {armed ? t('confirm.again', { what: word('move', move) }) : word('move', move)}
    </button>
  );
}
