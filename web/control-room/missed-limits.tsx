import type { MissedLimitView } from '../../src/gateway/views.js';
import { formatDuration, formatTime } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';

/** Limits that were not kept stay on the ticket, also when what they waited for has come. */
export function MissedLimits({ missed, timeZone }: { missed: readonly MissedLimitView[]; timeZone?: string }) {
  const { t, pick } = useLanguage();
  if (missed.length === 0) return null;
  return (
    <section data-testid="missed-limits">
      <h3>{t('limits.missed')}</h3>
      <ul>
        {missed.map((m) => (
          <li key={`${m.clock} ${m.since}`} className="num" data-clock={m.clock}>
            {pick(m.title)} {formatDuration(m.limitS * 1000)}{' '}
            <span className="muted">{formatTime(m.missedAt, timeZone)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
