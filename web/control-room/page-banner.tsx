import { useState } from 'react';
import type { PageEvent } from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import { ApiError } from '../shared/api-error.js';
import { formatDuration } from '../shared/format-time.js';
import { goTo } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { useObservable } from '../shared/observable.js';
import { ReminderNotice } from '../shared/reminder-notice.js';
import { PriorityMark } from '../shared/priority-mark.js';
import { useServerNow } from '../shared/server-clock.js';
import type { ControlRoomFeed } from './control-room-feed.js';

/** The coordinator's own page, over everything until it is taken. */
export function PageBanner({ feed, api }: { feed: ControlRoomFeed; api: ApiClient }) {
  const { t, pick } = useLanguage();
  const { open, notice } = useObservable(feed.inbox);
  const [trouble, setTrouble] = useState<string | null>(null);
  const now = useServerNow();

  const accept = async (page: PageEvent): Promise<void> => {
    setTrouble(null);
    feed.seen(page.pageId);
    try {
      await api.move(page.ticketId, 'accept', { slot: page.slot });
      feed.dropPages(page.ticketId);
      goTo('tickets', page.ticketId);
    } catch (error) {
      if (!(error instanceof ApiError)) return setTrouble(t('error.offline'));
      setTrouble(
        error.holderName
          ? t('error.taken', { name: pick(error.holderName) })
          : t('error.refused', { message: error.message }),
      );
      if (error.status === 409) feed.dropPages(page.ticketId);
    }
  };

  return (
    <div className="page-banners">
      <ReminderNotice reminder={feed.reminder} />
      {open.map(({ page, rings }) => (
        <div
          key={page.pageId}
          className={`page-banner ${page.priority.toLowerCase()} ${rings ? 'is-ringing' : ''}`}
          data-testid="page-screen"
          data-page={page.pageId}
          data-ringing={rings}
          role="alert"
        >
          <PriorityMark priority={page.priority} />
          <strong>{pick(page.place)}</strong>
          <span>{pick(page.title)}</span>
          <span className="num">{formatDuration(now - Date.parse(page.openedAt))}</span>
          <span>{t('page.for', { slot: t(`slot.${page.slot}`) })}</span>
          {page.silent && <span>{t('ticket.silent')}</span>}
          <span className="header-gap" />
          {rings && (
            <button type="button" className="button" onClick={() => feed.seen(page.pageId)}>
              {t('page.seen')}
            </button>
          )}
          <button
            type="button"
            className="button"
            onClick={() => {
              feed.seen(page.pageId);
              goTo('tickets', page.ticketId);
            }}
          >
            {t('page.open')}
          </button>
          <button
            type="button"
            className="button is-strong"
            data-testid="page-accept"
            onClick={() => void accept(page)}
          >
            {t('page.accept')}
          </button>
        </div>
      ))}
      {(trouble !== null || notice) && (
        <div className="page-banner is-notice" role="status">
          <span data-testid="taken-by">
            {trouble ??
              (notice &&
                `${notice.byName ? t('page.takenBy', { name: pick(notice.byName) }) : t('page.withdrawn')} · ${pick(notice.place)}`)}
          </span>
          <span className="header-gap" />
          <button
            type="button"
            className="button"
            onClick={() => {
              setTrouble(null);
              feed.closeNotice();
            }}
          >
            {t('page.ok')}
          </button>
        </div>
      )}
    </div>
  );
}
