import type { ElevatorValues } from '../../telemetry/reading.js';

/** The modes that rules about people tell apart; all others are `service`, so that no rule switches itself off. */
export type CarMode = 'service' | 'inspection' | 'firefighter';

export function carMode(v: ElevatorValues, prev: CarMode): CarMode {
  if (v.mode === undefined) return prev;
  return v.mode === 'inspection' || v.mode === 'firefighter' ? v.mode : 'service';
}
