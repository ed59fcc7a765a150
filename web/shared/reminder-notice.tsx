import type { RemindEvent } from '../../src/gateway/views.js';
import { useLanguage } from './i18n/language.js';
import { useObservable, type Observable } from './observable.js';

/** "Are you still on it?": stays and rings until somebody answers by hand. */
export function ReminderNotice({ reminder }: { reminder: Observable<RemindEvent | null> }) {
  const { t, pick } = useLanguage();
  const asked = useObservable(reminder);
  if (!asked) return null;
  return (
    <div className="notice page-banner is-notice" role="alert" data-testid="reminder">
      <p>
        <strong>{t(`remind.${asked.missing}`)}</strong>
        <span className="muted">
          {pick(asked.place)} · {pick(asked.title)}
        </span>
      </p>
      <button type="button" className="button" onClick={() => reminder.set(null)}>
        {t('page.ok')}
      </button>
    </div>
  );
}
