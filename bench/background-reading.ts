import type { DeviceKind } from '../src/estate/device.js';

/** A reading as devices send it: about so many bytes, filled up with blanks, which JSON allows. */
export const READING_BYTES = 170;

const DOOR_CYCLE = 16;

/** Values of the n-th reading of a device that behaves: nothing here may raise an alarm at any rate. */
export function backgroundValues(kind: DeviceKind, device: number, n: number, now: number): object {
  switch (kind) {
    case 'elevator':
      return liftValues(device, n);
    case 'water-meter': {
      const flowLph = 60 + ((device + n) % 30) * 4;
      // 90 L/h on average since this year began: the register follows the time, whatever the rate of readings.
      const volumeM3 = Math.floor(((now - Date.UTC(2026, 0, 1)) / 3_600_000) * 90 + device * 1000) / 1000;
      return { volumeM3: Math.max(0, volumeM3), flowLph, flags: [], batteryPct: 80 + (device % 20) };
    }
    case 'pipe-sensor':
      return {
        pressureMpa: Math.round((0.28 + 0.02 * Math.sin((device + n) / 9)) * 1e4) / 1e4,
        flowLps: Math.round((1 + 0.4 * Math.sin((device + n) / 7)) * 1000) / 1000,
        pipeTempC: 14 + ((device + n) % 12) / 10,
        wet: false,
      };
    default:
      return gateValues(device, n);
  }
}

/** Open and empty, people in, a ride, people out: fully open in the door zone twice in a cycle. */
function liftValues(device: number, n: number): object {
  const k = (device + n) % DOOR_CYCLE;
  const riding = k >= 3 && k <= 10;
  const door =
    k <= 1 || k === 12 || k === 13 ? 'open' : k === 2 || k === 14 ? 'closing' : k === 11 ? 'opening' : 'closed';
  return {
    mode: 'normal',
    floor: 1 + ((device + Math.floor(n / DOOR_CYCLE) + (riding ? k : 0)) % 17),
    direction: riding ? 'up' : 'none',
    speedMps: riding ? (k === 10 ? 0.6 : 1.75) : 0,
    doorZone: !riding,
    door,
    peopleInCar: k >= 1 && k <= 12,
    loadKg: k >= 1 && k <= 12 ? 70 + (device % 9) * 20 : 0,
    mainsPower: true,
  };
}

function gateValues(device: number, n: number): object {
  const k = (device + n) % 8;
  const passing = k === 1 || k === 2;
  return {
    mode: passing ? 'accessed' : 'locked',
    position: k === 2 ? 'open' : 'closed',
    ...(k === 1 ? { access: 'granted' } : {}),
    tamper: false,
  };
}

export function readingPayload(values: object, seq: number, now: number): string {
  const text = JSON.stringify({ observedAt: new Date(now).toISOString(), seq, ...values });
  return text.length >= READING_BYTES ? text : text.slice(0, -1).padEnd(READING_BYTES - 1) + '}';
}
