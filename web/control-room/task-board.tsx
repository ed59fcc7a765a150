import type { EstateView } from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import { FollowUpList } from '../shared/follow-up-list.js';
import { goHome } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { InspectionList } from '../shared/inspection-list.js';
import { PatrolList } from '../shared/patrol-list.js';
import { useTasks } from '../shared/use-tasks.js';
import { AlarmPathTable } from './alarm-path-table.js';
import { DrillStart } from './drill-start.js';
import { HandoverCard } from './handover-card.js';
import { WeatherFlags } from './weather-flags.js';

/** 待办: everything of an estate that is no emergency, in place of its map; alarms stay in sight on the left. */
export function TaskBoard({
  api,
  estate,
  version,
}: {
  api: ApiClient;
  estate: EstateView | undefined;
  version: number;
}) {
  const { t } = useLanguage();
  const id = estate?.id;
  const { data, error, run } = useTasks(id ? () => api.tasks.tasks(id) : null, `${id} ${version}`);
  const zone = estate?.timezone;
  return (
    <section className="column task-board" aria-label={t('tasks.title')} data-testid="task-board">
      <div className="column-head">
        <h2>{t('tasks.title')}</h2>
        <button type="button" className="button is-plain" data-testid="tasks-back" onClick={goHome}>
          {t('back')}
        </button>
      </div>
      <div className="task-board-body">
        {error !== null && (
          <p className="error-line" role="alert">
            {error === '' ? t('error.offline') : t('tasks.refused', { message: error })}
          </p>
        )}
        {!data || !id ? (
          <p className="empty">{t('tasks.loading')}</p>
        ) : (
          <>
            <section className="is-wide">
              <h3>{t('tasks.handover')}</h3>
              <HandoverCard handover={data.handover} estate={id} api={api.tasks} run={run} timeZone={zone} />
            </section>
            <section>
              <h3>{t('tasks.followUps', { count: data.followUps.length })}</h3>
              {data.followUps.length === 0 && <p className="muted">{t('tasks.none')}</p>}
              <FollowUpList items={data.followUps} api={api.tasks} run={run} timeZone={zone} />
              <h3>{t('tasks.inspections')}</h3>
              {data.inspections.map((list) => (
                <InspectionList key={list.id} list={list} api={api.tasks} run={run} timeZone={zone} />
              ))}
              <h3>{t('tasks.weather')}</h3>
              <WeatherFlags flags={data.weather} estate={id} api={api.tasks} run={run} timeZone={zone} />
              <h3>{t('tasks.drills')}</h3>
              <DrillStart
                lifts={data.alarmPaths}
                lastAt={data.lastDrillAt}
                estate={id}
                api={api.tasks}
                run={run}
                timeZone={zone}
              />
            </section>
            <section>
              <h3>{t('tasks.patrols')}</h3>
              {!data.patrolPlan.on && (
                <div className="task">
                  <p className="muted">{t('patrol.off')}</p>
                  <button type="button" className="button" onClick={() => void run(() => api.tasks.setPatrols(id, 2))}>
                    {t('patrol.setUp')}
                  </button>
                </div>
              )}
              <PatrolList rounds={data.patrols} api={api.tasks} run={run} timeZone={zone} />
            </section>
            <section className="is-wide">
              <h3>{t('tasks.alarmPaths')}</h3>
              <AlarmPathTable paths={data.alarmPaths} api={api.tasks} run={run} timeZone={zone} />
            </section>
          </>
        )}
      </div>
    </section>
  );
}
