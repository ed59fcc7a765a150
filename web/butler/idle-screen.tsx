import { goTo } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { LanguageSwitch } from '../shared/language-switch.js';
import { useObservable } from '../shared/observable.js';
import { formatTime } from '../shared/format-time.js';
import type { ButlerSession } from './butler-session.js';
import { isOver } from './next-action.js';
import { TicketCard } from './ticket-card.js';
import { UnsentList } from './unsent-list.js';

/** Nothing to do: say plainly whether a call would arrive. */
export function IdleScreen({
  session,
  onOpen,
  onLogOut,
}: {
  session: ButlerSession;
  onOpen: (ticketId: string) => void;
  onLogOut: () => void;
}) {
  const { t, pick } = useLanguage();
  const me = useObservable(session.me);
  const link = useObservable(session.watch.link);
  const tickets = useObservable(session.tickets);
  const queue = useObservable(session.outbox.queue);
  const sound = useObservable(session.ringer.state);
  const newTasks = useObservable(session.newTasks);
  const username = me?.username;
  const accepting = new Set(queue.flatMap((a) => (a.kind === 'move' && a.move === 'accept' ? [a.ticketId] : [])));
  const mine = [...tickets.values()]
    .filter((k) => !isOver(k.state) && (accepting.has(k.id) || k.slots.some((s) => s.holder === username)))
    .sort((a, b) => a.priority.localeCompare(b.priority) || a.openedAt.localeCompare(b.openedAt));
  const headline =
    link.phase === 'stale'
      ? t('butler.offline')
      : link.phase === 'connecting' || !me
        ? t('butler.connecting')
        : me.onDuty
          ? t('butler.ready')
          : t('butler.readyOff');

  return (
    <main className="idle">
      <header className="idle-head">
        <span>
          {me && <strong>{pick(me.name)}</strong>}
          {me?.estates.map((e) => (
            <span key={e.id} className="muted">
              {' '}
              {pick(e.name)}
            </span>
          ))}
        </span>
        <LanguageSwitch />
      </header>
      <section className={`big-link is-${link.phase}`} data-testid="connection-state" data-phase={link.phase}>
        <span className="big-link-mark" aria-hidden="true" />
        <h1>{headline}</h1>
        {link.phase === 'stale' ? (
          <p>
            {link.heardAt !== null && <time>{t('stale.since', { time: formatTime(link.heardAt, session.zone) })}</time>}
            <br />
            {t('butler.offlineHint')}
          </p>
        ) : (
          <p className="muted">{t('butler.readyHint')}</p>
        )}
        <div className="sound-row">
          <button
            type="button"
            className={`button ${sound === 'on' ? '' : 'is-strong'}`}
            data-testid="sound-toggle"
            data-sound={sound}
            onClick={() => (sound === 'blocked' ? void session.ringer.test() : session.ringer.toggle())}
          >
            {t(`sound.${sound}`)}
          </button>
          <button type="button" className="button" onClick={() => void session.ringer.test()}>
            {t('sound.test')}
          </button>
        </div>
      </section>
      <button
        type="button"
        className={`button ${newTasks > 0 ? 'is-strong' : ''}`}
        data-testid="open-tasks"
        onClick={() => {
          session.newTasks.set(0);
          goTo('tasks', 'all');
        }}
      >
        {newTasks > 0 ? t('tasks.count', { count: newTasks }) : t('tasks.title')}
      </button>
      <UnsentList queue={queue} timeZone={session.zone} />
      <section>
        <h2>{t('butler.mine')}</h2>
        {mine.length === 0 ? (
          <p className="empty">{t('butler.none')}</p>
        ) : (
          <ul className="cards">
            {mine.map((ticket) => (
              <TicketCard key={ticket.id} ticket={ticket} onOpen={onOpen} />
            ))}
          </ul>
        )}
      </section>
      <footer className="idle-foot">
        <button type="button" className="button" data-testid="open-profile" onClick={() => goTo('profile', 'channels')}>
          {t('profile.title')}
        </button>
        <button type="button" className="button is-plain" data-testid="logout" onClick={onLogOut}>
          {t('logout')}
        </button>
      </footer>
    </main>
  );
}
