import { useLanguage } from '../shared/i18n/language.js';
import { useObservable } from '../shared/observable.js';
import { ReminderNotice } from '../shared/reminder-notice.js';
import type { ButlerSession } from './butler-session.js';

/** What a butler must be told once: somebody else has it, or the service refused. */
export function NoticeBar({ session }: { session: ButlerSession }) {
  const { t, pick } = useLanguage();
  const { notice } = useObservable(session.inbox);
  const refused = useObservable(session.outbox.refused);
  const reminder = useObservable(session.reminder);
  if (!notice && refused === null && !reminder) return null;
  return (
    <div className="notices" role="status">
      <ReminderNotice reminder={session.reminder} />
      {notice && (
        <div className="notice">
          <p data-testid="taken-by">
            <strong>{notice.byName ? t('page.takenBy', { name: pick(notice.byName) }) : t('page.withdrawn')}</strong>
            <span className="muted">
              {pick(notice.place)} · {pick(notice.title)}
            </span>
          </p>
          <button type="button" className="button" onClick={() => session.closeNotice()}>
            {t('page.ok')}
          </button>
        </div>
      )}
      {refused !== null && (
        <div className="notice">
          <p data-testid="refused">
            <strong>{t('butler.refused', { what: refused })}</strong>
          </p>
          <button type="button" className="button" onClick={() => session.outbox.refused.set(null)}>
            {t('page.ok')}
          </button>
        </div>
      )}
    </div>
  );
}
