import { useLanguage } from '../shared/i18n/language.js';
import { useObservable } from '../shared/observable.js';
import type { ControlRoomFeed } from './control-room-feed.js';

export function ConnectionBadge({ feed, seq }: { feed: ControlRoomFeed; seq: number | null }) {
  const { t } = useLanguage();
  const { phase } = useObservable(feed.watch.link);
  return (
    <span className={`connection is-${phase}`} data-testid="connection-state" data-phase={phase} role="status">
      <span aria-hidden="true">{phase === 'live' ? '●' : '○'}</span> {t(`link.${phase}`)}
      {seq !== null && (
        <span className="muted num" data-testid="seq">
          {' '}
          {t('link.seq', { seq: seq.toLocaleString('en') })}
        </span>
      )}
    </span>
  );
}
