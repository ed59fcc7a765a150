import type { Directive } from '../directive.js';
import type { Model, ModelMessage, ModelStep } from '../model.js';
import type { Random } from '../random.js';
import { endPhase, leaveParking, phaseEnds } from './lift-phases.js';
import type { LiftProfile } from './lift-profile.js';
import type { LiftState, Passenger } from './lift-state.js';
import { inDoorZone, liftValues, nearestLanding } from './lift-values.js';
import { newPassenger, nextArrival, placedPassengers } from './passenger-traffic.js';
import { brakingAt, motionAt, standstillOf, type Braking } from './travel.js';

/** Nobody waits longer for a lift that does not come. */
const PATIENCE_MS = 300_000;
/**
 * A lift that comes to life stands open and empty at a landing for so long, so that whoever remembers people in it from
 * before sees that they have left (domain §4: open in the door zone, then nobody for 10 s).
 */
const START_OPEN_MS = 12_000;

/** A lift with traffic. Its door opens only at a standstill in the door zone, and it moves only with the door closed. */
export class LiftModel implements Model<LiftState> {
  constructor(private readonly profile: LiftProfile) {}

  start(now: number, random: Random): LiftState {
    return {
      at: now,
      phase: { is: 'open', alightAt: null, boardAt: null, until: now + START_OPEN_MS },
      positionM: random.whole(0, this.profile.landings.length - 1) * this.profile.floorHeightM,
      speedMps: 0,
      direction: 'none',
      waiting: [],
      aboard: [],
      came: 0,
      arrived: 0,
      gaveUp: 0,
      nextArrivalAt: nextArrival(this.profile, now + START_OPEN_MS, random),
      trap: null,
      evacuating: false,
      alarmButtonUntil: 0,
      alarmTest: null,
      mainsPower: true,
      automaticRescue: true,
      resting: false,
      reportedAt: Number.NEGATIVE_INFINITY,
      reported: '',
    };
  }

  step(before: LiftState, now: number, random: Random): ModelStep<LiftState> {
    const messages: ModelMessage[] = [];
    let state = before;
    for (;;) {
      state = this.report(this.settle(state, state.at), state.at, messages);
      const ends = phaseEnds(state) ?? Number.POSITIVE_INFINITY;
      const next = Math.min(ends, state.nextArrivalAt, this.nextReportAt(state), this.buttonReleaseAt(state));
      if (next > now) break;
      const at = Math.max(state.at, next);
      state = this.moveTo(state, at);
      if (ends <= at) state = endPhase(this.profile, state, at);
      if (state.nextArrivalAt <= at) state = this.arrive(state, at, random);
    }
    return { state: this.moveTo(state, now), messages };
  }

  direct(before: LiftState, directive: Directive, now: number, random: Random): LiftState {
    const state = this.moveTo(before, now);
    switch (directive.do) {
      case 'trap-between-floors':
        return this.place({ ...state, trap: 'floors' }, directive.people, now, random);
      case 'trap-at-level':
        return this.place({ ...state, trap: 'level' }, directive.people, now, random);
      case 'carry-people':
        return this.place(state, directive.people, now, random);
      case 'press-alarm-button':
        return { ...state, alarmButtonUntil: now + directive.forS * 1000 };
      case 'test-alarm-path':
        return { ...state, alarmTest: { id: directive.id, until: now + directive.forS * 1000 } };
      case 'rescue':
        return state.phase.is === 'stalled' ? { ...state, phase: { is: 'stalled', rescueAt: now } } : state;
      case 'mains-lost':
        return this.losePower({ ...state, mainsPower: false, automaticRescue: directive.automaticRescue }, now);
      case 'mains-back':
        // A car that stood only for want of power levels itself again; one that is broken waits for its rescuer.
        return state.mainsPower || state.phase.is !== 'stalled'
          ? { ...state, mainsPower: true }
          : { ...state, mainsPower: true, phase: { is: 'stalled', rescueAt: now } };
      case 'rest':
        return { ...state, resting: true, waiting: [], gaveUp: state.gaveUp + state.waiting.length };
      default:
        return state;
    }
  }

  private settle(state: LiftState, at: number): LiftState {
    return state.phase.is === 'parked' ? leaveParking(this.profile, state, at) : state;
  }

  private moveTo(state: LiftState, at: number): LiftState {
    const { phase } = state;
    if (phase.is === 'travelling') return { ...state, ...motionAt(phase.travel, at), at };
    if (phase.is === 'braking') return { ...state, ...brakingAt(phase.braking, at), at };
    return { ...state, speedMps: 0, at };
  }

  private arrive(state: LiftState, at: number, random: Random): LiftState {
    const nextArrivalAt = nextArrival(this.profile, at, random);
    // While the car stands where it should not, or the house sleeps, people take the other lift.
    if (state.resting || state.phase.is === 'stalled' || !state.mainsPower) return { ...state, nextArrivalAt };
    const patient = state.waiting.filter((p) => at - p.cameAt < PATIENCE_MS);
    return {
      ...state,
      nextArrivalAt,
      waiting: [...patient, newPassenger(this.profile, at, random)],
      came: state.came + 1,
      gaveUp: state.gaveUp + state.waiting.length - patient.length,
    };
  }

  /** People for a scenario: on the landing where the car stands, or the next one that it opens at. */
  private place(state: LiftState, people: number, now: number, random: Random): LiftState {
    const goingToM = state.phase.is === 'travelling' ? state.phase.travel.toM : state.positionM;
    const landing = nearestLanding(this.profile, goingToM);
    const missing = Math.max(0, people - state.aboard.length);
    const placed: Passenger[] = placedPassengers(this.profile, landing, missing, now, random);
    return { ...state, resting: false, waiting: [...placed, ...state.waiting], came: state.came + placed.length };
  }

  private losePower(state: LiftState, now: number): LiftState {
    if (state.phase.is !== 'travelling') return state;
    const braking: Braking = {
      startedAt: now,
      fromM: state.positionM,
      speedMps: state.speedMps,
      decelerationMps2: this.profile.accelerationMps2,
    };
    return { ...state, phase: { is: 'braking', braking, until: standstillOf(braking) } };
  }

  private buttonReleaseAt(state: LiftState): number {
    const ends = [state.alarmButtonUntil, state.alarmTest?.until ?? 0].filter((until) => until > state.at);
    return Math.min(...ends, Number.POSITIVE_INFINITY);
  }

  private nextReportAt(state: LiftState): number {
    const busy =
      !inDoorZone(this.profile, state.positionM) || ['travelling', 'braking', 'stalled'].includes(state.phase.is);
    const every = busy
      ? Math.min(this.profile.busyReportEveryMs, this.profile.reportEveryMs)
      : this.profile.reportEveryMs;
    return state.reportedAt + every;
  }

  /** At each change of door, people, travel, button or supply, and every so often in between. */
  private report(state: LiftState, at: number, messages: ModelMessage[]): LiftState {
    const pressed = at < state.alarmButtonUntil;
    const tested = state.alarmTest !== null && at < state.alarmTest.until;
    const reported = `${state.phase.is} ${state.aboard.length} ${pressed} ${tested} ${state.mainsPower}`;
    if (reported === state.reported && at < this.nextReportAt(state)) return state;
    messages.push({ at, values: { ...liftValues(this.profile, state, at) } });
    return { ...state, reported, reportedAt: at };
  }
}
