import type { ElevatorValues } from '../../src/telemetry/reading.js';
import type { LiftProfile } from './lift-profile.js';
import type { LiftPhase, LiftState } from './lift-state.js';

export const nearestLanding = (profile: LiftProfile, positionM: number): number =>
  Math.min(profile.landings.length - 1, Math.max(0, Math.round(positionM / profile.floorHeightM)));

export const inDoorZone = (profile: LiftProfile, positionM: number): boolean =>
  Math.abs(positionM - nearestLanding(profile, positionM) * profile.floorHeightM) <= profile.doorZoneM;

export const doorOf = (phase: LiftPhase): NonNullable<ElevatorValues['door']> =>
  phase.is === 'opening' || phase.is === 'open' || phase.is === 'closing' ? phase.is : 'closed';

/** What the lift's controller sends of its state. */
export function liftValues(profile: LiftProfile, state: LiftState, at: number): ElevatorValues {
  const door = doorOf(state.phase);
  const pressed = at < state.alarmButtonUntil;
  // A hand on the button is told as that, also while a test runs: the mark is the synthetic press's alone.
  const test = state.alarmTest !== null && at < state.alarmTest.until && !pressed ? state.alarmTest.id : null;
  return {
    mode: state.mainsPower ? 'normal' : 'emergency-power',
    floor: profile.landings[nearestLanding(profile, state.positionM)] ?? 1,
    positionM: Math.round(state.positionM * 100) / 100,
    direction: state.direction,
    speedMps: Math.round(Math.abs(state.speedMps) * 100) / 100,
    doorZone: inDoorZone(profile, state.positionM),
    door,
    peopleInCar: state.aboard.length > 0,
    peopleCount: state.aboard.length,
    loadKg: state.aboard.reduce((sum, p) => sum + p.kg, 0),
    carCalls: new Set(state.aboard.map((p) => p.to)).size,
    alarmButton: pressed || test !== null,
    ...(test === null ? {} : { alarmTest: test }),
    mainsPower: state.mainsPower,
    // The door contacts are part of the chain: it is open whenever a door is.
    safetyCircuitClosed: door === 'closed',
  };
}
