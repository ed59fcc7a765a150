import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TicketState } from '../gateway/views.js';
import {
  decideMove,
  furthest,
  isOngoing,
  isOver,
  mayMove,
  TICKET_MOVES,
  TICKET_ORDER,
  type ProcedureShape,
  type TicketMove,
} from './ticket-moves.js';

const SHAPES: readonly ProcedureShape[] = ['rescue', 'contain', 'plain'];
const STATES: readonly TicketState[] = [...TICKET_ORDER, 'false-alarm', 'cancelled'];

/** Domain §6 written out: where each move leads from each state, by shape of the procedure; what is absent is illegal. */
const ENDS: Partial<Record<TicketMove, TicketState>> = { 'false-alarm': 'false-alarm', cancel: 'cancelled' };
const COMMON: Partial<Record<TicketState, Partial<Record<TicketMove, TicketState>>>> = {
  opened: ENDS,
  accepted: { ...ENDS, 'en-route': 'en-route', 'on-site': 'on-site' },
  'en-route': { ...ENDS, 'on-site': 'on-site' },
  'on-site': ENDS,
  resolved: { 'follow-up': 'follow-up', close: 'closed' },
  'follow-up': { close: 'closed' },
};
const TABLE: Record<ProcedureShape, typeof COMMON> = {
  rescue: { ...COMMON, 'on-site': { ...ENDS, rescued: 'rescued' }, rescued: { resolve: 'resolved' } },
  contain: {
    ...COMMON,
    'on-site': { ...ENDS, contained: 'contained', resolve: 'resolved' },
    contained: { ...ENDS, resolve: 'resolved' },
  },
  plain: { ...COMMON, 'on-site': { ...ENDS, resolve: 'resolved' } },
};
/** A ticket of one shape never comes into the middle state of another. */
const reachable = (state: TicketState, shape: ProcedureShape): boolean =>
  !(state === 'rescued' && shape !== 'rescue') && !(state === 'contained' && shape !== 'contain');

const cases = SHAPES.flatMap((shape) =>
  STATES.filter((s) => reachable(s, shape)).flatMap((state) =>
    TICKET_MOVES.map((move) => [shape, state, move, TABLE[shape][state]?.[move] ?? null] as const),
  ),
);

describe('the table of ticket moves', () => {
  it.each(cases)('%s: %s by %s → %s', (shape, state, move, to) => {
    const decision = decideMove(state, move, shape, 'a reason');
    expect(decision.ok ? decision.to : null).toBe(to);
  });

  it.each(['false-alarm', 'cancel'] as const)('%s needs a reason, and blanks are none', (move) => {
    for (const reason of [undefined, '', '  '])
      expect(decideMove('opened', move, 'rescue', reason)).toMatchObject({ ok: false, needsReason: true });
  });

  it('says whether the state or the procedure forbids it', () => {
    expect(decideMove('opened', 'rescued', 'rescue', undefined)).toMatchObject({
      reason: 'a ticket that is opened cannot move to rescued',
    });
    expect(decideMove('on-site', 'rescued', 'plain', undefined)).toMatchObject({
      reason: 'this procedure has no rescued',
    });
  });
});

describe('en-route and on-site belong to the slot that reports them', () => {
  const nothing = { enRoute: false, onSite: false };

  it('the ticket shows the furthest: a second slot on its way does not take it back', () => {
    expect(decideMove('on-site', 'en-route', 'rescue', undefined, nothing)).toEqual({ ok: true, to: 'on-site' });
    expect(decideMove('contained', 'on-site', 'contain', undefined, nothing)).toEqual({ ok: true, to: 'contained' });
    expect(decideMove('en-route', 'on-site', 'rescue', undefined, nothing)).toEqual({ ok: true, to: 'on-site' });
  });

  it('once each, and not on the way after having arrived', () => {
    const there = { enRoute: true, onSite: true };
    expect(decideMove('on-site', 'en-route', 'rescue', undefined, { enRoute: true, onSite: false }).ok).toBe(false);
    expect(decideMove('on-site', 'en-route', 'rescue', undefined, { enRoute: false, onSite: true }).ok).toBe(false);
    expect(decideMove('on-site', 'on-site', 'rescue', undefined, there).ok).toBe(false);
  });

  it.each(STATES.filter((s) => !isOngoing(s) || s === 'opened'))('not on a ticket that is %s', (state) => {
    expect(decideMove(state, 'on-site', 'rescue', undefined, nothing).ok).toBe(false);
  });
});

