import { useState } from 'react';
import type { AlarmPathView } from '../../src/gateway/task-views.js';
import { formatDay } from '../shared/format-time.js';
import { goTo } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import type { TaskApi } from '../shared/task-api.js';

/** The last drill, and the next: chosen, then confirmed, for it really pages people. */
export function DrillStart({
  lifts,
  lastAt,
  estate,
  api,
  run,
  timeZone,
}: {
  lifts: readonly AlarmPathView[];
  lastAt: string | null;
  estate: string;
  api: TaskApi;
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  timeZone: string | undefined;
}) {
  const { t, pick } = useLanguage();
  const [lift, setLift] = useState('');
  const [sure, setSure] = useState(false);
  const start = (): void => {
    void run(async () => {
      const ticket = await api.startDrill(estate, lift);
      goTo('tickets', ticket.id);
    }).then(() => setSure(false));
  };
  return (
    <div className="task">
      <p className="muted num">{lastAt ? t('drill.last', { time: formatDay(lastAt, timeZone) }) : t('drill.never')}</p>
      <div className="task-row">
        <select
          className="input"
          aria-label={t('drill.lift')}
          data-testid="drill-lift"
          value={lift}
          onChange={(e) => {
            setLift(e.target.value);
            setSure(false);
          }}
        >
          <option value="">{t('drill.lift')}</option>
          {lifts.map((l) => (
            <option key={l.device} value={l.device}>
              {pick(l.place)}
            </option>
          ))}
        </select>
        {!sure && (
          <button
            type="button"
            className="button"
            data-testid="drill-start"
            disabled={lift === ''}
            onClick={() => setSure(true)}
          >
            {t('drill.start')}
          </button>
        )}
      </div>
      {sure && (
        <div className="task-row">
          <p>{t('drill.confirm')}</p>
          <button type="button" className="button is-plain" onClick={() => setSure(false)}>
            {t('back')}
          </button>
          <button type="button" className="button is-strong" data-testid="drill-sure" onClick={start}>
            {t('confirm')}
          </button>
        </div>
      )}
    </div>
  );
}
