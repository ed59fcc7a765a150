import type { TicketDetail } from '../../src/gateway/views.js';
import { formatDuration } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import { PriorityMark } from '../shared/priority-mark.js';
import { useServerNow } from '../shared/server-clock.js';

export function TicketCard({ ticket, onOpen }: { ticket: TicketDetail; onOpen: (id: string) => void }) {
  const { t, pick } = useLanguage();
  const now = useServerNow();
  return (
    <li>
      <button type="button" className="card" data-ticket={ticket.id} onClick={() => onOpen(ticket.id)}>
        <span className="card-place">{pick(ticket.place)}</span>
        <span className="num card-since">{formatDuration(now - Date.parse(ticket.openedAt))}</span>
        <span className="card-what">
          <PriorityMark priority={ticket.priority} /> {pick(ticket.title)}
        </span>
        <span className="muted">{t(`ticketState.${ticket.state}`)}</span>
      </button>
    </li>
  );
}
