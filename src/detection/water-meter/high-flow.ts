/**
 * A flow that stays high, in stretches of some minutes: each must be high by itself, so that a short flood does not
 * make up for the quiet after it. Times are the readings'. Plain JSON.
 */
export interface HighFlow {
  /** High since this reading. */
  readonly fromAt: number;
  readonly seenAt: number;
  /** m³ since `fromAt`, and how many closed stretches showed it. */
  readonly m3: number;
  readonly stretches: number;
  /** The stretch being filled. */
  readonly stretchAt: number;
  readonly stretchM3: number;
}

export interface HighFlowLimits {
  readonly m3h: number;
  /** Register steps make a stretch uncertain by one step, m³; 0 for a flow that is told. */
  readonly stepM3: number;
  /** A stretch is at least so long, ms. */
  readonly stretchMs: number;
}

export const beginHighFlow = (at: number): HighFlow => ({
  fromAt: at,
  seenAt: at,
  m3: 0,
  stretches: 0,
  stretchAt: at,
  stretchM3: 0,
});

export type Stretch = 'open' | 'high' | 'middling' | 'gone';

/** One more reading, and what its stretch was when it closed with it. `gone`: below half of the limit. */
export function addToHighFlow(
  f: HighFlow,
  m3: number,
  at: number,
  l: HighFlowLimits,
): { readonly flow: HighFlow; readonly stretch: Stretch } {
  const filled = { ...f, seenAt: at, m3: f.m3 + m3, stretchM3: f.stretchM3 + m3 };
  const length = at - f.stretchAt;
  if (length < l.stretchMs) return { flow: filled, stretch: 'open' };
  const limit = (l.m3h * length) / 3_600_000;
  const closed = { ...filled, stretchAt: at, stretchM3: 0 };
  if (filled.stretchM3 + l.stepM3 >= limit) return { flow: { ...closed, stretches: f.stretches + 1 }, stretch: 'high' };
  return { flow: closed, stretch: filled.stretchM3 + l.stepM3 < limit / 2 ? 'gone' : 'middling' };
}

/** Whether the flow was high for so long, seen in two stretches at least: one has no duration that anybody saw. */
export function heldFor(f: HighFlow, ms: number, l: HighFlowLimits): boolean {
  const heldMs = f.stretchAt - f.fromAt;
  return heldMs >= ms && f.stretches >= 2 && f.m3 - f.stretchM3 + l.stepM3 >= (l.m3h * heldMs) / 3_600_000;
}
