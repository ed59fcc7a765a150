import { memo } from 'react';
import type { AlarmView, DeviceView, EstateView } from '../../src/gateway/views.js';
import { flowTint, type DeviceNow } from './device-now.js';

const EMPTY = new Set(['vacant', 'undelivered', 'for-sale']);

interface UnitCellProps {
  unit: EstateView['buildings'][number]['units'][number];
  place: { x: number; y: number; width: number };
  height: number;
  meter: DeviceView | undefined;
  now: DeviceNow | undefined;
  alarm: AlarmView | undefined;
  onOpen: (alarm: AlarmView) => void;
  onDevice: (device: DeviceView) => void;
}

/** A home: hatched when nobody lives in it, lighter the more water runs, coloured only when it needs somebody. */
function UnitCellView({ unit, place, height, meter, now, alarm, onOpen, onDevice }: UnitCellProps) {
  const use = EMPTY.has(unit.occupancy) ? 'is-empty' : unit.occupancy === 'renovating' ? 'is-renovating' : '';
  const tint = now ? flowTint(now) : 0;
  const open = (): void => {
    if (alarm) onOpen(alarm);
    else if (meter) onDevice(meter);
  };
  const box = { x: place.x, y: place.y + 1, width: place.width, height, rx: 1 };
  return (
    <g className="unit-cell" data-unit={unit.id} onClick={open}>
      <title>{unit.label}</title>
      <rect className={`unit ${use}`} {...box} />
      {tint > 0 && <rect className={`unit flow-${tint} ${use === '' ? '' : 'is-over-hatch'}`} {...box} />}
      {alarm && <rect className={`unit-alarm ${alarm.priority.toLowerCase()}`} {...box} />}
    </g>
  );
}

/** Live events come four a second and 240 homes seldom change: draw one again only when it looks different. */
export const UnitCell = memo(
  UnitCellView,
  (a, b) =>
    a.unit === b.unit &&
    a.place === b.place &&
    a.height === b.height &&
    a.meter === b.meter &&
    a.alarm === b.alarm &&
    (a.now ? flowTint(a.now) : 0) === (b.now ? flowTint(b.now) : 0) &&
    (a.alarm === undefined || a.onOpen === b.onOpen),
);