describe('any sequence of legal moves', () => {
  const step = fc.record({
    move: fc.constantFrom(...TICKET_MOVES),
    progress: fc.option(fc.record({ enRoute: fc.boolean(), onSite: fc.boolean() })),
  });

  it('never goes back, never leaves an end, and never enters a state that its procedure does not have', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SHAPES), fc.array(step, { maxLength: 40 }), (shape, steps) => {
        let state: TicketState = 'accepted';
        for (const { move, progress } of steps) {
          const decision = decideMove(state, move, shape, 'a reason', progress);
          if (isOver(state)) expect(decision.ok).toBe(false);
          if (!decision.ok) continue;
          if (!isOver(decision.to) || decision.to === 'closed')
            expect(TICKET_ORDER.indexOf(decision.to)).toBeGreaterThanOrEqual(TICKET_ORDER.indexOf(state));
          expect(reachable(decision.to, shape)).toBe(true);
          state = decision.to;
        }
      }),
    );
  });

  it('ends: from every state a way leads to an end, in at most seven moves', () => {
    for (const shape of SHAPES) {
      for (const from of STATES.filter((s) => reachable(s, shape) && s !== 'opened')) {
        let states = new Set<TicketState>([from]);
        for (let i = 0; i < 7; i++) {
          const next = [...states].flatMap((s) => Object.values(TABLE[shape][s] ?? {}));
          states = new Set([...states, ...next]);
        }
        expect([...states].some(isOver)).toBe(true);
      }
    }
  });

  it('the furthest of two is the later, whichever comes first', () => {
    const state = fc.constantFrom(...TICKET_ORDER);
    fc.assert(
      fc.property(state, state, (a, b) => {
        expect(furthest(a, b)).toBe(furthest(b, a));
        expect([a, b]).toContain(furthest(a, b));
        expect(TICKET_ORDER.indexOf(furthest(a, b))).toBe(Math.max(TICKET_ORDER.indexOf(a), TICKET_ORDER.indexOf(b)));
      }),
    );
  });
});

describe('who may move a ticket', () => {
  const butler = { roles: ['butler'], heldSlots: ['responder' as const] };
  const bystander = { roles: ['butler'], heldSlots: [] };
  const contractor = { roles: ['contractor'], heldSlots: ['rescuer' as const] };
  const control = { roles: ['control-room'], heldSlots: [] };
  const supervisor = { roles: ['supervisor'], heldSlots: [] };

  it('cancels: the supervisor or the manager alone', () => {
    expect([butler, contractor, control].map((w) => mayMove('cancel', w))).toEqual([false, false, false]);
    expect(mayMove('cancel', supervisor)).toBe(true);
    expect(mayMove('cancel', { roles: ['project-manager'], heldSlots: [] })).toBe(true);
  });

  it('reports progress: who holds a slot', () => {
    for (const move of ['en-route', 'on-site'] as const)
      expect([butler, contractor, control, bystander].map((w) => mayMove(move, w))).toEqual([true, true, false, false]);
  });

  it('ends the danger: who holds a slot, or the control room for him', () => {
    for (const move of ['rescued', 'contained', 'resolve'] as const)
      expect([butler, contractor, control, supervisor, bystander].map((w) => mayMove(move, w))).toEqual([
        ...[true, true, true, true],
        false,
      ]);
  });

  it('calls it false or closes it: not the contractor, whose work it judges', () => {
    for (const move of ['false-alarm', 'close', 'follow-up'] as const)
      expect([butler, contractor, control, bystander].map((w) => mayMove(move, w))).toEqual([true, false, true, false]);
  });
});
