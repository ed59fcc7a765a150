import { useEffect, useState } from 'react';
import type { CoverageView, OnDutyView } from '../../src/gateway/roster-views.js';
import type { EstateView, Role } from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import { formatTime } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import { partsOfDay } from './day-bar.js';

const ROLES: readonly Role[] = [
  ...(['control-room', 'butler', 'security', 'engineer', 'contractor', 'supervisor', 'project-manager'] as const),
];
const EVERY_MS = 60_000;

/** Who is on now, and the coming two weeks: an hour without a primary is an hour in which a page skips its first level. */
export function RosterPanel({ estate, api }: { estate: EstateView; api: ApiClient }) {
  const { t, pick } = useLanguage();
  const [coverage, setCoverage] = useState<CoverageView | null>(null);
  const [now, setNow] = useState<OnDutyView[]>([]);
  useEffect(() => {
    let wanted = true;
    const load = (): void => {
      api
        .coverage(estate.id)
        .then((c) => wanted && setCoverage(c))
        .catch(() => undefined); // tried again in a minute
      Promise.all(ROLES.map((role) => api.onDuty(estate.id, role)))
        .then((found) => wanted && setNow(found))
        .catch(() => undefined);
    };
    load();
    const timer = setInterval(load, EVERY_MS);
    return () => {
      wanted = false;
      clearInterval(timer);
    };
  }, [api, estate.id]);

  const gapsIn = (day: { from: string; until: string }) =>
    (coverage?.gaps ?? []).filter((g) => g.from < day.until && g.until > day.from);
  const when = (at: string): string => formatTime(at, estate.timezone).slice(0, 5);
  return (
    <article className="ticket-panel column-body roster-panel" data-testid="roster-panel">
      <h2>{t('roster.title')}</h2>
      <section>
        <h3>{t('roster.now')}</h3>
        <ul className="roster-now">
          {now.map((role) => (
            <li key={role.role} data-role={role.role}>
              <span className="muted">{t(`role.${role.role}`)}</span>
              {role.on.length === 0 && <strong className="roster-gap">{t('roster.nobody')}</strong>}
              <span>
                {role.on.map((d) => (
                  <span key={d.person} title={d.because}>
                    {d.phone ? <a href={`tel:${d.phone}`}>{pick(d.name)}</a> : pick(d.name)}{' '}
                  </span>
                ))}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{t('roster.ahead')}</h3>
        {!coverage && <p className="muted">{t('roster.loading')}</p>}
        {coverage?.gaps.length === 0 && <p>{t('roster.noGaps')}</p>}
        <ol className="roster-days">
          {coverage?.days.map((day) => (
            <li key={day.date} data-day={day.date} data-gaps={gapsIn(day).length}>
              <time>{day.date.slice(5)}</time>
              <span className="roster-bar" aria-hidden="true">
                {partsOfDay(day, gapsIn(day)).map((p) => (
                  <span key={`${p.at} ${p.width}`} style={{ left: `${p.at * 100}%`, width: `${p.width * 100}%` }} />
                ))}
              </span>
              {gapsIn(day).map((g) => (
                <span key={`${g.role} ${g.zone} ${g.from}`} className="roster-gap num">
                  {t(`role.${g.role}`)}{' '}
                  {g.zone === null ? '' : pick(coverage.zones[g.zone] ?? { zh: g.zone, en: g.zone })}{' '}
                  {when(g.from < day.from ? day.from : g.from)}–{g.until > day.until ? '24:00' : when(g.until)}
                </span>
              ))}
            </li>
          ))}
        </ol>
      </section>
      {coverage && coverage.doubles.length > 0 && (
        <section>
          <h3>{t('roster.doubles')}</h3>
          <ul>
            {coverage.doubles.map((d) => (
              <li key={`${d.kind} ${d.person} ${d.from} ${d.because}`} title={d.because}>
                {pick(coverage.people[d.person] ?? { zh: d.person, en: d.person })} · {t(`roster.${d.kind}`)} ·{' '}
                <span className="num muted">
                  {d.from.slice(0, 10)} – {d.until.slice(0, 10)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </article>
  );
}
