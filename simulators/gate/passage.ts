import type { GateValues } from '../../src/telemetry/reading.js';
import type { Random } from '../random.js';

/** A change of the gate, so many ms after the passage began. `once` is told in that message only. */
export interface PassageStep {
  readonly afterMs: number;
  readonly state: Pick<GateValues, 'mode' | 'position' | 'loopOccupied' | 'vehicleWaiting'>;
  readonly once?: Pick<GateValues, 'access' | 'accessReason' | 'egress' | 'command'>;
}

/** A car at a barrier: waits at the loop, is let through, the boom falls. Well under 20 s, the limit of a door held open. */
export function vehiclePassage(random: Random): PassageStep[] {
  const through = 4000 + Math.floor(random.between(0, 5000));
  return [
    { afterMs: 0, state: { position: 'closed', mode: 'locked', loopOccupied: true, vehicleWaiting: true } },
    {
      afterMs: 1200,
      state: { position: 'moving', mode: 'accessed', loopOccupied: true, vehicleWaiting: false },
      once: { access: 'granted', command: 'open' },
    },
    { afterMs: 2700, state: { position: 'open', mode: 'accessed', loopOccupied: true, vehicleWaiting: false } },
    {
      afterMs: 2700 + through,
      state: { position: 'moving', mode: 'locked', loopOccupied: false, vehicleWaiting: false },
      once: { command: 'close' },
    },
    {
      afterMs: 4200 + through,
      state: { position: 'closed', mode: 'locked', loopOccupied: false, vehicleWaiting: false },
    },
  ];
}

/** Somebody at a door: in with a card, out with the button, now and then turned away. */
export function doorPassage(random: Random, access: 'granted' | 'duress' = 'granted'): PassageStep[] {
  const shutAfter = 4000 + Math.floor(random.between(0, 6000));
  if (access === 'granted' && random.chance(0.02)) {
    return [
      {
        afterMs: 0,
        state: { position: 'closed', mode: 'locked' },
        once: { access: 'denied', accessReason: 'unknown card' },
      },
    ];
  }
  const leaves = access === 'granted' && random.chance(0.45);
  return [
    { afterMs: 0, state: { position: 'closed', mode: 'accessed' }, once: leaves ? { egress: true } : { access } },
    { afterMs: 900, state: { position: 'open', mode: 'accessed' } },
    { afterMs: 900 + shutAfter, state: { position: 'closed', mode: 'locked' } },
  ];
}
