import type { AlarmView } from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import { formatDuration, formatTime } from '../shared/format-time.js';
import { goHome } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { useServerNow } from '../shared/server-clock.js';
import { AlarmActions } from './alarm-actions.js';
import { ValueList } from './value-list.js';

/** An alarm that has no ticket (maintenance): why it fired and what may be done. */
export function AlarmPanel({ alarm, api, timeZone }: { alarm: AlarmView; api: ApiClient; timeZone?: string }) {
  const { t, pick } = useLanguage();
  const now = useServerNow();
  return (
    <article className={`ticket-panel column-body ${alarm.priority.toLowerCase()}`} data-testid="alarm-panel">
      <header className="ticket-head">
        <p className="ticket-kind">
          <time className="muted">{formatTime(alarm.raisedAt, timeZone, now)}</time>
          <span className="header-gap" />
          <button type="button" className="button is-plain" aria-label={t('back')} onClick={goHome}>
            ✕
          </button>
        </p>
        <h2>{pick(alarm.place)}</h2>
        <p className="ticket-facts">
          <span>
            <span className="muted">{t('ticket.since')}</span>{' '}
            <strong className="num ticket-since">{formatDuration(now - Date.parse(alarm.raisedAt))}</strong>
          </span>
        </p>
      </header>
      <section>
        <h3>{t('alarm.why')}</h3>
        <AlarmActions alarm={alarm} api={api} />
      </section>
      {Object.keys(alarm.evidence).length > 0 && (
        <section>
          <h3>{t('alarm.evidence')}</h3>
          <ValueList values={alarm.evidence} />
        </section>
      )}
      <p className="muted">{t('alarm.noTicket')}</p>
    </article>
  );
}
