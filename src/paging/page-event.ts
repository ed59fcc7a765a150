import { definitionFor } from '../estate/event-definition.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { Names, PageEvent } from '../gateway/views.js';
import type { OutgoingPage } from './page-courier.port.js';

/** What a phone shows of a page before it has asked for anything. */
export function pageEvent({ page, ticket, seq }: OutgoingPage, directory: EstateDirectory): PageEvent {
  const device = ticket.device_id ? directory.device(ticket.device_id) : undefined;
  return {
    pageId: page.id,
    ticketId: ticket.id,
    seq,
    estate: ticket.estate_id,
    priority: ticket.priority,
    event: ticket.event,
    title: ticket.drill
      ? drillTitle(definitionFor(ticket.event, device).title)
      : definitionFor(ticket.event, device).title,
    place: device
      ? directory.placeOfDevice(device)
      : directory.placeOfSubject({ type: ticket.subject_type, id: ticket.subject_id }),
    openedAt: ticket.opened_at.toISOString(),
    slot: page.slot as PageEvent['slot'],
    round: page.round,
    level: page.level,
    silent: page.silent,
    drill: ticket.drill,
  };
}

/** In the title itself, so that no channel can leave it out. */
const drillTitle = ({ zh, en }: Names): Names => ({ zh: `【演练】${zh}`, en: `DRILL: ${en}` });
