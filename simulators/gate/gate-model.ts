import type { Directive } from '../directive.js';
import type { Model, ModelMessage, ModelStep } from '../model.js';
import type { Random } from '../random.js';
import { gateTraffic } from './gate-peaks.js';
import { doorPassage, vehiclePassage, type PassageStep } from './passage.js';

export interface GateProfile {
  readonly vehicle: boolean;
  /** Mean passages an hour at an ordinary hour of the day. */
  readonly passagesPerHour: number;
  readonly reportEveryMs: number;
  readonly utcOffsetHours: number;
}

interface DueStep extends Omit<PassageStep, 'afterMs'> {
  readonly at: number;
}

export interface GateState {
  readonly at: number;
  readonly values: PassageStep['state'];
  readonly ahead: readonly DueStep[];
  readonly nextArrivalAt: number;
  /** Something keeps it open: what would close it waits. */
  readonly heldOpen: boolean;
  readonly reportAt: number;
}

/** How long a door stays unlocked for somebody who was let in; after that it is locked, open or not. */
const ACCESS_MS = 5_000;
const GAP_MS = 1_500;

/** A barrier or a door, with the rush hours of a residential estate. */
export class GateModel implements Model<GateState> {
  constructor(private readonly profile: GateProfile) {}

  start(now: number, random: Random): GateState {
    const closed: PassageStep['state'] = { position: 'closed', mode: 'locked' };
    return {
      at: now,
      values: this.profile.vehicle ? { ...closed, loopOccupied: false, vehicleWaiting: false } : closed,
      ahead: [],
      nextArrivalAt: this.arrival(now, random),
      heldOpen: false,
      reportAt: now,
    };
  }

  step(before: GateState, now: number, random: Random): ModelStep<GateState> {
    const messages: ModelMessage[] = [];
    let state = before;
    for (;;) {
      const due = state.ahead[0];
      const next = Math.min(due?.at ?? Number.POSITIVE_INFINITY, state.nextArrivalAt, state.reportAt);
      if (next > now) break;
      const at = Math.max(state.at, next);
      state = { ...state, at };
      if (due && due.at <= at) {
        state = { ...state, values: due.state, ahead: state.ahead.slice(1), reportAt: at + this.profile.reportEveryMs };
        messages.push({ at, values: { ...due.state, ...due.once } });
      } else if (state.reportAt <= at) {
        state = { ...state, reportAt: at + this.profile.reportEveryMs };
        messages.push({ at, values: { ...state.values } });
      } else {
        state = this.letThrough({ ...state, nextArrivalAt: this.arrival(at, random) }, at, random);
      }
    }
    return { state: { ...state, at: now }, messages };
  }

  direct(state: GateState, directive: Directive, now: number, random: Random): GateState {
    switch (directive.do) {
      case 'hold-open':
        return { ...state, at: now, heldOpen: true, ahead: this.wedged(now) };
      case 'let-close':
        return { ...state, at: now, heldOpen: false, ahead: [{ at: now, state: this.shut(state) }] };
      case 'duress':
        return { ...state, at: now, ahead: place(doorPassage(random, 'duress'), now) };
      default:
        return state;
    }
  }

  private letThrough(state: GateState, at: number, random: Random): GateState {
    if (state.heldOpen) return state;
    const from = Math.max(at, (state.ahead.at(-1)?.at ?? 0) + GAP_MS);
    // A queue longer than a minute goes round by another gate.
    if (from - at > 60_000) return state;
    const passage = this.profile.vehicle ? vehiclePassage(random) : doorPassage(random);
    return { ...state, ahead: [...state.ahead, ...place(passage, from)] };
  }

  private wedged(now: number): DueStep[] {
    const more = this.profile.vehicle ? { loopOccupied: false, vehicleWaiting: false } : {};
    return [
      { at: now, state: { position: 'closed', mode: 'accessed', ...more }, once: { access: 'granted' } },
      { at: now + 900, state: { position: 'open', mode: 'accessed', ...more } },
      { at: now + ACCESS_MS, state: { position: 'open', mode: 'locked', ...more } },
    ];
  }

  private shut(state: GateState): PassageStep['state'] {
    return { ...state.values, position: 'closed', mode: 'locked' };
  }

  private arrival(at: number, random: Random): number {
    const perHour = this.profile.passagesPerHour * gateTraffic(at, this.profile.utcOffsetHours);
    return at + Math.max(1000, Math.round(random.exponential(3_600_000 / perHour)));
  }
}

const place = (steps: readonly PassageStep[], from: number): DueStep[] =>
  steps.map(({ afterMs, ...rest }) => ({ at: from + afterMs, ...rest }));
