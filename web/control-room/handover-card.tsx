import type { HandoverContent, HandoverView } from '../../src/gateway/task-views.js';
import { formatDay } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import type { TaskApi } from '../shared/task-api.js';

type Names = { zh: string; en: string };
type Run = (work: () => Promise<unknown>) => Promise<boolean>;

/** What the last shift left, and whether the next has read it. */
export function HandoverCard({
  handover,
  estate,
  api,
  run,
  timeZone,
}: {
  handover: HandoverView | null;
  estate: string;
  api: TaskApi;
  run: Run;
  timeZone: string | undefined;
}) {
  const { t, pick } = useLanguage();
  const write = (
    <button type="button" className="button is-plain" onClick={() => void run(() => api.writeHandover(estate))}>
      {t('handover.write')}
    </button>
  );
  if (!handover)
    return (
      <div className="task">
        <p className="muted">{t('handover.none')}</p>
        {write}
      </div>
    );
  const day = (at: string): string => formatDay(at, timeZone);
  const names = (people: HandoverView['outgoing']): string => people.map((p) => pick(p.name)).join('、') || '–';
  const lists = linesOf(handover.content, pick, day);
  return (
    <div className={`task ${handover.signedAt ? '' : 'is-overdue'}`} data-handover={handover.id}>
      <div className="task-what">
        <strong className="num">{t('handover.shift', { from: day(handover.from), to: day(handover.to) })}</strong>{' '}
        {t('handover.people', { outgoing: names(handover.outgoing), incoming: names(handover.incoming) })}
      </div>
      <div className="task-when">
        {handover.signedAt && handover.signedByName ? (
          <span>{t('handover.signed', { name: pick(handover.signedByName), time: day(handover.signedAt) })}</span>
        ) : (
          <strong className="task-late">{t('handover.unsigned')}</strong>
        )}
      </div>
      <dl className="handover-lists">
        {lists.map(({ title, lines }) => (
          <div key={title}>
            <dt className="muted">
              {t(title)} <span className="num">{lines.length}</span>
            </dt>
            <dd>
              {lines.length === 0 && <span className="muted">{t('handover.nothing')}</span>}
              {lines.slice(0, 8).map((line) => (
                <div key={line}>{line}</div>
              ))}
              {lines.length > 8 && <div className="muted num">+{lines.length - 8}</div>}
            </dd>
          </div>
        ))}
      </dl>
      <div className="task-row">
        {write}
        {!handover.signedAt && (
          <button
            type="button"
            className="button is-strong"
            data-testid="handover-sign"
            onClick={() => void run(() => api.signHandover(handover.id))}
          >
            {t('handover.sign')}
          </button>
        )}
      </div>
    </div>
  );
}

function linesOf(c: HandoverContent, pick: (n: Names) => string, day: (at: string) => string) {
  return [
    {
      title: 'handover.tickets',
      lines: c.tickets.map((x) => `${x.no} ${x.priority} ${pick(x.place)} ${pick(x.title)}`),
    },
    {
      title: 'handover.unacknowledged',
      lines: c.unacknowledged.map((x) => `${x.priority} ${pick(x.place)} ${pick(x.title)} ${day(x.raisedAt)}`),
    },
    { title: 'handover.shelved', lines: c.shelved.map((x) => `${pick(x.place)} ${pick(x.title)}`) },
    { title: 'handover.devicesOut', lines: c.devicesOut.map((x) => pick(x.place)) },
    {
      title: 'handover.followUps',
      lines: c.followUps.map((x) => `${x.dueAt ? day(x.dueAt) : ''} ${pick(x.place)} ${pick(x.title)}`),
    },
    { title: 'handover.patrolsMissed', lines: c.patrolsMissed.map((x) => `${day(x.from)} (${x.open})`) },
    { title: 'handover.alarmPaths', lines: c.alarmPaths.map((x) => pick(x.place)) },
    { title: 'handover.unsignedBefore', lines: c.unsigned.map((x) => day(x.to)) },
  ] as const;
}
