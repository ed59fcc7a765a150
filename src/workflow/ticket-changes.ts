import type { EstateDirectory } from '../estate/estate-directory.js';
import type { EstateTransaction } from '../platform/estate-transaction.js';
import type { AlarmRow, PageRow, StepRow, TicketRecord } from '../tickets/ticket-record.js';
import { alarmView, pageView, stepView, ticketView } from '../tickets/ticket-views.js';

/** Who sees alarms: contractors see only the tickets that they were paged for. */
export const STAFF: readonly string[] = [
  'control-room',
  'butler',
  'security',
  'engineer',
  'supervisor',
  'project-manager',
];

/** Puts what changed into the change log, rendered at the end of the transaction. */
export const showTicket = (tx: EstateTransaction, r: TicketRecord, directory: EstateDirectory): void =>
  tx.change({
    type: 'ticket',
    entityId: r.ticket.id,
    payload: () => ({
      ...ticketView(
        { ...r, stepsDone: r.steps.filter((s) => s.state !== 'open').length, stepsTotal: r.steps.length },
        directory,
      ),
    }),
  });

export const showAlarm = (tx: EstateTransaction, alarm: AlarmRow, directory: EstateDirectory): void =>
  tx.change({
    type: 'alarm',
    entityId: alarm.id,
    audience: STAFF,
    payload: () => ({ ...alarmView(alarm, directory) }),
  });

export const showPage = (tx: EstateTransaction, page: PageRow, directory: EstateDirectory): void =>
  tx.change({ type: 'page', entityId: page.id, payload: () => ({ ...pageView(page, directory) }) });

export const showStep = (tx: EstateTransaction, ticketId: string, step: StepRow): void =>
  tx.change({ type: 'step', entityId: `${ticketId}/${step.no}`, payload: () => ({ ticketId, ...stepView(step) }) });
