import { memo, useEffect, useRef } from 'react';
import type { AlarmView, TicketView } from '../../src/gateway/views.js';
import { formatDuration } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import { PriorityShape } from '../shared/priority-mark.js';
import { useServerNow } from '../shared/server-clock.js';
import { isUnacknowledged } from './alarm-order.js';

/** Place first, then what, then who has it and since when. */
export const AlarmRow = memo(function AlarmRow({
  alarm,
  ticket,
  selected,
  onOpen,
}: {
  alarm: AlarmView;
  ticket: TicketView | undefined;
  selected: boolean;
  onOpen: (alarm: AlarmView) => void;
}) {
  const { t, pick } = useLanguage();
  const now = useServerNow();
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  const holders = ticket?.slots.filter((s) => s.holderName) ?? [];
  return (
    <li>
      <button
        ref={row}
        type="button"
        className={`alarm-row ${alarm.priority.toLowerCase()} ${isUnacknowledged(alarm) ? 'is-unacknowledged' : ''} ${alarm.state === 'NORM' ? 'is-over' : ''}`}
        data-testid="alarm-row"
        data-alarm={alarm.id}
        data-event={alarm.event}
        data-device={alarm.device ?? ''}
        data-state={alarm.state}
        data-priority={alarm.priority}
        aria-current={selected}
        onClick={() => onOpen(alarm)}
      >
        <span className="priority alarm-mark">
          <PriorityShape priority={alarm.priority} />
        </span>
        <span className="alarm-place">{pick(alarm.place)}</span>
        <span className="alarm-since num">{formatDuration(now - Date.parse(alarm.raisedAt))}</span>
        <span className="alarm-what">
          {alarm.priority} {t(`priority.${alarm.priority}`)} · {pick(alarm.title)}
          {alarm.occurrence > 1 && <span className="num"> · {t('alarms.count', { count: alarm.occurrence })}</span>}
        </span>
        <span className="alarm-who muted">
          {t(`alarmState.${alarm.state}`)}
          {ticket && alarm.state !== 'NORM' && (
            <>
              {' · '}
              {holders.length === 0
                ? t('ticket.nobody')
                : `${t(`ticketState.${ticket.state}`)} ${holders.map((s) => (s.holderName ? pick(s.holderName) : '')).join(', ')}`}
            </>
          )}
        </span>
      </button>
    </li>
  );
});
