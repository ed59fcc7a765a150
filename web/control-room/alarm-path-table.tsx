import type { AlarmPathView } from '../../src/gateway/task-views.js';
import { formatDay } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import type { TaskApi } from '../shared/task-api.js';

/** When each lift's alarm button was last proved to reach people. */
export function AlarmPathTable({
  paths,
  api,
  run,
  timeZone,
}: {
  paths: readonly AlarmPathView[];
  api: TaskApi;
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  timeZone: string | undefined;
}) {
  const { t, pick } = useLanguage();
  return (
    <ul className="task-list alarm-paths">
      {paths.map((p) => {
        const wrong = p.state === 'overdue' || p.state === 'failed';
        return (
          <li
            key={p.device}
            className={`task ${wrong ? 'is-overdue' : ''}`}
            data-alarm-path={p.device}
            data-state={p.state}
          >
            <div className="task-what">
              <strong>{pick(p.place)}</strong>{' '}
              <span className="muted num">
                {p.lastPassedAt ? t('path.last', { time: formatDay(p.lastPassedAt, timeZone) }) : t('path.never')}
                {p.how === 'press' && ` · ${t('path.press')}`}
              </span>
              {wrong && p.last?.reason && <p className="muted">{p.last.reason}</p>}
            </div>
            <div className="task-row">
              <span className={wrong ? 'task-late' : ''}>{t(`path.${p.state}`)}</span>
              <button
                type="button"
                className="button"
                data-testid="path-test"
                disabled={p.state === 'running'}
                onClick={() => void run(() => api.testAlarmPath(p.device))}
              >
                {t('path.test')}
              </button>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
