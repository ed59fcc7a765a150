import { useState } from 'react';
import type { SlotName, TicketDetail } from '../../src/gateway/views.js';
import type { MoveBody } from '../shared/api-client.js';
import { useLanguage } from '../shared/i18n/language.js';

/** After a telephone call the control room may accept for the person called; the service marks it so. */
export function AcceptOnBehalf({
  ticket,
  onMove,
}: {
  ticket: TicketDetail;
  onMove: (move: string, body?: MoveBody) => void;
}) {
  const { t, pick } = useLanguage();
  const [chosen, setChosen] = useState('');
  const openSlots = new Set<SlotName>(ticket.slots.filter((s) => s.state === 'open').map((s) => s.slot));
  const called = [
    ...new Map(
      ticket.pages
        .filter((p) => openSlots.has(p.slot) && p.role !== 'control-room' && p.state !== 'accepted')
        .map((p) => [`${p.slot}/${p.person}`, p] as const),
    ),
  ];
  if (called.length === 0) return null;
  const page = called.find(([key]) => key === chosen)?.[1];
  return (
    <div className="on-behalf">
      <select
        className="input"
        aria-label={t('ticket.onBehalf')}
        data-testid="on-behalf-person"
        value={page ? chosen : ''}
        onChange={(e) => setChosen(e.target.value)}
      >
        <option value="">{t('ticket.onBehalf')}</option>
        {called.map(([key, p]) => (
          <option key={key} value={key}>
            {t('ticket.onBehalfOf', { name: pick(p.personName), slot: t(`slot.${p.slot}`) })}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="button"
        data-testid="on-behalf-accept"
        disabled={!page}
        onClick={() => page && onMove('accept', { slot: page.slot, onBehalfOf: page.person })}
      >
        {t('confirm')}
      </button>
      <button
        type="button"
        className="button"
        data-testid="on-behalf-decline"
        disabled={!page}
        onClick={() => page && onMove('decline', { slot: page.slot, onBehalfOf: page.person })}
      >
        {t('onBehalf.decline')}
      </button>
    </div>
  );
}
