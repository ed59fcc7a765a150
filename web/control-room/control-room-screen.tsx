import { useCallback, useMemo, useRef, useState } from 'react';
import type { AlarmView } from '../../src/gateway/views.js';
import { emptyEstate } from '../shared/estate-store.js';
import { goHome, goTo, useHashRoute } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import type { Login } from '../shared/login-gate.js';
import { useObservable } from '../shared/observable.js';
import { safeStorage } from '../shared/safe-storage.js';
import { AlarmList } from './alarm-list.js';
import { groupAlarms, isUnacknowledged, matchesSearch } from './alarm-order.js';
import type { ControlRoomFeed } from './control-room-feed.js';
import { EstateMap } from './estate-map.js';
import { HeaderBar } from './header-bar.js';
import { PageBanner } from './page-banner.js';
import { SaidNotice } from './said-notice.js';
import { SidePanel } from './side-panel.js';
import { StaleBanner } from './stale-banner.js';
import { StaleCover } from './stale-cover.js';
import { TaskBoard } from './task-board.js';
import { useControlRoomKeys } from './use-control-room-keys.js';

const ESTATE_KEY = 'steward.estate';

export function ControlRoomScreen({ feed, login }: { feed: ControlRoomFeed; login: Login }) {
  const { t } = useLanguage();
  const estates = useObservable(feed.estates);
  const states = useObservable(feed.states);
  const route = useHashRoute();
  const [wanted, setWanted] = useState(() => safeStorage.get(ESTATE_KEY));
  const [search, setSearch] = useState('');
  const [cursor, setCursor] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const closeSaid = useCallback(() => setSaid(null), []);
  const searchBox = useRef<HTMLInputElement>(null);

  const estate = estates?.find((e) => e.id === wanted) ?? estates?.[0];
  const state = useMemo(() => (estate && states.get(estate.id)) ?? emptyEstate(estate?.id ?? ''), [estate, states]);
  const groups = useMemo(
    () => groupAlarms([...state.alarms.values()].filter((a) => matchesSearch(a, search))),
    [state.alarms, search],
  );
  const listed = useMemo(() => [...groups.open, ...groups.returned, ...groups.shelved], [groups]);
  const selected = listed.find((a) => a.id === cursor) ?? null;

  const open = (alarm: AlarmView): void => {
    setCursor(alarm.id);
    if (alarm.ticketId) goTo('tickets', alarm.ticketId);
    else goTo('alarms', alarm.id);
  };
  const acknowledge = (): void => {
    const target = selected ?? listed.find(isUnacknowledged);
    if (!target || !isUnacknowledged(target)) return;
    setCursor(target.id);
    login.api.ackAlarm(target.id).catch(() => undefined); // the list shows what really happened
  };
  const step = (by: number): void => {
    const at = listed.findIndex((a) => a.id === cursor);
    const next = listed[at < 0 ? 0 : Math.min(listed.length - 1, Math.max(0, at + by))];
    if (next) setCursor(next.id);
  };
  const back = (): void => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (search !== '') setSearch('');
    else if (route) goHome();
    else setCursor(null);
  };
  useControlRoomKeys({
    acknowledge,
    open: () => {
      const target = selected ?? listed[0];
      if (target) open(target);
    },
    search: () => searchBox.current?.focus(),
    newTicket: () => goTo('new', 'call'),
    back,
    step,
  });

  if (estates?.length === 0)
    return (
      <main className="login">
        <form>
          <p>{t('login.noRole')}</p>
          <button type="button" className="button is-strong" onClick={login.logOut}>
            {t('logout')}
          </button>
        </form>
      </main>
    );

  return (
    <div className="control-room">
      <HeaderBar
        feed={feed}
        estate={estate}
        state={state}
        onEstate={(id) => {
          safeStorage.set(ESTATE_KEY, id);
          setWanted(id);
        }}
        onLogOut={login.logOut}
      />
      <div>
        <StaleBanner feed={feed} timeZone={estate?.timezone} />
        <PageBanner feed={feed} api={login.api} />
        {said !== null && <SaidNotice words={said} onClose={closeSaid} />}
      </div>
      <div className="columns">
        <AlarmList
          groups={groups}
          loaded={state.seq !== null}
          search={search}
          searchBox={searchBox}
          cursor={cursor}
          tickets={state.tickets}
          onSearch={setSearch}
          onOpen={open}
        />
        {route?.kind === 'tasks' ? (
          <TaskBoard api={login.api} estate={estate} version={state.tasksAt} />
        ) : (
          <EstateMap feed={feed} estate={estate} alarms={state.alarms} cursor={cursor} onOpen={open} />
        )}
        <SidePanel feed={feed} api={login.api} route={route} state={state} estate={estate} onSaid={setSaid} />
        <StaleCover feed={feed} />
      </div>
    </div>
  );
}
