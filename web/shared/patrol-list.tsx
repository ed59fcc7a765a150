import { useState } from 'react';
import type { PatrolPointView, PatrolRoundView } from '../../src/gateway/task-views.js';
import { formatDay } from './format-time.js';
import { useLanguage } from './i18n/language.js';
import type { TaskApi } from './task-api.js';
import { TaskForm } from './task-form.js';

type Run = (work: () => Promise<unknown>) => Promise<boolean>;

/** The round under way, door by door; rounds that were missed only say so. */
export function PatrolList({
  rounds,
  api,
  run,
  timeZone,
}: {
  rounds: readonly PatrolRoundView[];
  api: TaskApi;
  run: Run;
  timeZone: string | undefined;
}) {
  const { t } = useLanguage();
  return (
    <>
      {rounds.map((r) => {
        const seen = r.points.filter((p) => p.result !== null).length;
        const span = t('patrol.round', {
          from: formatDay(r.from, timeZone),
          to: formatDay(r.dueAt, timeZone).slice(6),
        });
        if (r.state === 'missed')
          return (
            <p key={r.id} className="task is-overdue" data-round={r.id}>
              <span className="num">{span}</span>{' '}
              <strong className="task-late">{t('patrol.missed', { count: r.points.length - seen })}</strong>
            </p>
          );
        return (
          <details key={r.id} className="task" data-round={r.id} open>
            <summary>
              <span className="num">{span}</span>{' '}
              <strong className="num">{t('tasks.doors', { done: seen, total: r.points.length })}</strong>
            </summary>
            <ul className="task-list">
              {r.points.map((p) => (
                <DoorRow key={p.device} p={p} round={r.id} api={api} run={run} />
              ))}
            </ul>
          </details>
        );
      })}
    </>
  );
}

function DoorRow({ p, round, api, run }: { p: PatrolPointView; round: string; api: TaskApi; run: Run }) {
  const { t, pick, word } = useLanguage();
  const [asking, setAsking] = useState<'ok' | 'finding' | null>(null);
  return (
    <li className="task" data-door={p.device}>
      <strong className="task-what">{pick(p.place)}</strong>
      {p.result ? (
        <span className="task-when">{word('unitReport', p.result)}</span>
      ) : asking === null ? (
        <div className="task-row">
          <button type="button" className="button" data-testid="door-finding" onClick={() => setAsking('finding')}>
            {t('tasks.finding')}
          </button>
          <button type="button" className="button is-strong" data-testid="door-ok" onClick={() => setAsking('ok')}>
            {t('tasks.ok')}
          </button>
        </div>
      ) : (
        <TaskForm
          title={t(asking === 'finding' ? 'tasks.whatFound' : 'handover.note')}
          required={asking === 'finding'}
          ask="photo"
          onBack={() => setAsking(null)}
          onSubmit={(note, evidence) =>
            void run(() =>
              api.patrol(round, p.device, {
                result: asking,
                ...(note ? { note } : {}),
                ...(evidence ? { evidence } : {}),
              }),
            ).then((ok) => ok && setAsking(null))
          }
        />
      )}
    </li>
  );
}
