import type { Braking, Travel } from './travel.js';

export interface Passenger {
  /** Indexes into the landings. */
  readonly from: number;
  readonly to: number;
  readonly kg: number;
  readonly cameAt: number;
}

/** What the car and its door are doing. All times are model ms. `is` decides the door: only the middle three open it. */
export type LiftPhase =
  | { readonly is: 'parked' }
  | { readonly is: 'opening'; readonly until: number }
  /** People leave first (`alightAt`), then others enter (`boardAt`): a car that empties is seen empty for a moment. */
  | { readonly is: 'open'; readonly alightAt: number | null; readonly boardAt: number | null; readonly until: number }
  | { readonly is: 'closing'; readonly until: number }
  | { readonly is: 'travelling'; readonly travel: Travel; readonly until: number; readonly thenStalled: boolean }
  | { readonly is: 'braking'; readonly braking: Braking; readonly until: number }
  | { readonly is: 'stalled'; readonly rescueAt: number | null };

export interface LiftState {
  readonly at: number;
  readonly phase: LiftPhase;
  readonly positionM: number;
  /** Signed, m/s. */
  readonly speedMps: number;
  readonly direction: 'up' | 'down' | 'none';
  readonly waiting: readonly Passenger[];
  readonly aboard: readonly Passenger[];
  /** Passengers are conserved: came = waiting + aboard + arrived + gaveUp. */
  readonly came: number;
  readonly arrived: number;
  readonly gaveUp: number;
  readonly nextArrivalAt: number;
  /** The next time that the car has people in it, it stops between floors, or keeps its door shut at a landing. */
  readonly trap: 'floors' | 'level' | null;
  /** Everybody leaves at the next opening, wherever they were going. */
  readonly evacuating: boolean;
  readonly alarmButtonUntil: number;
  /** A synthetic press is under way. */
  readonly alarmTest: { readonly id: string; readonly until: number } | null;
  readonly mainsPower: boolean;
  readonly automaticRescue: boolean;
  /** No new passengers: the house sleeps, or the scenario ends. */
  readonly resting: boolean;
  readonly reportedAt: number;
  readonly reported: string;
}
