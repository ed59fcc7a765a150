import { useMemo } from 'react';
import type { AlarmView, DeviceView, EstateView } from '../../src/gateway/views.js';
import { goTo } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { useObservable } from '../shared/observable.js';
import { markAlarms } from './alarm-marks.js';
import { BuildingSection } from './building-section.js';
import type { ControlRoomFeed } from './control-room-feed.js';
import { GateStrip } from './gate-strip.js';
import { MapLegend } from './map-legend.js';

const NO_DEVICES: readonly DeviceView[] = [];

/** The estate at a glance: grey where all is well, coloured where a person is needed. */
export function EstateMap({
  feed,
  estate,
  alarms,
  cursor,
  onOpen,
}: {
  feed: ControlRoomFeed;
  estate: EstateView | undefined;
  alarms: ReadonlyMap<string, AlarmView>;
  cursor: string | null;
  onOpen: (alarm: AlarmView) => void;
}) {
  const { t, pick } = useLanguage();
  const live = useObservable(feed.live);
  const all = useObservable(feed.devices);
  const devices = (estate && all.get(estate.id)) ?? NO_DEVICES;
  const marks = useMemo(
    () => (estate ? markAlarms(alarms.values(), devices, estate) : null),
    [alarms, devices, estate],
  );
  const byBuilding = useMemo(() => {
    const map = new Map<string, DeviceView[]>();
    for (const d of devices) if (d.building) map.set(d.building, [...(map.get(d.building) ?? []), d]);
    return map;
  }, [devices]);
  const gates = useMemo(() => devices.filter((d) => d.kind === 'gate'), [devices]);
  const chosen = cursor === null ? undefined : alarms.get(cursor);
  const chosenAt = useMemo(
    () => (estate && chosen ? markAlarms([chosen], devices, estate).building : null),
    [chosen, devices, estate],
  );

  const openDevice = (device: DeviceView): void => {
    const alarm = marks?.device.get(device.id) ?? (device.unit ? marks?.unit.get(device.unit) : undefined);
    if (alarm) onOpen(alarm);
    else goTo('devices', device.id);
  };

  return (
    <section className="column estate-map" aria-label={t('map.title')}>
      <div className="column-head">
        <h2>
          {t('map.title')} {estate && <span className="muted">{pick(estate.name)}</span>}
        </h2>
        <MapLegend />
      </div>
      <div className="column-body">
        {!estate || !marks ? (
          <p className="empty">{t('map.loading')}</p>
        ) : estate.buildings.length === 0 ? (
          <p className="empty">{t('map.noBuildings')}</p>
        ) : (
          <>
            <div className="buildings">
              {estate.buildings.map((building) => (
                <BuildingSection
                  key={building.id}
                  building={building}
                  devices={byBuilding.get(building.id) ?? NO_DEVICES}
                  live={live}
                  marks={marks}
                  chosen={chosenAt?.has(building.id) === true}
                  onOpen={onOpen}
                  onDevice={openDevice}
                />
              ))}
            </div>
            <GateStrip gates={gates} live={live} marks={marks} onDevice={openDevice} />
          </>
        )}
      </div>
    </section>
  );
}
