import { memo, useEffect, useMemo, useRef, type CSSProperties } from 'react';
import type { AlarmView, DeviceView, EstateView } from '../../src/gateway/views.js';
import { useLanguage } from '../shared/i18n/language.js';
import { PriorityShape } from '../shared/priority-mark.js';
import type { AlarmMarks } from './alarm-marks.js';
import { layOut } from './building-layout.js';
import type { LiveDevices } from './control-room-feed.js';
import { deviceNow } from './device-now.js';
import { LiftShaft } from './lift-shaft.js';
import { RiserList } from './riser-list.js';
import { UnitCell } from './unit-cell.js';

/** One building cut open: homes left and right, lift shafts in the middle, risers below. */
export const BuildingSection = memo(function BuildingSection({
  building,
  devices,
  live,
  marks,
  chosen,
  onOpen,
  onDevice,
}: {
  building: EstateView['buildings'][number];
  devices: readonly DeviceView[];
  live: LiveDevices;
  marks: AlarmMarks;
  chosen: boolean;
  onOpen: (alarm: AlarmView) => void;
  onDevice: (device: DeviceView) => void;
}) {
  const { pick } = useLanguage();
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (chosen) card.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const lifts = useMemo(() => devices.filter((d) => d.kind === 'elevator'), [devices]);
  const pipes = useMemo(() => devices.filter((d) => d.kind === 'pipe-sensor'), [devices]);
  const meters = useMemo(
    () => new Map(devices.flatMap((d) => (d.kind === 'water-meter' && d.unit ? [[d.unit, d] as const] : []))),
    [devices],
  );
  const units = useMemo(() => new Map(building.units.map((u) => [u.id, u])), [building]);
  const layout = useMemo(() => layOut(building, lifts.length), [building, lifts.length]);
  const worst = marks.building.get(building.id);

  return (
    <article ref={card} className="building" aria-current={chosen} data-building={building.id}>
      <h3>
        {pick(building.name)}
        {worst && (
          <button
            type="button"
            className={`building-mark priority ${worst.priority.toLowerCase()}`}
            aria-label={pick(worst.title)}
            onClick={() => onOpen(worst)}
          >
            <PriorityShape priority={worst.priority} /> {worst.priority}
          </button>
        )}
      </h3>
      <svg
        className="building-section"
        viewBox={`0 -1 ${layout.width} ${layout.height + 2}`}
        style={{ '--drawn': `${layout.width / 16}rem` } as CSSProperties}
        role="group"
        aria-label={pick(building.name)}
      >
        {layout.labels.map((l) => (
          <text key={l.text} className="floor-label" x={20} y={l.y + layout.rowHeight - 3}>
            {l.text}
          </text>
        ))}
        <line className="ground" x1={22} x2={layout.width} y1={layout.yOf(0)} y2={layout.yOf(0)} />
        {layout.units.map((place) => {
          const unit = units.get(place.id);
          const meter = meters.get(place.id);
          return (
            unit && (
              <UnitCell
                key={place.id}
                unit={unit}
                place={place}
                height={layout.rowHeight - 2}
                meter={meter}
                now={meter && deviceNow(meter, live)}
                alarm={marks.unit.get(place.id)}
                onOpen={onOpen}
                onDevice={onDevice}
              />
            )
          );
        })}
        {lifts.map((lift, i) => {
          const shaft = layout.shafts[i];
          return (
            shaft && (
              <LiftShaft
                key={lift.id}
                lift={lift}
                now={deviceNow(lift, live)}
                shaft={shaft}
                layout={layout}
                lowest={building.floorsMin}
                alarm={marks.device.get(lift.id)}
                onDevice={onDevice}
              />
            )
          );
        })}
      </svg>
      <p className="lift-names muted">
        {lifts.map((l) => (
          <button key={l.id} type="button" className="plain-link" onClick={() => onDevice(l)}>
            {pick(l.name)}
          </button>
        ))}
      </p>
      <RiserList risers={building.risers} sensors={pipes} live={live} marks={marks} onDevice={onDevice} />
    </article>
  );
});
