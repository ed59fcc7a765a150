import type { DeviceView } from '../../src/gateway/views.js';
import type { LiveDevices } from './control-room-feed.js';

/** What a device says now: live values over the last reading that the list knew. */
export interface DeviceNow {
  readonly values: Readonly<Record<string, unknown>>;
  readonly at: string | null;
  /** null = nobody knows yet. */
  readonly online: boolean | null;
}

export const deviceNow = (device: DeviceView, live: LiveDevices): DeviceNow => {
  const spoken = live[device.id];
  return {
    values: { ...device.latest?.values, ...spoken?.values },
    at: spoken?.at ?? device.latest?.at ?? null,
    online: spoken?.online ?? device.online,
  };
};

const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

interface LiftNow {
  readonly floor: number | null;
  /** Half a storey above `floor` when the car stands or runs between landings. */
  readonly betweenFloors: boolean;
  readonly direction: 'up' | 'down' | 'none';
  readonly door: string;
  /** null = the lift has no presence sensor, or has not spoken. */
  readonly people: boolean | null;
}

export const liftNow = (now: DeviceNow): LiftNow => {
  const { floor, doorZone, direction, door, peopleInCar } = now.values;
  return {
    floor: number(floor),
    betweenFloors: doorZone === false,
    direction: direction === 'up' || direction === 'down' ? direction : 'none',
    door: typeof door === 'string' ? door : 'unknown',
    people: typeof peopleInCar === 'boolean' ? peopleInCar : null,
  };
};

interface PipeNow {
  readonly pressureMpa: number | null;
  readonly levelPct: number | null;
  readonly wet: boolean;
}

export const pipeNow = (now: DeviceNow): PipeNow => ({
  pressureMpa: number(now.values.pressureMpa),
  levelPct: number(now.values.levelPct),
  wet: now.values.wet === true,
});

/** Tint of a unit, 0 (dry) … 4 (a tap wide open), by litres per hour: a drip, a tap, a shower, several. */
export const flowTint = (now: DeviceNow): 0 | 1 | 2 | 3 | 4 => {
  const lph = number(now.values.flowLph) ?? 0;
  if (lph <= 0) return 0;
  if (lph < 30) return 1;
  if (lph < 200) return 2;
  return lph < 800 ? 3 : 4;
};

export const gatePosition = (now: DeviceNow): 'open' | 'closed' | 'moving' | 'unknown' => {
  const { position } = now.values;
  return position === 'open' || position === 'closed' || position === 'moving' ? position : 'unknown';
};
