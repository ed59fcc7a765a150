import type { TicketDetail } from '../../src/gateway/views.js';
import { formatDuration } from './format-time.js';
import { useLanguage } from './i18n/language.js';
import { useServerNow } from './server-clock.js';

/** How long it has been going on, or went on. */
export function TicketSince({ ticket }: { ticket: Pick<TicketDetail, 'openedAt' | 'overAt'> }) {
  const { t } = useLanguage();
  const now = useServerNow();
  const until = ticket.overAt === null ? now : Date.parse(ticket.overAt);
  return (
    <span className="since">
      <span className="muted">{t('ticket.since')}</span>{' '}
      <strong className="num ticket-since">{formatDuration(until - Date.parse(ticket.openedAt))}</strong>
    </span>
  );
}
