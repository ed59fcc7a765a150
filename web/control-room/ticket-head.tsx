import type { TicketDetail } from '../../src/gateway/views.js';
import { goHome } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { PriorityMark } from '../shared/priority-mark.js';
import { TicketSince } from '../shared/ticket-since.js';

export function TicketHead({ ticket }: { ticket: TicketDetail }) {
  const { t, pick } = useLanguage();
  return (
    <header className="ticket-head">
      <p className="ticket-kind">
        <PriorityMark priority={ticket.priority} />
        {ticket.drill && <span className="drill">{t('ticket.drill')}</span>}
        <span className="num muted">{ticket.no}</span>
        {ticket.round > 0 && <span className="muted">{t('ticket.round', { round: ticket.round + 1 })}</span>}
        <span className="header-gap" />
        <button type="button" className="button is-plain" aria-label={t('back')} onClick={goHome}>
          ✕
        </button>
      </p>
      <h2>{pick(ticket.place)}</h2>
      <p className="ticket-what">{pick(ticket.title)}</p>
      <p className="ticket-facts">
        <strong className="ticket-state" data-testid="ticket-state" data-state={ticket.state}>
          {t(`ticketState.${ticket.state}`)}
        </strong>
        <TicketSince ticket={ticket} />
      </p>
      {ticket.overReason && <p className="muted">“{ticket.overReason}”</p>}
    </header>
  );
}
