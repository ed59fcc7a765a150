import { useState } from 'react';
import type { InspectionUnitView, InspectionView } from '../../src/gateway/task-views.js';
import { formatDay } from './format-time.js';
import { useLanguage } from './i18n/language.js';
import type { TaskApi } from './task-api.js';
import { TaskForm } from './task-form.js';

type Run = (work: () => Promise<unknown>) => Promise<boolean>;
/** As in src/workflow/afterwards/inspections.ts. */
const FINDINGS = ['pipe.leak', 'pipe.burst', 'pipe.backflow', 'pipe.freeze-risk', 'meter.vacant-flow'] as const;

/** A list of empty units, worked unit by unit. */
export function InspectionList({
  list,
  api,
  run,
  timeZone,
}: {
  list: InspectionView;
  api: TaskApi;
  run: Run;
  timeZone: string | undefined;
}) {
  const { t, word } = useLanguage();
  return (
    <details className={`task ${list.overdue ? 'is-overdue' : ''}`} data-inspection={list.id}>
      <summary>
        <strong>{word('occasion', list.occasion)}</strong>{' '}
        <span className="num">{t('tasks.progress', { done: list.done, total: list.total })}</span>{' '}
        <span className="muted num">{t('tasks.due', { time: formatDay(list.dueAt, timeZone) })}</span>{' '}
        {list.overdue && <strong className="task-late">{t('tasks.overdue')}</strong>}
      </summary>
      <ul className="task-list">
        {list.units.map((u) => (
          <UnitRow key={u.unit} u={u} list={list.id} api={api} run={run} />
        ))}
      </ul>
    </details>
  );
}

function UnitRow({ u, list, api, run }: { u: InspectionUnitView; list: string; api: TaskApi; run: Run }) {
  const { t, pick, word } = useLanguage();
  const [asking, setAsking] = useState<'finding' | 'skipped' | null>(null);
  const report = (body: { result: string; note?: string; event?: string; evidence?: string }): void => {
    void run(() => api.inspect(list, u.unit, body)).then((ok) => ok && setAsking(null));
  };
  return (
    <li className="task" data-unit={u.unit} data-state={u.state}>
      <div className="task-what">
        <strong>{pick(u.place)}</strong>{' '}
        {u.keyCustody && <span className="muted">{t('tasks.key', { where: u.keyCustody })}</span>}
        {u.note && <p className="muted">{u.note}</p>}
      </div>
      {u.state !== 'open' ? (
        <span className="task-when">{word('unitReport', u.state)}</span>
      ) : asking === null ? (
        <div className="task-row">
          <button type="button" className="button is-plain" onClick={() => setAsking('skipped')}>
            {t('tasks.skip')}
          </button>
          <button type="button" className="button" data-testid="unit-finding" onClick={() => setAsking('finding')}>
            {t('tasks.finding')}
          </button>
          <button
            type="button"
            className="button is-strong"
            data-testid="unit-ok"
            onClick={() => report({ result: 'ok' })}
          >
            {t('tasks.ok')}
          </button>
        </div>
      ) : (
        <TaskForm
          title={t(asking === 'finding' ? 'tasks.whatFound' : 'tasks.whySkip')}
          {...(asking === 'finding'
            ? {
                ask: 'photo' as const,
                choices: {
                  label: t('tasks.findingEvent'),
                  none: t('tasks.noTicket'),
                  options: FINDINGS.map((e) => ({ value: e, text: word('finding', e) })),
                },
              }
            : {})}
          onBack={() => setAsking(null)}
          onSubmit={(note, evidence, event) =>
            report({ result: asking, note, ...(evidence ? { evidence } : {}), ...(event ? { event } : {}) })
          }
        />
      )}
    </li>
  );
}
