import type { SlotName, TicketState } from '../gateway/views.js';

/** What people report or decide on a ticket, besides accepting and declining a slot. */
export const TICKET_MOVES = [
  'en-route',
  'on-site',
  'contained',
  'rescued',
  'resolve',
  'follow-up',
  'close',
  'false-alarm',
  'cancel',
] as const;
export type TicketMove = (typeof TICKET_MOVES)[number];

/** Which of the middle states a procedure has: `rescue` frees people, `contain` stops water; others have neither. */
export type ProcedureShape = 'rescue' | 'contain' | 'plain';

/** The order of the states; "the furthest" of two is the later one. */
export const TICKET_ORDER: readonly TicketState[] = [
  'opened',
  'accepted',
  'en-route',
  'on-site',
  'contained',
  'rescued',
  'resolved',
  'follow-up',
  'closed',
];

/** Emergencies that are not over: new events of the place join it, slots page on. */
export const ONGOING_STATES = ['opened', 'accepted', 'en-route', 'on-site', 'contained'] as const;
export const isOngoing = (s: TicketState): boolean => (ONGOING_STATES as readonly TicketState[]).includes(s);
/** States from which nothing moves any more. */
export const isOver = (s: TicketState): boolean => s === 'closed' || s === 'false-alarm' || s === 'cancelled';

interface MoveRule {
  readonly from: readonly TicketState[];
  readonly to: TicketState;
  /** Procedure shapes that have this move; absent = all. */
  readonly shapes?: readonly ProcedureShape[];
  readonly needsReason?: boolean;
}

/** The table of the ticket states (domain: "Tickets and clocks"): only forward, only what stands here. */
export const MOVE_RULES: Readonly<Record<TicketMove, readonly MoveRule[]>> = {
  'en-route': [{ from: ['accepted'], to: 'en-route' }],
  'on-site': [{ from: ['accepted', 'en-route'], to: 'on-site' }],
  contained: [{ from: ['on-site'], to: 'contained', shapes: ['contain'] }],
  rescued: [{ from: ['on-site'], to: 'rescued', shapes: ['rescue'] }],
  resolve: [
    { from: ['rescued'], to: 'resolved', shapes: ['rescue'] },
    { from: ['contained', 'on-site'], to: 'resolved', shapes: ['contain'] },
    { from: ['on-site'], to: 'resolved', shapes: ['plain'] },
  ],
  'follow-up': [{ from: ['resolved'], to: 'follow-up' }],
  close: [{ from: ['resolved', 'follow-up'], to: 'closed' }],
  'false-alarm': [{ from: ONGOING_STATES, to: 'false-alarm', needsReason: true }],
  cancel: [{ from: ONGOING_STATES, to: 'cancelled', needsReason: true }],
};

export type MoveDecision =
  | { readonly ok: true; readonly to: TicketState }
  | { readonly ok: false; readonly reason: string; readonly needsReason?: true };

/**
 * May a ticket in `state` make this move, and where does it lead? En-route and on-site belong to a slot: a second
 * slot may report them while the ticket, which shows the furthest, is already there.
 * @param slotProgress the reporting slot's own en-route and on-site marks
 */
export function decideMove(
  state: TicketState,
  move: TicketMove,
  shape: ProcedureShape,
  reason: string | undefined,
  slotProgress: { enRoute: boolean; onSite: boolean } | null = null,
): MoveDecision {
  if ((move === 'en-route' || move === 'on-site') && slotProgress && isOngoing(state) && state !== 'opened') {
    const done = move === 'on-site' ? slotProgress.onSite : slotProgress.enRoute || slotProgress.onSite;
    if (done) return { ok: false, reason: `already ${move}` };
    return { ok: true, to: furthest(state, move) };
  }
  const rule = MOVE_RULES[move].find((r) => r.from.includes(state) && (!r.shapes || r.shapes.includes(shape)));
  if (!rule) {
    const other = MOVE_RULES[move].some((r) => !r.shapes || r.shapes.includes(shape));
    return {
      ok: false,
      reason: other ? `a ticket that is ${state} cannot move to ${move}` : `this procedure has no ${move}`,
    };
  }
  if (rule.needsReason && !reason?.trim()) return { ok: false, reason: `${move} needs a reason`, needsReason: true };
  return { ok: true, to: rule.to };
}

export const furthest = (a: TicketState, b: TicketState): TicketState =>
  TICKET_ORDER.indexOf(a) >= TICKET_ORDER.indexOf(b) ? a : b;

/** Who may make a move: holders of a slot, the control room, and (cancel) the supervisor alone. */
export function mayMove(move: TicketMove, who: { roles: readonly string[]; heldSlots: readonly SlotName[] }): boolean {
  const has = (...r: string[]): boolean => who.roles.some((x) => r.includes(x));
  switch (move) {
    case 'cancel':
      return has('supervisor', 'project-manager');
    case 'en-route':
    case 'on-site':
      return who.heldSlots.length > 0;
    case 'contained':
    case 'rescued':
    case 'resolve':
      return who.heldSlots.length > 0 || has('control-room', 'supervisor');
    case 'follow-up':
    case 'close':
    case 'false-alarm':
      return who.heldSlots.some((s) => s !== 'rescuer') || has('control-room', 'supervisor', 'project-manager');
  }
}
