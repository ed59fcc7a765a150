import type { ClockView } from '../../src/gateway/views.js';
import { readClock } from './format-time.js';
import { useLanguage } from './i18n/language.js';
import { useServerNow } from './server-clock.js';

/** Time left as the largest thing, with a bar that fills as it runs out. */
export function TicketClock({ clock, large = false }: { clock: ClockView; large?: boolean }) {
  const { t, pick } = useLanguage();
  const reading = readClock(clock, useServerNow());
  const state = reading.done
    ? t(clock.met ? 'clock.done' : 'clock.ended')
    : reading.over
      ? t('clock.over')
      : t('clock.left');
  return (
    <div
      className={`clock ${large ? 'is-large' : ''} ${reading.done ? 'is-done' : ''} ${reading.over ? 'is-over' : ''}`}
      data-clock={clock.key}
    >
      <span className="clock-title">{pick(clock.title)}</span>
      <span className="clock-state">{state}</span>
      <span className="clock-time num">{reading.text}</span>
      <span className="clock-bar" aria-hidden="true">
        <span style={{ width: `${reading.used * 100}%` }} />
      </span>
    </div>
  );
}
