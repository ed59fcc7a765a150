import { useEffect, useState } from 'react';
import type { PageEvent, TicketDetail } from '../../src/gateway/views.js';
import { goTo } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { PriorityMark } from '../shared/priority-mark.js';
import { formatDuration } from '../shared/format-time.js';
import { useServerNow } from '../shared/server-clock.js';
import type { ButlerSession } from './butler-session.js';
import { LinkStrip } from './link-strip.js';
import { NotifiedList } from './notified-list.js';
import { ReasonForm } from './reason-form.js';
import { SoundHint } from './sound-hint.js';

/** The page itself: fills the phone until it is answered. Any touch silences it; only a button answers it. */
export function PageScreen({
  page,
  more,
  ringing,
  ticket,
  session,
}: {
  page: PageEvent;
  more: number;
  ringing: boolean;
  ticket: TicketDetail | undefined;
  session: ButlerSession;
}) {
  const { t, pick } = useLanguage();
  const now = useServerNow();
  const [declining, setDeclining] = useState(false);
  const [busy, setBusy] = useState(false);
  useReportSeen(page.pageId, session);

  const answer = async (move: 'accept' | 'decline', reason?: string): Promise<void> => {
    setBusy(true);
    session.silence(page.pageId);
    const body = { slot: page.slot, ...(reason ? { reason } : {}) };
    const place = page.place;
    await session.outbox.act({ kind: 'move', move, ticketId: page.ticketId, place, body, pageId: page.pageId });
    // Answered, refused, or kept for later: in each case this screen has done its work.
    session.dropPages(page.ticketId);
    const notTaken = session.inbox.get().notice?.ticketId !== page.ticketId;
    if (move === 'accept' && notTaken && session.outbox.refused.get() === null) goTo('tickets', page.ticketId);
  };

  return (
    <main
      className={`page-screen ${page.priority.toLowerCase()} ${ringing ? 'is-ringing' : ''}`}
      data-testid="page-screen"
      data-page={page.pageId}
      data-ticket={page.ticketId}
      data-ringing={ringing}
      onPointerDown={() => session.silence(page.pageId)}
    >
      <header className="page-head">
        <div className="page-head-line">
          <PriorityMark priority={page.priority} />
          {page.drill && <strong className="drill">{t('ticket.drill')}</strong>}
          {more > 0 && <span className="num">+{more}</span>}
          <LinkStrip session={session} />
        </div>
        <h1>{pick(page.title)}</h1>
      </header>
      <section className="page-body">
        <p className="page-place">{pick(page.place)}</p>
        <p className="page-since">
          <strong className="num">{formatDuration(now - Date.parse(page.openedAt))}</strong> {t('page.ago')}
        </p>
        <p className="muted">{t('page.for', { slot: t(`slot.${page.slot}`) })}</p>
        {page.silent && <p className="page-silent">{t('page.silent')}</p>}
        <NotifiedList ticket={ticket} me={session.username} />
        {ringing && !page.silent && <p className="muted page-touch">{t('page.touch')}</p>}
        {!page.silent && <SoundHint session={session} />}
      </section>
      <footer className="page-foot">
        {declining ? (
          <ReasonForm
            title={t('confirm.decline')}
            choices={[t('decline.far'), t('decline.busy'), t('decline.off')]}
            submit={t('move.decline')}
            onSubmit={(reason) => void answer('decline', reason)}
            onBack={() => setDeclining(false)}
          />
        ) : (
          <>
            <button
              type="button"
              className="big-button"
              data-testid="page-accept"
              disabled={busy}
              onClick={() => void answer('accept')}
            >
              {t('page.accept')}
            </button>
            <button
              type="button"
              className="button is-plain page-decline"
              data-testid="page-decline"
              disabled={busy}
              onClick={() => setDeclining(true)}
            >
              {t('move.decline')}
            </button>
          </>
        )}
      </footer>
    </main>
  );
}

/** `seen` means that it stood on a screen that is on and in front; a locked phone says so when it wakes. */
const useReportSeen = (pageId: string, session: ButlerSession): void => {
  useEffect(() => {
    const report = (): boolean => {
      if (document.visibilityState !== 'visible') return false;
      session.reportSeen(pageId);
      return true;
    };
    if (report()) return undefined;
    const whenVisible = (): void => {
      if (report()) document.removeEventListener('visibilitychange', whenVisible);
    };
    document.addEventListener('visibilitychange', whenVisible);
    return () => document.removeEventListener('visibilitychange', whenVisible);
  }, [pageId, session]);
};
