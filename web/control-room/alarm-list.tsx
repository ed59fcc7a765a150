import type { RefObject } from 'react';
import type { AlarmView, TicketView } from '../../src/gateway/views.js';
import { useLanguage } from '../shared/i18n/language.js';
import type { AlarmGroups } from './alarm-order.js';
import { AlarmRow } from './alarm-row.js';

const ENDED_SHOWN = 20;

export function AlarmList({
  groups,
  loaded,
  search,
  searchBox,
  cursor,
  tickets,
  onSearch,
  onOpen,
}: {
  groups: AlarmGroups;
  loaded: boolean;
  search: string;
  searchBox: RefObject<HTMLInputElement | null>;
  cursor: string | null;
  tickets: ReadonlyMap<string, TicketView>;
  onSearch: (search: string) => void;
  onOpen: (alarm: AlarmView) => void;
}) {
  const { t } = useLanguage();
  const rows = (alarms: readonly AlarmView[]) => (
    <ul className="alarm-rows">
      {alarms.map((alarm) => (
        <AlarmRow
          key={alarm.id}
          alarm={alarm}
          ticket={alarm.ticketId === null ? undefined : tickets.get(alarm.ticketId)}
          selected={alarm.id === cursor}
          onOpen={onOpen}
        />
      ))}
    </ul>
  );
  return (
    <section className="column alarm-list" aria-label={t('alarms.title')}>
      <div className="column-head">
        <h2>
          {t('alarms.title')} <span className="num">({groups.open.length})</span>
        </h2>
        <input
          ref={searchBox}
          className="input"
          type="search"
          data-testid="alarm-search"
          placeholder={`${t('alarms.search')}  /`}
          aria-label={t('alarms.search')}
          value={search}
          onChange={(e) => onSearch(e.target.value)}
        />
      </div>
      <div className="column-body">
        {groups.open.length > 0 && rows(groups.open)}
        {groups.open.length === 0 && loaded && <NoAlarms searching={search !== ''} />}
        <details open={groups.returned.length > 0} data-testid="alarms-returned">
          <summary>{t('alarms.returned', { count: groups.returned.length })}</summary>
          {rows(groups.returned)}
        </details>
        <details data-testid="alarms-shelved">
          <summary>{t('alarms.shelved', { count: groups.shelved.length })}</summary>
          {rows(groups.shelved)}
        </details>
        <details data-testid="alarms-ended">
          <summary>{t('alarms.ended', { count: groups.ended.length })}</summary>
          {rows(groups.ended.slice(0, ENDED_SHOWN))}
        </details>
      </div>
    </section>
  );
}

function NoAlarms({ searching }: { searching: boolean }) {
  const { t } = useLanguage();
  if (searching) return <p className="empty">{t('alarms.noMatch')}</p>;
  return (
    <div className="empty" data-testid="alarms-empty">
      <p>{t('alarms.noneOpen')}</p>
      <p>{t('alarms.tryIt')}</p>
      <code>npm run simulate -- scenarios/entrapment.yaml --speed 10</code>
    </div>
  );
}
