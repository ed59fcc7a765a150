import { formatTime } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import { useObservable } from '../shared/observable.js';
import type { ButlerSession } from './butler-session.js';

/** Small cloud at the top while the line is down: the rest of the screen goes on taking input. */
export function LinkStrip({ session }: { session: ButlerSession }) {
  const { t } = useLanguage();
  const link = useObservable(session.watch.link);
  return (
    <p className="link-strip" data-testid="connection-state" data-phase={link.phase}>
      <svg viewBox="0 0 24 16" aria-hidden="true">
        <path
          d="M7 15a5 5 0 0 1-.6-9.97A6.5 6.5 0 0 1 19 6.6 4.3 4.3 0 0 1 18.5 15Z"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
        />
        <path
          d="M4 1 20 15"
          stroke="currentColor"
          strokeWidth="1.6"
          visibility={link.phase === 'stale' ? 'visible' : 'hidden'}
        />
      </svg>
      <span>
        {link.phase === 'stale' ? t('butler.offline') : link.phase === 'live' ? t('link.live') : t('butler.connecting')}
      </span>
      {link.phase === 'stale' && link.heardAt !== null && <time>{formatTime(link.heardAt, session.zone)}</time>}
    </p>
  );
}
