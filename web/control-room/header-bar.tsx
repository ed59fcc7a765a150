import type { EstateView } from '../../src/gateway/views.js';
import type { EstateState } from '../shared/estate-store.js';
import { formatTime } from '../shared/format-time.js';
import { goTo } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { LanguageSwitch } from '../shared/language-switch.js';
import { useObservable } from '../shared/observable.js';
import { useServerNow } from '../shared/server-clock.js';
import { alarmLoad } from './alarm-order.js';
import { ConnectionBadge } from './connection-badge.js';
import type { ControlRoomFeed } from './control-room-feed.js';
import { SoundControls } from './sound-controls.js';

export function HeaderBar({
  feed,
  estate,
  state,
  onEstate,
  onLogOut,
}: {
  feed: ControlRoomFeed;
  estate: EstateView | undefined;
  state: EstateState;
  onEstate: (id: string) => void;
  onLogOut: () => void;
}) {
  const { t, pick } = useLanguage();
  const estates = useObservable(feed.estates) ?? [];
  const states = useObservable(feed.states);
  const me = useObservable(feed.me);
  const now = useServerNow();
  const dangers = (id: string): number =>
    [...(states.get(id)?.alarms.values() ?? [])].filter((a) => a.priority === 'P1' && a.state !== 'NORM').length;
  const drill = [...state.tickets.values()].some((k) => k.drill && k.overAt === null);

  return (
    <header className="header-bar">
      <span className="brand">
        <strong>{t('app.name')}</strong> <span className="muted">{t('app.controlRoom')}</span>
      </span>
      <select
        className="input"
        aria-label={t('estate.select')}
        data-testid="estate-select"
        value={estate?.id ?? ''}
        onChange={(e) => onEstate(e.target.value)}
      >
        {estates.map((e) => (
          <option key={e.id} value={e.id}>
            {pick(e.name)}
            {dangers(e.id) > 0 ? ` ◆${dangers(e.id)}` : ''}
          </option>
        ))}
      </select>
      <time className="header-clock" data-testid="server-clock">
        {formatTime(now, estate?.timezone)}
      </time>
      <ConnectionBadge feed={feed} seq={state.seq} />
      {drill && <span className="drill">{t('ticket.drill')}</span>}
      <button type="button" className="button" data-testid="new-ticket-button" onClick={() => goTo('new', 'call')}>
        ＋ {t('call.new')} <kbd>N</kbd>
      </button>
      <span className="header-gap" />
      <button type="button" className="button is-plain" data-testid="open-tasks" onClick={() => goTo('tasks', 'all')}>
        {t('tasks.title')}
      </button>
      <span className="muted num">{t('load', { count: alarmLoad(state.alarms.values(), now) })}</span>
      <a className="button is-plain" href={`#/roster/${estate?.id ?? ''}`} data-testid="open-roster">
        {t('roster.open')}
      </a>
      <SoundControls ringer={feed.ringer} />
      <LanguageSwitch />
      {me && (
        <span className="header-user">
          {pick(me.name)} <span className="muted">{t(me.onDuty ? 'onDuty' : 'offDuty')}</span>
        </span>
      )}
      <button type="button" className="button is-plain" data-testid="logout" onClick={onLogOut}>
        {t('logout')}
      </button>
    </header>
  );
}
