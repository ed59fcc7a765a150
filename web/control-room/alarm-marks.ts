import type { AlarmView, DeviceView, EstateView } from '../../src/gateway/views.js';

/** The most urgent open alarm of every place, so that the map can colour it and a click can lead to it. */
export interface AlarmMarks {
  readonly device: ReadonlyMap<string, AlarmView>;
  readonly unit: ReadonlyMap<string, AlarmView>;
  readonly riser: ReadonlyMap<string, AlarmView>;
  readonly building: ReadonlyMap<string, AlarmView>;
}

const isOpen = (a: AlarmView): boolean =>
  a.state !== 'NORM' && a.state !== 'SHLVD' && a.state !== 'DSUPR' && a.state !== 'OOSRV';

export const markAlarms = (
  alarms: Iterable<AlarmView>,
  devices: readonly DeviceView[],
  estate: EstateView,
): AlarmMarks => {
  const marks = {
    device: new Map<string, AlarmView>(),
    unit: new Map<string, AlarmView>(),
    riser: new Map<string, AlarmView>(),
    building: new Map<string, AlarmView>(),
  };
  const put = (map: Map<string, AlarmView>, id: string | null | undefined, alarm: AlarmView): void => {
    if (!id) return;
    const there = map.get(id);
    if (!there || alarm.priority < there.priority) map.set(id, alarm);
  };
  const deviceById = new Map(devices.map((d) => [d.id, d]));
  const buildingOfUnit = new Map(estate.buildings.flatMap((b) => b.units.map((u) => [u.id, b.id] as const)));
  const buildingOfRiser = new Map(estate.buildings.flatMap((b) => b.risers.map((r) => [r.id, b.id] as const)));
  for (const alarm of alarms) {
    if (!isOpen(alarm)) continue;
    const { type, id } = alarm.subject;
    const device = deviceById.get(alarm.device ?? (type === 'device' ? id : ''));
    put(marks.device, device?.id, alarm);
    const unit = type === 'unit' ? id : device?.unit;
    const riser = type === 'riser' ? id : device?.riser;
    put(marks.unit, unit, alarm);
    put(marks.riser, riser, alarm);
    const of = {
      unit: buildingOfUnit.get(id),
      riser: buildingOfRiser.get(id),
      building: id,
      device: null,
      zone: null,
      estate: null,
    };
    put(marks.building, of[type] ?? device?.building, alarm);
  }
  return marks;
};
