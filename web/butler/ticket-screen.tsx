import type { TicketDetail } from '../../src/gateway/views.js';
import { evidenceOf } from '../shared/evidence.js';
import { EvidenceStrip } from '../shared/evidence-strip.js';
import { inClockOrder } from '../shared/clock-order.js';
import { ContactButtons } from '../shared/contact-buttons.js';
import { LeakSuspects } from '../shared/leak-suspects.js';
import { useLanguage } from '../shared/i18n/language.js';
import { JournalList } from '../shared/journal-list.js';
import { useObservable } from '../shared/observable.js';
import { journalNames } from '../shared/journal-words.js';
import { PhotoButton } from '../shared/photo-button.js';
import { PriorityMark } from '../shared/priority-mark.js';
import { StepList } from '../shared/step-list.js';
import { CallList, NoteList } from '../shared/talk-lists.js';
import { TicketClock } from '../shared/ticket-clock.js';
import type { ButlerSession } from './butler-session.js';
import { LinkStrip } from './link-strip.js';
import { MoreMoves } from './more-moves.js';
import { isOver, mySlot, nextAction, progressOf, reached } from './next-action.js';
import { withPending } from './pending-overlay.js';
import { PrimaryAction } from './primary-action.js';
import { ProgressDots } from './progress-dots.js';
import { TicketSince } from '../shared/ticket-since.js';
import { UnsentList } from './unsent-list.js';

const JOURNAL_LINES = 8;

/** A ticket in the hand: how long is left, what is next, the steps, whom to call. */
export function TicketScreen({
  ticket: fromService,
  session,
  onBack,
}: {
  ticket: TicketDetail;
  session: ButlerSession;
  onBack: () => void;
}) {
  const { t, pick } = useLanguage();
  const queue = useObservable(session.outbox.queue);
  const zones = useObservable(session.zones);
  const uploads = useObservable(session.uploads.all).filter((u) => u.ticketId === fromService.id);
  const me = session.username;
  const { ticket, pendingMoves, waitingSteps } = withPending(fromService, queue, me);
  const zone = zones.get(ticket.estate);
  const names = journalNames(ticket);
  const over = isOver(ticket.state) || pendingMoves.includes('resolve');
  const next = over ? null : nextAction(ticket, me, pendingMoves);
  // A rescue is over when its required steps are (the service refuses it before).
  const missing =
    next === 'resolve' && ticket.rescuedAt ? ticket.steps.filter((s) => s.required && s.state === 'open') : [];
  const items = evidenceOf(ticket);
  const evidence = {
    items,
    uploads,
    look: (sha256: string) => session.evidence(ticket.id, sha256),
    onPhoto: (no: number, file: File) => session.uploads.add(ticket.id, no, file),
    onDrop: (id: number) => session.uploads.drop(id),
  };
  const clocks = inClockOrder(ticket.clocks);
  const stepsDone = ticket.steps.filter((s) => s.state !== 'open').length;

  const move = (name: string, reason?: string): void => {
    const slot = mySlot(ticket, me);
    const body = { ...(slot ? { slot } : {}), ...(reason ? { reason } : {}) };
    void session.outbox.act({ kind: 'move', move: name, ticketId: ticket.id, place: ticket.place, body });
  };
  const step = (no: number, change: 'done' | 'skip' | 'reopen', note?: string): void =>
    void session.outbox.act({ kind: 'step', no, change, note, ticketId: ticket.id, place: ticket.place });

  return (
    <main
      className={`ticket-screen ${ticket.priority.toLowerCase()}`}
      data-testid="ticket-screen"
      data-ticket={ticket.id}
    >
      <header className="ticket-top">
        <button type="button" className="button is-plain" data-testid="back" aria-label={t('back')} onClick={onBack}>
          ‹
        </button>
        <LinkStrip session={session} />
      </header>
      <section className="ticket-head">
        <p className="ticket-kind">
          <PriorityMark priority={ticket.priority} />
          {ticket.drill && <span className="drill">{t('ticket.drill')}</span>}
          <span className="muted num">{ticket.no}</span>
          <TicketSince ticket={ticket} />
        </p>
        <h1>{pick(ticket.place)}</h1>
        <p>
          {pick(ticket.title)} · <span data-testid="ticket-state">{t(`ticketState.${ticket.state}`)}</span>
        </p>
      </section>
      {clocks[0] && <TicketClock clock={clocks[0]} large />}
      <ProgressDots way={progressOf(ticket)} done={reached(ticket, me, pendingMoves)} />
      <UnsentList queue={queue.filter((a) => a.ticketId === ticket.id)} timeZone={zone} />
      {ticket.calls.length > 0 && (
        <section>
          <h2>{t('call.calls')}</h2>
          <CallList calls={ticket.calls} timeZone={zone} />
        </section>
      )}
      {ticket.notes.length > 0 && (
        <section>
          <h2>{t('notes.title')}</h2>
          <NoteList notes={ticket.notes} timeZone={zone} />
        </section>
      )}
      <section>
        <h2>{t('ticket.steps', { done: stepsDone, total: ticket.steps.length })}</h2>
        {ticket.steps.length === 0 ? (
          <p className="muted">{t('ticket.noSteps')}</p>
        ) : (
          <StepList
            steps={ticket.steps}
            people={names.people}
            timeZone={zone}
            waiting={waitingSteps}
            onChange={step}
            evidence={evidence}
          />
        )}
      </section>
      {ticket.state !== 'closed' && (
        <section>
          <h2>{t('evidence.title', { count: items.length })}</h2>
          <EvidenceStrip
            {...evidence}
            items={items.filter((e) => e.step === 0)}
            uploads={uploads.filter((u) => u.step === 0)}
            people={names.people}
            timeZone={zone}
          />
          <PhotoButton testId="ticket-photo" onFile={(file) => evidence.onPhoto(0, file)} />
        </section>
      )}
      {!over && <LeakSuspects ticket={fromService} ask={session.localisation} heading="h2" />}
      {ticket.contacts.length > 0 && (
        <section>
          <h2>{t('ticket.contacts')}</h2>
          <ContactButtons contacts={ticket.contacts} />
        </section>
      )}
      {clocks.length > 1 && (
        <section className="small-clocks">
          {clocks.slice(1).map((c) => (
            <TicketClock key={c.key} clock={c} />
          ))}
        </section>
      )}
      {!over && <MoreMoves moves={ticket.moves} onMove={move} />}
      <section>
        <h2>{t('ticket.timeline')}</h2>
        <JournalList journal={ticket.journal} names={names} timeZone={zone} limit={JOURNAL_LINES} />
      </section>
      <footer className="ticket-foot">
        {missing.length > 0 ? (
          <p data-testid="steps-missing">
            {t('step.missing', { count: missing.length, steps: missing.map((s) => s.no).join(', ') })}
          </p>
        ) : next ? (
          <PrimaryAction key={next} move={next} onMove={(m) => move(m)} />
        ) : over ? (
          <div className="ticket-done" data-testid="ticket-done">
            <p>
              <strong>✓ {t('butler.done')}</strong>
              <span className="muted">{t('butler.doneHint')}</span>
            </p>
            <button type="button" className="button is-strong" onClick={onBack}>
              {t('back')}
            </button>
          </div>
        ) : (
          <p className="muted">{t('butler.waiting')}</p>
        )}
      </footer>
    </main>
  );
}
