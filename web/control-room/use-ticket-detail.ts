import { useCallback, useEffect, useState } from 'react';
import type { TicketDetail } from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import type { EstateState } from '../shared/estate-store.js';

/** A burst of changes about one ticket becomes one request, ms. */
const SETTLE_MS = 120;

/** One number that changes whenever the feed has said something new about this ticket. */
const touchesOf = (state: EstateState, ticketId: string): unknown[] => {
  const pages = [...state.pages.values()].filter((p) => p.ticketId === ticketId);
  const steps = [...state.steps].filter(([key]) => key.startsWith(`${ticketId}/`)).map(([, s]) => s);
  const alarms = [...state.alarms.values()].filter((a) => a.ticketId === ticketId);
  const notes = [...state.notes.values()].filter((n) => n.ticketId === ticketId);
  return [state.tickets.get(ticketId), ...pages, ...steps, ...alarms, ...notes];
};

interface TicketFetch {
  readonly ticket: TicketDetail | null;
  readonly put: (ticket: TicketDetail) => void;
  readonly refetch: () => void;
}

/** The whole ticket (journal, moves, contacts), fetched again whenever the feed speaks of it. */
export const useTicketDetail = (api: ApiClient, ticketId: string, state: EstateState): TicketFetch => {
  const [ticket, put] = useState<TicketDetail | null>(null);
  const [asked, setAsked] = useState(0);
  const refetch = useCallback(() => setAsked((n) => n + 1), []);
  const [touches, setTouches] = useState<unknown[]>([]);
  const now = touchesOf(state, ticketId);
  if (now.length !== touches.length || now.some((x, i) => x !== touches[i])) setTouches(now);

  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => {
      api.ticket(ticketId).then(
        (t) => wanted && put(t),
        () => wanted && setTimeout(() => wanted && refetch(), 2000),
      );
    }, SETTLE_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [api, ticketId, touches, asked, refetch]);
  return { ticket, put, refetch };
};
