import { useState } from 'react';
import type { TasksView } from '../../src/gateway/task-views.js';
import { FollowUpList } from '../shared/follow-up-list.js';
import { useLanguage } from '../shared/i18n/language.js';
import { InspectionList } from '../shared/inspection-list.js';
import { useObservable } from '../shared/observable.js';
import { PatrolList } from '../shared/patrol-list.js';
import type { TaskApi } from '../shared/task-api.js';
import { useTasks } from '../shared/use-tasks.js';
import type { ButlerSession } from './butler-session.js';

type PhoneTasks = Pick<TasksView, 'followUps' | 'inspections' | 'patrols'>;

/** Contractors see their own jobs; everybody else also the lists that anybody may work on. */
async function load(api: TaskApi, estate: string, isStaff: boolean): Promise<PhoneTasks> {
  const { items: followUps } = await api.mine(estate);
  if (!isStaff) return { followUps, inspections: [], patrols: [] };
  const { inspections, patrols } = await api.tasks(estate);
  return { followUps, inspections, patrols: patrols.filter((p) => p.state === 'open') };
}

/** 待办: what is to be done when nothing burns. */
export function TasksScreen({ session, onBack }: { session: ButlerSession; onBack: () => void }) {
  const { t, pick } = useLanguage();
  const me = useObservable(session.me);
  const version = useObservable(session.taskVersion);
  const [wanted, setWanted] = useState<string | null>(null);
  const estate = wanted ?? me?.estates[0]?.id ?? null;
  const isStaff = me?.roles.some((r) => r.estate === estate && r.role !== 'contractor') ?? false;
  const api = session.taskApi;
  const { data, error, run } = useTasks(estate ? () => load(api, estate, isStaff) : null, `${version} ${estate}`);
  const zone = session.zone;
  const nothing = data && data.followUps.length + data.inspections.length + data.patrols.length === 0;

  return (
    <main className="ticket-screen tasks-screen" data-testid="tasks-screen">
      <header className="idle-head">
        <button type="button" className="button is-plain" data-testid="tasks-back" onClick={onBack}>
          ‹ {t('back')}
        </button>
        <h1>{t('tasks.title')}</h1>
        {me && me.estates.length > 1 ? (
          <select className="input" value={estate ?? ''} onChange={(e) => setWanted(e.target.value)}>
            {me.estates.map((e) => (
              <option key={e.id} value={e.id}>
                {pick(e.name)}
              </option>
            ))}
          </select>
        ) : (
          <span />
        )}
      </header>
      {error !== null && (
        <p className="error-line" role="alert">
          {error === '' ? t('error.offline') : t('tasks.refused', { message: error })}
        </p>
      )}
      {!data && <p className="empty">{t('tasks.loading')}</p>}
      {nothing && <p className="empty">{t('tasks.none')}</p>}
      {data && data.followUps.length > 0 && (
        <section>
          <h2>{t('tasks.mine')}</h2>
          <FollowUpList items={data.followUps} api={api} run={run} timeZone={zone} />
        </section>
      )}
      {data && data.patrols.length > 0 && (
        <section>
          <h2>{t('tasks.patrols')}</h2>
          <PatrolList rounds={data.patrols} api={api} run={run} timeZone={zone} />
        </section>
      )}
      {data && data.inspections.length > 0 && (
        <section>
          <h2>{t('tasks.inspections')}</h2>
          {data.inspections.map((list) => (
            <InspectionList key={list.id} list={list} api={api} run={run} timeZone={zone} />
          ))}
        </section>
      )}
    </main>
  );
}
