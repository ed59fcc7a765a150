import type { TicketState } from '../../src/gateway/views.js';
import { furthest, isOngoing, MOVE_RULES, type TicketMove } from '../../src/tickets/ticket-moves.js';

export interface JournalEntry {
  readonly no: number;
  readonly kind: string;
  readonly ticket_id: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

const PAGES = ['paged', 'paged-newcomers', 'last-resort'];

/**
 * Plays the journal of an estate, whose numbers are the order of the commits, and tells what was not allowed: a move that the
 * table does not have, a slot filled twice, a page of a slot created after its accept had been committed. As sentences.
 */
export function journalFaults(lines: readonly JournalEntry[]): string[] {
  const faults: string[] = [];
  const state = new Map<string, TicketState>();
  /** `ticket/slot/round` that were accepted. */
  const filled = new Map<string, number>();
  for (const { no, kind, ticket_id: ticket, payload } of lines) {
    if (ticket === null) continue;
    const fault = (text: string): void => void faults.push(`line ${no}, ticket ${ticket}: ${text}`);
    const now = state.get(ticket);
    const slot = `${ticket}/${String(payload['slot'])}/${String(payload['round'])}`;
    if (kind === 'ticket-opened') state.set(ticket, 'opened');
    else if (kind === 'accepted') {
      if (!now || !isOngoing(now)) fault(`accepted while it was ${now}`);
      if (filled.has(slot)) fault(`${slot} was accepted in line ${filled.get(slot)} already`);
      filled.set(slot, no);
      if (now === 'opened') state.set(ticket, 'accepted');
    } else if (kind === 'moved') {
      const { move, from, to } = payload as { move: TicketMove; from: TicketState; to: TicketState };
      if (from !== now) fault(`moved from ${from} while it was ${now}`);
      if (!isLegal(move, from, to)) fault(`${move} moved it from ${from} to ${to}`);
      state.set(ticket, to);
    } else if (PAGES.includes(kind)) {
      if (filled.has(slot)) fault(`${kind} ${slot}, accepted in line ${filled.get(slot)}`);
      if (!now || !isOngoing(now)) fault(`${kind} ${slot} while it was ${now}`);
    }
  }
  return faults;
}

/** By the table, or by a second slot on a ticket that shows the furthest. */
function isLegal(move: TicketMove, from: TicketState, to: TicketState): boolean {
  if (MOVE_RULES[move].some((r) => r.from.includes(from) && r.to === to)) return true;
  const ofSlot = move === 'en-route' || move === 'on-site';
  return ofSlot && isOngoing(from) && from !== 'opened' && to === furthest(from, move);
}
