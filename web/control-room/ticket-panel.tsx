import { useEffect, useState } from 'react';
import type { TicketDetail } from '../../src/gateway/views.js';
import type { ApiClient, MoveBody } from '../shared/api-client.js';
import { ApiError } from '../shared/api-error.js';
import { ContactButtons } from '../shared/contact-buttons.js';
import { evidenceOf } from '../shared/evidence.js';
import { EvidenceStrip } from '../shared/evidence-strip.js';
import type { EstateState } from '../shared/estate-store.js';
import { goTo } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { JournalList } from '../shared/journal-list.js';
import { journalNames } from '../shared/journal-words.js';
import { LeakSuspects } from '../shared/leak-suspects.js';
import { StepList } from '../shared/step-list.js';
import { AlarmActions } from './alarm-actions.js';
import type { ControlRoomFeed } from './control-room-feed.js';
import { MissedLimits } from './missed-limits.js';
import { Reassurance } from './reassurance.js';
import { ReportButtons } from './report-buttons.js';
import { TierCalls } from './tier-calls.js';
import { ResidentNotice } from './resident-notice.js';
import { TicketClocks } from './ticket-clocks.js';
import { TicketHead } from './ticket-head.js';
import { TicketMoves } from './ticket-moves.js';
import { TicketRegroup } from './ticket-regroup.js';
import { TicketSlots } from './ticket-slots.js';
import { TicketTalk } from './ticket-talk.js';
import { useTicketDetail } from './use-ticket-detail.js';

/** One emergency: what, who, how long is left, what to do next, what has been done. */
export function TicketPanel({
  ticketId,
  feed,
  api,
  state,
  timeZone,
}: {
  ticketId: string;
  feed: ControlRoomFeed;
  api: ApiClient;
  state: EstateState;
  timeZone?: string;
}) {
  const { t, pick } = useLanguage();
  const { ticket, put, refetch } = useTicketDetail(api, ticketId, state);
  const [trouble, setTrouble] = useState<string | null>(null);
  // Opening the ticket is looking at its page.
  useEffect(() => feed.seenTicket(ticketId), [feed, ticketId]);

  if (!ticket) return <p className="empty">{t('ticket.loading')}</p>;

  /** @returns whether it was done */
  const attempt = async (what: Promise<unknown>): Promise<boolean> => {
    setTrouble(null);
    try {
      await what;
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) setTrouble(t('error.offline'));
      else if (error.missing.length > 0)
        setTrouble(t('error.missingSteps', { steps: error.missing.map((m) => `${m.no} ${pick(m.title)}`).join('; ') }));
      else if (error.holderName) setTrouble(t('error.taken', { name: pick(error.holderName) }));
      else setTrouble(t('error.refused', { message: error.message }));
      return false;
    } finally {
      refetch();
    }
  };
  const show = (after: TicketDetail): void => put(after);
  const move = (name: string, body: MoveBody = {}): void =>
    void attempt(
      api.move(ticket.id, name, body).then((after: TicketDetail) => {
        put(after);
        if (name === 'accept' || name === 'decline') feed.dropPages(ticket.id);
      }),
    );
  const names = journalNames(ticket);
  const items = evidenceOf(ticket);
  const look = (sha256: string): Promise<Blob> => api.evidence(ticket.id, sha256);
  // While somebody is in need, what to do comes first; afterwards its report does.
  const isDone = ticket.rescuedAt !== null || ticket.overAt !== null;
  const reports = <ReportButtons ticket={ticket} api={api} attempt={attempt} />;
  const stepsDone = ticket.steps.filter((s) => s.state !== 'open').length;

  return (
    <article
      className={`ticket-panel column-body ${ticket.priority.toLowerCase()}`}
      data-testid="ticket-panel"
      data-ticket={ticket.id}
    >
      <TicketHead ticket={ticket} />
      {trouble !== null && (
        <p className="error-line" role="alert" data-testid="trouble">
          {trouble}
        </p>
      )}
      {isDone && reports}
      <TierCalls
        calls={ticket.tierCalls}
        timeZone={timeZone}
        onCalled={(tier, report) => void attempt(api.tierCalled(ticket.id, tier, report).then(show))}
      />
      <TicketClocks clocks={ticket.clocks} />
      <TicketMoves ticket={ticket} me={feed.username} onMove={move} />
      <Reassurance ticket={ticket} timeZone={timeZone} onReassure={() => void attempt(api.reassure(ticket.id))} />
      <TicketSlots
        ticket={ticket}
        timeZone={timeZone}
        api={api}
        onMove={move}
        onReassign={(slot, to, reason) => void attempt(api.reassignSlot(ticket.id, slot, to, reason).then(show))}
        onAdd={(slot, person) => void attempt(api.addPerson(ticket.id, slot, person).then(show))}
      />
      <MissedLimits missed={ticket.missedLimits} timeZone={timeZone} />
      <TicketTalk
        ticket={ticket}
        timeZone={timeZone}
        onNote={(text) => attempt(api.addNote(ticket.id, text).then(show))}
      />
      <section>
        <h3>{t('ticket.steps', { done: stepsDone, total: ticket.steps.length })}</h3>
        {ticket.steps.length === 0 ? (
          <p className="muted">{t('ticket.noSteps')}</p>
        ) : (
          <StepList
            steps={ticket.steps}
            people={names.people}
            timeZone={timeZone}
            onChange={(no, change, note) => void attempt(api.step(ticket.id, no, change, note))}
            evidence={{ items, look }}
          />
        )}
      </section>
      {items.some((e) => e.step === 0) && (
        <section>
          <h3>{t('evidence.title', { count: items.length })}</h3>
          <EvidenceStrip
            items={items.filter((e) => e.step === 0)}
            people={names.people}
            timeZone={timeZone}
            look={look}
          />
        </section>
      )}
      <LeakSuspects ticket={ticket} ask={api.localisation} heading="h3" />
      <ResidentNotice ticket={ticket} api={api} onSent={refetch} />
      {ticket.contacts.length > 0 && (
        <section>
          <h3>{t('ticket.contacts')}</h3>
          <ContactButtons contacts={ticket.contacts} />
        </section>
      )}
      <section>
        <h3>{t('ticket.alarms')}</h3>
        {ticket.alarms.map((alarm) => (
          <AlarmActions key={alarm.id} alarm={alarm} api={api} onDone={refetch} />
        ))}
      </section>
      <TicketRegroup
        ticket={ticket}
        others={state.tickets.values()}
        onMerge={(into, reason) =>
          void attempt(api.mergeTicket(ticket.id, into, reason).then(() => goTo('tickets', into)))
        }
        onSplit={(alarms, reason) =>
          void attempt(api.splitTicket(ticket.id, alarms, reason).then((made) => goTo('tickets', made.id)))
        }
      />
      <section>
        <h3>{t('ticket.timeline')}</h3>
        {!isDone && reports}
        <JournalList journal={ticket.journal} names={names} timeZone={timeZone} />
      </section>
    </article>
  );
}
