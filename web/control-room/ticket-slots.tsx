import type { TicketDetail } from '../../src/gateway/views.js';
import type { ApiClient, MoveBody } from '../shared/api-client.js';
import { formatTime } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import { journalNames } from '../shared/journal-words.js';
import { OnBehalf } from '../shared/on-behalf.js';
import { AcceptOnBehalf } from './accept-on-behalf.js';
import { SlotPeople } from './slot-people.js';
import { TicketPages } from './ticket-pages.js';

/** Who has it: each slot with its holder and, below, everybody who was called for it. */
export function TicketSlots({
  ticket,
  api,
  timeZone,
  onMove,
  onReassign,
  onAdd,
}: {
  ticket: TicketDetail;
  api: ApiClient;
  timeZone?: string;
  onReassign: (slot: string, to: string, reason: string) => void;
  onAdd: (slot: string, person: string) => void;
  onMove: (move: string, body?: MoveBody) => void;
}) {
  const { t, pick } = useLanguage();
  const { people } = journalNames(ticket);
  return (
    <section>
      <h3>{t('ticket.slots')}</h3>
      <ul className="slots">
        {ticket.slots.map((slot) => {
          const moments = [
            slot.filledAt && `${t('ticketState.accepted')} ${formatTime(slot.filledAt, timeZone)}`,
            slot.enRouteAt && `${t('ticketState.en-route')} ${formatTime(slot.enRouteAt, timeZone)}`,
            slot.onSiteAt && `${t('ticketState.on-site')} ${formatTime(slot.onSiteAt, timeZone)}`,
          ].filter(Boolean);
          return (
            <li key={slot.slot} className="slot" data-slot={slot.slot} data-state={slot.state}>
              <p className="slot-head">
                <span className="muted">{t(`slot.${slot.slot}`)}</span>
                <strong>
                  {slot.holderName
                    ? pick(slot.holderName)
                    : t(slot.state === 'over' ? 'ticket.nobodyCame' : 'ticket.nobody')}
                </strong>
                <OnBehalf by={slot.onBehalfBy} names={people} />
                <span className="muted num">
                  {t(`slotState.${slot.state}`)}
                  {slot.state === 'open' && slot.level >= 0 && ` · ${t('ticket.level', { level: slot.level })}`}
                </span>
              </p>
              {moments.length > 0 && <p className="muted num">{moments.join(' · ')}</p>}
              <TicketPages
                pages={ticket.pages.filter((p) => p.slot === slot.slot)}
                people={people}
                api={ticket.overAt === null ? api : null}
                timeZone={timeZone}
              />
              <SlotPeople slot={slot} api={api} estate={ticket.estate} onReassign={onReassign} onAdd={onAdd} />
            </li>
          );
        })}
      </ul>
      {ticket.pages.length === 0 && <p className="muted">{t('ticket.noPages')}</p>}
      <AcceptOnBehalf ticket={ticket} onMove={onMove} />
    </section>
  );
}
