import type { LiftProfile } from './lift-profile.js';
import type { LiftState } from './lift-state.js';
import { nearestLanding } from './lift-values.js';
import { boardable, nextStop } from './next-stop.js';
import { arrivalOf, brakingAt, motionAt, type Travel } from './travel.js';

/** An emptied or rescued car stands open long enough for anybody, and any sensor, to see that nobody is in it. */
const EVACUATION_DWELL_MS = 15_000;
const EXCHANGE_AFTER_MS = 1500;
/** A lost supply stops a car; where it has a battery, that brings it to a landing after so long. */
const AUTOMATIC_RESCUE_MS = 10_000;

/** When the present phase ends by itself, model ms; null = not without somebody. */
export function phaseEnds(state: LiftState): number | null {
  const { phase } = state;
  switch (phase.is) {
    case 'parked':
      return null;
    case 'open':
      return phase.alightAt ?? phase.boardAt ?? (state.mainsPower || state.aboard.length ? phase.until : null);
    case 'stalled':
      return phase.rescueAt;
    default:
      return phase.until;
  }
}

/** The state after its phase has ended at `at`. */
export function endPhase(profile: LiftProfile, state: LiftState, at: number): LiftState {
  const { phase } = state;
  switch (phase.is) {
    case 'parked':
      return state;
    case 'opening':
      return {
        ...state,
        phase: { is: 'open', alightAt: at + EXCHANGE_AFTER_MS, boardAt: null, until: at + profile.dwellMs },
      };
    case 'open':
      if (phase.alightAt !== null) return alight(profile, state, at);
      if (phase.boardAt !== null) return board(profile, state, at);
      // Whoever came while the door stood open still gets in.
      if (canBoard(profile, state)) {
        return { ...state, phase: { is: 'open', alightAt: null, boardAt: at + EXCHANGE_AFTER_MS, until: at } };
      }
      return { ...state, phase: { is: 'closing', until: at + profile.doorClosingMs } };
    case 'closing':
      if (state.aboard.length > 0 && (state.trap === 'level' || !state.mainsPower)) {
        const rescueAt = rescueOnBattery(state, at);
        return { ...state, trap: null, phase: { is: 'stalled', rescueAt }, direction: 'none' };
      }
      return { ...state, phase: { is: 'parked' } };
    case 'travelling': {
      const still: LiftState = { ...state, ...motionAt(phase.travel, at), speedMps: 0 };
      if (phase.thenStalled) return { ...still, trap: null, phase: { is: 'stalled', rescueAt: null } };
      return { ...still, phase: { is: 'opening', until: at + profile.doorOpeningMs } };
    }
    case 'braking':
      return {
        ...state,
        ...brakingAt(phase.braking, at),
        speedMps: 0,
        phase: { is: 'stalled', rescueAt: rescueOnBattery(state, at) },
      };
    case 'stalled':
      return leaveStall(profile, state, at);
  }
}

const rescueOnBattery = (state: LiftState, at: number): number | null =>
  !state.mainsPower && state.automaticRescue ? at + AUTOMATIC_RESCUE_MS : null;

/** A parked car answers who waits here, then who wants to go elsewhere. */
export function leaveParking(profile: LiftProfile, state: LiftState, at: number): LiftState {
  if (!state.mainsPower) return state;
  const here = nearestLanding(profile, state.positionM);
  if (canBoard(profile, state) || state.aboard.some((p) => p.to === here)) {
    return { ...state, phase: { is: 'opening', until: at + profile.doorOpeningMs } };
  }
  const stop = nextStop(state, here, profile.seats);
  if (stop === null) return state.direction === 'none' ? state : { ...state, direction: 'none' };
  const stalls = state.trap === 'floors' && state.aboard.length > 0;
  // The trap: the car comes to rest half a floor short of its landing.
  const toM = (stop - (stalls ? Math.sign(stop - here) * 0.5 : 0)) * profile.floorHeightM;
  return depart(profile, state, at, toM, profile.ratedSpeedMps, stalls);
}

function canBoard(profile: LiftProfile, state: LiftState): boolean {
  const here = nearestLanding(profile, state.positionM);
  return state.mainsPower && boardable(state, here, profile.seats).length > 0;
}

function depart(
  profile: LiftProfile,
  state: LiftState,
  at: number,
  toM: number,
  limitMps: number,
  thenStalled: boolean,
): LiftState {
  const travel: Travel = {
    startedAt: at,
    fromM: state.positionM,
    toM,
    limitMps,
    accelerationMps2: profile.accelerationMps2,
  };
  return {
    ...state,
    direction: toM > state.positionM ? 'up' : 'down',
    phase: { is: 'travelling', travel, until: arrivalOf(travel), thenStalled },
  };
}

/** Out first: those who are there, or everybody when the car is given up. */
function alight(profile: LiftProfile, state: LiftState, at: number): LiftState {
  const here = nearestLanding(profile, state.positionM);
  const everybodyOut = state.evacuating || !state.mainsPower;
  const staying = everybodyOut ? [] : state.aboard.filter((p) => p.to !== here);
  const boardAt = everybodyOut ? null : at + EXCHANGE_AFTER_MS;
  return {
    ...state,
    aboard: staying,
    arrived: state.arrived + state.aboard.length - staying.length,
    evacuating: false,
    phase: { is: 'open', alightAt: null, boardAt, until: at + (everybodyOut ? EVACUATION_DWELL_MS : profile.dwellMs) },
  };
}

/** Then in, as far as there is room and they go the same way. */
function board(profile: LiftProfile, state: LiftState, at: number): LiftState {
  const here = nearestLanding(profile, state.positionM);
  const boarding = state.mainsPower ? boardable(state, here, profile.seats) : [];
  return {
    ...state,
    aboard: [...state.aboard, ...boarding],
    waiting: state.waiting.filter((p) => !boarding.includes(p)),
    phase: { is: 'open', alightAt: null, boardAt: null, until: at + profile.dwellMs },
  };
}

/** Brought to the nearest landing at crawling speed, or opened where it stands level. */
function leaveStall(profile: LiftProfile, state: LiftState, at: number): LiftState {
  const toM = nearestLanding(profile, state.positionM) * profile.floorHeightM;
  const rescued: LiftState = { ...state, evacuating: true, trap: null };
  if (Math.abs(toM - state.positionM) < 0.01) {
    return { ...rescued, phase: { is: 'opening', until: at + profile.doorOpeningMs } };
  }
  return depart(profile, rescued, at, toM, profile.rescueSpeedMps, false);
}
