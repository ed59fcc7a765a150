import type { KeyboardEvent } from 'react';
import type { AlarmView, DeviceView } from '../../src/gateway/views.js';
import { useLanguage } from '../shared/i18n/language.js';
import type { BuildingLayout } from './building-layout.js';
import { liftNow, type DeviceNow } from './device-now.js';

/** A shaft with its car: where it is, whether its door is open, whether somebody is inside. */
export function LiftShaft({
  lift,
  now,
  shaft,
  layout,
  lowest,
  alarm,
  onDevice,
}: {
  lift: DeviceView;
  now: DeviceNow;
  shaft: { x: number; width: number };
  layout: BuildingLayout;
  lowest: number;
  alarm: AlarmView | undefined;
  onDevice: (device: DeviceView) => void;
}) {
  const { t, pick } = useLanguage();
  const { floor, betweenFloors, direction, door, people } = liftNow(now);
  const offline = now.online === false;
  const h = layout.rowHeight;
  const y = layout.yOf((floor ?? lowest) + (betweenFloors ? 0.5 : 0));
  const open = door === 'open' || door === 'opening';
  const w = shaft.width - 4;
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    onDevice(lift);
  };
  const words = [
    pick(lift.name),
    floor === null ? '' : `${floor}F${betweenFloors ? `–${floor + 1}F` : ''}`,
    people ? t('map.people') : '',
    offline ? t('map.offline') : '',
  ]
    .filter(Boolean)
    .join(' · ');

  return (
    <g
      className={`lift ${alarm ? `is-alarm ${alarm.priority.toLowerCase()}` : ''} ${offline ? 'is-offline' : ''}`}
      role="button"
      tabIndex={0}
      aria-label={words}
      onClick={() => onDevice(lift)}
      onKeyDown={onKey}
    >
      <title>{words}</title>
      <rect className="shaft" x={shaft.x} y={0} width={shaft.width} height={layout.height} />
      <g
        className="lift-car"
        data-testid={`lift-car-${lift.id}`}
        data-floor={floor ?? ''}
        data-between={betweenFloors}
        data-direction={direction}
        data-door={door}
        data-people={people ?? 'unknown'}
        style={{ transform: `translate(${shaft.x + 2}px, ${y}px)` }}
        visibility={floor === null ? 'hidden' : 'visible'}
      >
        <rect className="car" width={w} height={h} rx={1.5} />
        {open ? (
          <rect className="car-opening" x={w / 2 - 6} y={1.5} width={12} height={h - 1.5} />
        ) : (
          <line className="car-door" x1={w / 2} x2={w / 2} y1={1.5} y2={h} />
        )}
        {people && (
          <g className={`car-person ${open ? 'is-in-opening' : ''}`} transform={`translate(${w / 2} ${h / 2})`}>
            <circle cy={-h * 0.22} r={h * 0.15} />
            <path d={`M${-h * 0.22} ${h * 0.42}a${h * 0.22} ${h * 0.36} 0 0 1 ${h * 0.44} 0Z`} />
          </g>
        )}
        {direction !== 'none' && (
          <path
            className="car-direction"
            d={direction === 'up' ? `M${w / 2 - 4} -2h8l-4 -5Z` : `M${w / 2 - 4} ${h + 2}h8l-4 5Z`}
          />
        )}
      </g>
    </g>
  );
}
