import { describe, expect, it } from '@jest/globals';
import type { SlotView } from '../../src/gateway/views.js';
import { nextAction, progressOf, reached } from './next-action.js';

const slot = (more: Partial<SlotView> = {}): SlotView => ({
  slot: 'responder',
  round: 0,
  state: 'filled',
  holder: 'wang',
  level: 0,
  openedAt: '',
  filledAt: 'x',
  enRouteAt: null,
  onSiteAt: null,
  lastReassuredAt: null,
  ...more,
});
const ticket = (moves: string[], slots: SlotView[] = [slot()], more = {}) =>
  ({
    event: 'elevator.entrapment-between-floors',
    state: 'accepted',
    rescuedAt: null,
    moves,
    slots,
    ...more,
  }) as Parameters<typeof nextAction>[0];

describe('the one next action of a butler', () => {
  it('walks accept, on the way, on site, rescued, resolved', () => {
    expect(nextAction(ticket(['en-route', 'on-site', 'rescued']), 'wang', [])).toBe('en-route');
    const going = [slot({ enRouteAt: 'x' })];
    expect(nextAction(ticket(['on-site', 'rescued'], going), 'wang', [])).toBe('on-site');
    const there = [slot({ enRouteAt: 'x', onSiteAt: 'x' })];
    expect(nextAction(ticket(['rescued'], there), 'wang', [])).toBe('rescued');
    expect(nextAction(ticket(['resolve'], there, { state: 'rescued', rescuedAt: 'x' }), 'wang', [])).toBe('resolve');
    expect(nextAction(ticket([], there, { state: 'resolved', rescuedAt: 'x' }), 'wang', [])).toBeNull();
  });

  it('offers only what the service allows', () => {
    expect(nextAction(ticket(['false-alarm']), 'wang', [])).toBeNull();
  });

  it('goes on while earlier moves wait to be sent', () => {
    expect(nextAction(ticket(['en-route']), 'wang', ['en-route'])).toBe('on-site');
    expect(nextAction(ticket(['en-route']), 'wang', ['en-route', 'on-site'])).toBe('rescued');
  });

  it('is about the reader’s own slot, not about somebody else who is further', () => {
    const slots = [slot(), slot({ slot: 'rescuer', holder: 'wei', enRouteAt: 'x', onSiteAt: 'x' })];
    expect(nextAction(ticket(['en-route', 'on-site', 'rescued'], slots), 'wang', [])).toBe('en-route');
    expect([...reached(ticket([], slots), 'wei', [])]).toContain('on-site');
  });

  it('has people to rescue in lifts, something to contain with water, neither at a door', () => {
    const way = (event: string) =>
      progressOf({ event, moves: [], state: 'opened' } as Parameters<typeof progressOf>[0]);
    expect(way('elevator.alarm-button')).toContain('rescued');
    expect(way('pipe.leak')).toContain('contained');
    expect(way('gate.duress')).toEqual(['accepted', 'en-route', 'on-site', 'resolved']);
  });
});
