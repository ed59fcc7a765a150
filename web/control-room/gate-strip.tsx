import type { DeviceView } from '../../src/gateway/views.js';
import { useLanguage } from '../shared/i18n/language.js';
import { PriorityShape } from '../shared/priority-mark.js';
import type { AlarmMarks } from './alarm-marks.js';
import type { LiveDevices } from './control-room-feed.js';
import { deviceNow, gatePosition } from './device-now.js';
import { GateGlyph } from './gate-glyph.js';

/** Doors and barriers: a glyph and a name each; the word stands there only when it is not simply closed. */
export function GateStrip({
  gates,
  live,
  marks,
  onDevice,
}: {
  gates: readonly DeviceView[];
  live: LiveDevices;
  marks: AlarmMarks;
  onDevice: (device: DeviceView) => void;
}) {
  const { t, pick } = useLanguage();
  return (
    <section className="gates">
      <h3>{t('map.gates')}</h3>
      {gates.length === 0 && <p className="muted">{t('map.noGates')}</p>}
      <ul>
        {gates.map((gate) => {
          const now = deviceNow(gate, live);
          const position = gatePosition(now);
          const alarm = marks.device.get(gate.id);
          return (
            <li key={gate.id}>
              <button
                type="button"
                className={`gate ${alarm ? `is-alarm ${alarm.priority.toLowerCase()}` : ''}`}
                data-device={gate.id}
                data-position={position}
                title={pick(gate.place)}
                onClick={() => onDevice(gate)}
              >
                {alarm ? (
                  <span className="priority">
                    <PriorityShape priority={alarm.priority} />
                  </span>
                ) : null}
                <GateGlyph vehicle={gate.attributes.vehicle === true} position={position} />
                <span>{pick(gate.building === null ? gate.name : gate.place)}</span>
                {now.online === false ? (
                  <span className="muted">{t('map.offline')}</span>
                ) : (
                  position !== 'closed' && <span className="muted">{t(`map.${position}`)}</span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
