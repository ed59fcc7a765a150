import type { ElevatorValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Step } from '../detector.js';
import type { Group, GroupDetector, GroupInput } from '../group-detector.js';
import { assessBuildingPower, POWER_PRESENT, type BuildingPowerState, type PowerWitness } from './power.js';

/** What was assessed, and who says what. The lists are missing in states that the first release has stored. */
interface PowerState extends BuildingPowerState {
  /** Devices whose last told `mainsPower` is false. */
  readonly noMains?: readonly string[];
  /** Devices whose last told mode is emergency power. */
  readonly emergency?: readonly string[];
}

const stay = (state: PowerState): Step<PowerState> => ({ state, findings: NO_FINDINGS, deadline: null });

/** Of an older state: until they speak, those whom the loss had hit are without power; a restart brings no mains back. */
function sayingNoMains(s: PowerState): readonly string[] {
  return s.noMains ?? s.hit.filter((id) => !s.silent.some((x) => x.id === id));
}

/** The same list when nothing changed; `null` = it has not said. */
function told(list: readonly string[], id: string, says: boolean | null): readonly string[] {
  if (says === null || says === list.includes(id)) return list;
  return says ? [...list, id] : list.filter((x) => x !== id);
}

function assess(s: PowerState, silent: readonly string[], now: number, group: Group): Step<PowerState> {
  const noMains = sayingNoMains(s);
  const emergency = s.emergency ?? [];
  const devices = group.members.map(({ id }): PowerWitness => ({
    id,
    mains: noMains.includes(id) ? false : null,
    emergencyPower: emergency.includes(id),
    silent: silent.includes(id),
  }));
  const { state, findings } = assessBuildingPower(s, { building: group.id, devices }, now);
  return { state: state === s ? s : { ...state, noMains, emergency }, findings, deadline: null };
}

function onReading(
  s: PowerState,
  input: GroupInput & { type: 'reading' },
  now: number,
  group: Group,
): Step<PowerState> {
  // What a buffer tells of an earlier hour is no evidence of now.
  if (input.at < now) return stay(s);
  const { mainsPower, mode } = input.values as ElevatorValues;
  const { id } = input.device;
  const before = { noMains: sayingNoMains(s), emergency: s.emergency ?? [] };
  const noMains = told(before.noMains, id, mainsPower === undefined ? null : !mainsPower);
  const emergency = told(before.emergency, id, mode === undefined ? null : mode === 'emergency-power');
  if (noMains === before.noMains && emergency === before.emergency) return stay(s);
  return assess({ ...s, noMains, emergency }, quietIn(s), now, group);
}

const quietIn = (s: PowerState): string[] => s.silent.map((x) => x.id);

/** {@link assessBuildingPower}, told by lifts' readings and by the silence of any device of the building. */
export const buildingPowerDetector: GroupDetector<PowerState> = {
  id: 'building.power',
  version: 1,
  scope: 'building',
  kinds: ['elevator'],
  events: ['building.power-lost'],
  initial: () => POWER_PRESENT,
  step(state, input, now, group): Step<PowerState> {
    switch (input.type) {
      case 'reading':
        return onReading(state, input, now, group);
      case 'silence': {
        const before = quietIn(state);
        const silent = told(before, input.device.id, input.silent);
        return silent === before ? stay(state) : assess(state, silent, now, group);
      }
      default:
        return stay(state);
    }
  },
};
