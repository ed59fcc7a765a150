import type { EstateView } from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import type { EstateState } from '../shared/estate-store.js';
import type { Place } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { AlarmPanel } from './alarm-panel.js';
import type { ControlRoomFeed } from './control-room-feed.js';
import { DevicePanel } from './device-panel.js';
import { NewTicket } from './new-ticket.js';
import { RosterPanel } from './roster-panel.js';
import { TicketPanel } from './ticket-panel.js';

/** Right column: the ticket, alarm or device that the address names, or how to choose one. */
export function SidePanel({
  feed,
  api,
  route,
  state,
  estate,
  onSaid,
}: {
  feed: ControlRoomFeed;
  api: ApiClient;
  route: Place | null;
  state: EstateState;
  estate: EstateView | undefined;
  onSaid: (words: string) => void;
}) {
  const { t } = useLanguage();
  const alarm = route?.kind === 'alarms' ? state.alarms.get(route.id) : undefined;
  return (
    <section className="column side-panel" aria-label={t('ticket.title')}>
      {route?.kind === 'new' && estate ? (
        <NewTicket key={estate.id} api={api} estate={estate.id} onOpened={onSaid} />
      ) : route?.kind === 'tickets' ? (
        <TicketPanel
          key={route.id}
          ticketId={route.id}
          feed={feed}
          api={api}
          state={state}
          timeZone={estate?.timezone}
        />
      ) : route?.kind === 'roster' && estate ? (
        <RosterPanel key={estate.id} estate={estate} api={api} />
      ) : alarm ? (
        <AlarmPanel key={alarm.id} alarm={alarm} api={api} timeZone={estate?.timezone} />
      ) : route?.kind === 'devices' ? (
        <DevicePanel deviceId={route.id} feed={feed} estate={estate} lives={state.lives} />
      ) : (
        <>
          <div className="column-head">
            <h2>{t('ticket.title')}</h2>
          </div>
          <div className="empty">
            <p>{t('ticket.none')}</p>
            <p>{t('ticket.keys')}</p>
          </div>
        </>
      )}
    </section>
  );
}
