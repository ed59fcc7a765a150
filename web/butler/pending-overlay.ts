import type { StepView, TicketDetail } from '../../src/gateway/views.js';
import type { UnsentAction } from './unsent-queue.js';

interface Overlaid {
  readonly ticket: TicketDetail;
  /** Moves done here and not yet sent. */
  readonly pendingMoves: readonly string[];
  /** Numbers of the steps whose change is not yet sent. */
  readonly waitingSteps: ReadonlySet<number>;
}

const changed = (step: StepView, action: Extract<UnsentAction, { kind: 'step' }>, me: string): StepView => {
  const when = new Date(action.at).toISOString();
  switch (action.change) {
    case 'done':
      return { ...step, state: 'done', doneAt: when, doneBy: me, note: action.note ?? null };
    case 'skip':
      return { ...step, state: 'skipped', doneAt: when, doneBy: me, note: action.note ?? null };
    case 'reopen':
      return { ...step, state: 'open', doneAt: null, doneBy: null, note: null };
  }
};

/** The ticket as the butler left it: what the service says, with what waits to be sent laid over it. */
export const withPending = (ticket: TicketDetail, queue: readonly UnsentAction[], me: string): Overlaid => {
  const own = queue.filter((a) => a.ticketId === ticket.id);
  const waitingSteps = new Set<number>();
  let steps = ticket.steps;
  for (const action of own) {
    if (action.kind !== 'step') continue;
    waitingSteps.add(action.no);
    steps = steps.map((s) => (s.no === action.no ? changed(s, action, me) : s));
  }
  return {
    ticket: { ...ticket, steps },
    pendingMoves: own.flatMap((a) => (a.kind === 'move' ? [a.move] : [])),
    waitingSteps,
  };
};
