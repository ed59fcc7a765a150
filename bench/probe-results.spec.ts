import { describe, expect, it } from '@jest/globals';
import type { PageEvent } from '../src/gateway/views.js';
import { deadlineLateness, pageLatency } from './probe-results.js';
import { StaffPhones } from './staff-phones.js';

function phones(
  ...pages: { person?: string; at: number; ticketId: string; pageId: string; level?: number }[]
): StaffPhones {
  const staff = new StaffPhones('http://nowhere', [], null);
  for (const { person = 'butler', at, ticketId, pageId, level = 0 } of pages) {
    const page = { ticketId, pageId, level, slot: 'responder', round: 0, event: 'gate.duress' } as PageEvent;
    staff.received.push({ person, at, page });
  }
  return staff;
}
const ticket = (id: string, device: string) => ({ id, device, event: 'gate.duress', openedAt: 0 });
const sent = (device: string, intendedAt: number, acknowledged = true) => ({ device, intendedAt, acknowledged });

describe('the latency of pages', () => {
  it('runs from the intended moment of the code to the first page of its ticket on the butler’s phone', () => {
    const seen = phones(
      { person: 'guard', at: 105, ticketId: 't1', pageId: 'g' },
      { at: 110, ticketId: 't1', pageId: 'p' },
      { at: 9000, ticketId: 't1', pageId: 'p' },
    );
    const result = pageLatency(500, [sent('g1', 100)], [ticket('t1', 'g1')], seen, ['butler']);
    expect(result).toMatchObject({ samples: 1, maxMs: 10, lost: 0, doubled: 0, shownTwice: 0 });
  });

  it('to all phones is that to the last of them; a phone that never rang is told', () => {
    const seen = phones(
      { at: 110, ticketId: 't1', pageId: 'a' },
      { at: 130, ticketId: 't1', pageId: 'b', person: 'guard' },
      { at: 210, ticketId: 't2', pageId: 'c' },
    );
    const codes = [sent('g1', 100), sent('g2', 200)];
    const result = pageLatency(1, codes, [ticket('t1', 'g1'), ticket('t2', 'g2')], seen, ['butler', 'guard']);
    expect(result).toMatchObject({ samples: 2, maxMs: 10, phones: 2, allMaxMs: 30, onFewer: 1, lost: 0 });
  });

  it('counts as lost what was acknowledged and reached nobody, with or without a ticket', () => {
    const codes = [sent('g1', 0), sent('g2', 0), sent('g3', 0, false)];
    const result = pageLatency(500, codes, [ticket('t1', 'g1')], phones(), ['butler']);
    expect(result).toMatchObject({ samples: 0, lost: 2, unacknowledged: 1 });
  });

  it('counts two page ids of one slot, round, level and person as doubled; another person or level is none', () => {
    const seen = phones(
      { at: 1, ticketId: 't1', pageId: 'a' },
      { at: 2, ticketId: 't1', pageId: 'b' },
      { at: 3, ticketId: 't1', pageId: 'c', level: 1 },
      { at: 4, ticketId: 't1', pageId: 'd', person: 'guard' },
      { at: 5, ticketId: 'other', pageId: 'x' },
      { at: 6, ticketId: 'other', pageId: 'y' },
    );
    expect(pageLatency(1, [sent('g1', 0)], [ticket('t1', 'g1')], seen, ['butler']).doubled).toBe(1);
  });

  it('tells a page that came twice in a moment from a repeat a minute later', () => {
    const page = { ticketId: 't1', pageId: 'a' };
    const seen = phones({ at: 1, ...page }, { at: 20, ...page }, { at: 60_020, ...page });
    const result = pageLatency(1, [sent('g1', 0)], [ticket('t1', 'g1')], seen, ['butler']);
    expect(result).toMatchObject({ doubled: 0, shownTwice: 1 });
  });
});

describe('the lateness of deadlines', () => {
  it('counts from 30 s after the people were shut in, and misses what never opened', () => {
    const lifts = ['a', 'b', 'c'].map((device) => ({ device, trappedAt: 1_000_000 }));
    const opened = (id: string, device: string, openedAt: number) => ({ ...ticket(id, device), openedAt });
    const result = deadlineLateness(lifts, [opened('1', 'a', 1_030_005), opened('2', 'b', 1_030_050)]);
    expect(result).toEqual({ samples: 2, minMs: 5, p99Ms: 50, maxMs: 50, missing: 1 });
  });
});
