import { useState } from 'react';
import type { FollowUpView } from '../../src/gateway/task-views.js';
import { formatDay } from './format-time.js';
import { goTo } from './hash-route.js';
import { useLanguage } from './i18n/language.js';
import type { TaskApi } from './task-api.js';
import { TaskForm } from './task-form.js';

type Run = (work: () => Promise<unknown>) => Promise<boolean>;

/** Follow-ups, the overdue ones marked; each is done with an outcome or left out with a reason. */
export function FollowUpList({
  items,
  api,
  run,
  timeZone,
}: {
  items: readonly FollowUpView[];
  api: TaskApi;
  run: Run;
  timeZone: string | undefined;
}) {
  return (
    <ul className="task-list">
      {items.map((f) => (
        <FollowUpRow key={f.id} f={f} api={api} run={run} timeZone={timeZone} />
      ))}
    </ul>
  );
}

function FollowUpRow({
  f,
  api,
  run,
  timeZone,
}: {
  f: FollowUpView;
  api: TaskApi;
  run: Run;
  timeZone: string | undefined;
}) {
  const { t, pick } = useLanguage();
  const [asking, setAsking] = useState<'done' | 'skip' | null>(null);
  const asksPeople = f.kind === 'visit' || f.kind === 'complaint' || f.kind === 'paid-repair';
  return (
    <li className={`task ${f.overdue ? 'is-overdue' : ''}`} data-follow-up={f.id} data-kind={f.kind}>
      <div className="task-what">
        <strong>{pick(f.place)}</strong> <span>{pick(f.title)}</span>
        {f.note && <p className="muted">{f.note}</p>}
      </div>
      <div className="task-when">
        {f.overdue && <strong className="task-late">{t('tasks.overdue')}</strong>}
        <span className="num">
          {f.dueAt ? t('tasks.due', { time: formatDay(f.dueAt, timeZone) }) : t('tasks.waitsRain')}
        </span>
        <span className="muted">{f.assigneeName ? pick(f.assigneeName) : t(`role.${f.role}`)}</span>
      </div>
      {asking === null ? (
        <div className="task-row">
          {f.ticketNo && f.ticketId && (
            <button type="button" className="button is-plain" onClick={() => goTo('tickets', f.ticketId ?? '')}>
              {t('tasks.openTicket', { no: f.ticketNo })}
            </button>
          )}
          <span className="task-gap" />
          <button
            type="button"
            className="button is-plain"
            data-testid="follow-up-skip"
            onClick={() => setAsking('skip')}
          >
            {t('tasks.skip')}
          </button>
          <button type="button" className="button" data-testid="follow-up-done" onClick={() => setAsking('done')}>
            {t('tasks.done')}
          </button>
        </div>
      ) : (
        <TaskForm
          title={t(asking === 'done' ? 'tasks.outcome' : 'tasks.whySkip')}
          {...(asking === 'done' && asksPeople ? { ask: 'satisfaction' as const } : {})}
          onBack={() => setAsking(null)}
          onSubmit={(words, more) =>
            void run(() =>
              asking === 'done'
                ? api.followUpDone(f.id, words, Number(more) || undefined)
                : api.followUpSkip(f.id, words),
            ).then((ok) => ok && setAsking(null))
          }
        />
      )}
    </li>
  );
}
