import { useState, type FormEvent } from 'react';
import type { WeatherFlagView, WeatherKind } from '../../src/gateway/task-views.js';
import { formatDay } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import { serverNow } from '../shared/server-clock.js';
import type { TaskApi } from '../shared/task-api.js';

const KINDS: readonly WeatherKind[] = ['rain', 'typhoon', 'plum-rain', 'frost'];
const HOUR_MS = 3_600_000;

/** The weather that holds or comes, and a way to tell of it. */
export function WeatherFlags({
  flags,
  estate,
  api,
  run,
  timeZone,
}: {
  flags: readonly WeatherFlagView[];
  estate: string;
  api: TaskApi;
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  timeZone: string | undefined;
}) {
  const { t } = useLanguage();
  const [kind, setKind] = useState<WeatherKind>('rain');
  const [inHours, setInHours] = useState('0');
  const [hours, setHours] = useState('12');
  const send = (event: FormEvent): void => {
    event.preventDefault();
    const from = serverNow() + Number(inHours) * HOUR_MS;
    const to = from + Number(hours) * HOUR_MS;
    void run(() => api.setWeather(estate, kind, new Date(from).toISOString(), new Date(to).toISOString()));
  };
  return (
    <>
      {flags.length === 0 && <p className="muted">{t('weather.none')}</p>}
      <ul className="task-list">
        {flags.map((f) => (
          <li key={f.id} className="task" data-weather={f.kind}>
            <strong>{t(`weather.${f.kind}`)}</strong>
            <span className="task-row">
              <span className="num">
                {t('weather.until', { from: formatDay(f.from, timeZone), to: formatDay(f.to, timeZone) })}
              </span>
              <button
                type="button"
                className="button is-plain"
                onClick={() => void run(() => api.clearWeather(estate, f.id))}
              >
                {t('weather.clear')}
              </button>
            </span>
          </li>
        ))}
      </ul>
      <form className="task-row weather-form" onSubmit={send}>
        <select
          className="input"
          aria-label={t('weather.kind')}
          value={kind}
          onChange={(e) => setKind(KINDS.find((k) => k === e.target.value) ?? 'rain')}
        >
          {KINDS.map((k) => (
            <option key={k} value={k}>
              {t(`weather.${k}`)}
            </option>
          ))}
        </select>
        <label>
          {t('weather.from')}{' '}
          <input
            className="input"
            type="number"
            min={0}
            max={240}
            value={inHours}
            onChange={(e) => setInHours(e.target.value)}
          />
        </label>
        <label>
          {t('weather.hours')}{' '}
          <input
            className="input"
            type="number"
            min={1}
            max={1440}
            value={hours}
            onChange={(e) => setHours(e.target.value)}
          />
        </label>
        <button type="submit" className="button" data-testid="weather-set">
          {t('weather.set')}
        </button>
      </form>
    </>
  );
}
