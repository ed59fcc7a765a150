import { canSee, type Principal } from '../access/principal.js';
import type { ChangeRow } from '../platform/estate-transaction.js';
import type { DeviceLife } from '../estate/device.js';
import type { NoteView } from './by-hand-views.js';
import type { AlarmView, ChangeEvent, PageView, StepView, TicketView } from './views.js';

/** A row as this reader may see it: what his role may not see arrives as a number alone (law 7). */
export function changeEvent(row: ChangeRow, reader: Principal): ChangeEvent {
  const { seq, estate } = row;
  if (!canSee(reader, estate, row.audience)) return { seq, estate, type: 'hidden' };
  switch (row.type) {
    case 'alarm':
      return { seq, estate, type: 'alarm', alarm: row.payload as unknown as AlarmView };
    case 'ticket':
      return { seq, estate, type: 'ticket', ticket: row.payload as unknown as TicketView };
    case 'page':
      return { seq, estate, type: 'page', page: row.payload as unknown as PageView };
    case 'step': {
      const { ticketId, ...step } = row.payload as unknown as StepView & { ticketId: string };
      return { seq, estate, type: 'step', ticketId, step };
    }
    case 'note':
      return { seq, estate, type: 'note', note: row.payload as unknown as NoteView };
    case 'device':
      return {
        seq,
        estate,
        type: 'device',
        device: String(row.payload['device']),
        life: row.payload['life'] as DeviceLife,
      };
    case 'task':
      return { seq, estate, type: 'task', kind: String(row.payload['kind']), id: String(row.payload['id']) };
    default:
      return { seq, estate, type: 'hidden' };
  }
}
