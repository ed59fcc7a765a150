import type { DeviceView, EstateView } from '../../src/gateway/views.js';
import { useLanguage } from '../shared/i18n/language.js';
import { PriorityShape } from '../shared/priority-mark.js';
import type { AlarmMarks } from './alarm-marks.js';
import type { LiveDevices } from './control-room-feed.js';
import { deviceNow, pipeNow } from './device-now.js';

type Riser = EstateView['buildings'][number]['risers'][number];

/** Pressure (MPa), level and wetness of each riser; sensors on no riser come last under their own names. */
export function RiserList({
  risers,
  sensors,
  live,
  marks,
  onDevice,
}: {
  risers: readonly Riser[];
  sensors: readonly DeviceView[];
  live: LiveDevices;
  marks: AlarmMarks;
  onDevice: (device: DeviceView) => void;
}) {
  const { t, pick } = useLanguage();
  const rows = risers.map((r) => ({ id: r.id, name: pick(r.name), of: sensors.filter((s) => s.riser === r.id) }));
  for (const s of sensors)
    if (!risers.some((r) => r.id === s.riser)) rows.push({ id: s.id, name: pick(s.name), of: [s] });
  if (rows.length === 0) return null;
  return (
    <ul className="risers">
      {rows.map((row) => (
        <li key={row.id} data-riser={row.id}>
          <span className="muted">{row.name}</span>
          <span className="riser-values">
            {row.of.length === 0 && <span className="muted">–</span>}
            {row.of.map((sensor) => {
              const now = deviceNow(sensor, live);
              const pipe = pipeNow(now);
              const alarm = marks.device.get(sensor.id);
              const offline = now.online === false;
              const value =
                pipe.pressureMpa !== null
                  ? pipe.pressureMpa.toFixed(2)
                  : pipe.levelPct !== null
                    ? `${Math.round(pipe.levelPct)}%`
                    : null;
              return (
                <button
                  key={sensor.id}
                  type="button"
                  className={`sensor ${alarm ? `is-alarm ${alarm.priority.toLowerCase()}` : ''}`}
                  title={`${pick(sensor.place)} · ${pick(sensor.name)}`}
                  data-device={sensor.id}
                  data-wet={pipe.wet}
                  onClick={() => onDevice(sensor)}
                >
                  {alarm && (
                    <span className="priority">
                      <PriorityShape priority={alarm.priority} />
                    </span>
                  )}
                  {value !== null && (
                    <span className="num">
                      {value}
                      {pipe.pressureMpa !== null && <span className="muted"> MPa</span>}
                    </span>
                  )}
                  {pipe.wet && <strong>{t('map.wet')}</strong>}
                  {offline && <span className="muted">{t('map.offline')}</span>}
                  {value === null && !pipe.wet && !offline && <span className="muted">○</span>}
                </button>
              );
            })}
          </span>
        </li>
      ))}
    </ul>
  );
}
