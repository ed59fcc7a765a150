import { formatTime } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import { useObservable } from '../shared/observable.js';
import type { ControlRoomFeed } from './control-room-feed.js';

/** A screen that may be stale says since when; it pushes the list down rather than hide its first alarm. */
export function StaleBanner({ feed, timeZone }: { feed: ControlRoomFeed; timeZone?: string }) {
  const { t } = useLanguage();
  const link = useObservable(feed.watch.link);
  if (link.phase !== 'stale') return null;
  return (
    <p className="stale-banner" data-testid="stale-banner" role="alert">
      <strong>{t('stale.since', { time: formatTime(link.heardAt ?? Date.now(), timeZone) })}</strong>
      <span>{t('stale.hint')}</span>
    </p>
  );
}
