import { useEffect } from 'react';
import { goHome, goTo, useHashRoute } from '../shared/hash-route.js';
import { useObservable } from '../shared/observable.js';
import type { ButlerSession } from './butler-session.js';
import { IdleScreen } from './idle-screen.js';
import { NoticeBar } from './notice-bar.js';
import { PageScreen } from './page-screen.js';
import { TasksScreen } from './tasks-screen.js';
import { ProfileScreen } from './profile/profile-screen.js';
import { TicketScreen } from './ticket-screen.js';

/** One thing at a time: a page before a ticket, a ticket before the idle screen. */
export function ButlerScreen({ session, onLogOut }: { session: ButlerSession; onLogOut: () => void }) {
  const inbox = useObservable(session.inbox);
  const tickets = useObservable(session.tickets);
  const me = useObservable(session.me);
  const route = useHashRoute();
  const page = inbox.open[0]?.page;
  const ticket = route?.kind === 'tickets' ? tickets.get(route.id) : undefined;

  // An address that leads nowhere (taken by somebody else, not in scope any more) leads home.
  const lost = route !== null && me !== null && inbox.notice?.ticketId === route.id;
  useEffect(() => {
    if (lost) goHome();
  }, [lost]);

  return (
    <>
      <NoticeBar session={session} />
      {page ? (
        <PageScreen
          key={page.pageId}
          page={page}
          more={inbox.open.length - 1}
          ringing={inbox.open[0]?.rings === true}
          ticket={tickets.get(page.ticketId)}
          session={session}
        />
      ) : route?.kind === 'profile' ? (
        <ProfileScreen session={session} onBack={goHome} />
      ) : ticket ? (
        <TicketScreen ticket={ticket} session={session} onBack={goHome} />
      ) : route?.kind === 'tasks' ? (
        <TasksScreen session={session} onBack={goHome} />
      ) : (
        <IdleScreen session={session} onOpen={(id) => goTo('tickets', id)} onLogOut={onLogOut} />
      )}
    </>
  );
}
