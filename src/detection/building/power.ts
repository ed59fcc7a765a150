import type { Finding } from '../detector.js';
import { NO_FINDINGS } from '../detector.js';
import { minutes } from '../../kernel/durations.js';

/** Devices that must miss the mains, or vanish, before it is the building's: one that says so and two more (domain §4). */
export const POWER_LOST_DEVICES = 3;
/**
 * (tune) A device found silent up to this long before the first mains evidence vanished with the mains; one that has
 * been silent for longer was dead before.
 */
export const VANISHED_BEFORE_MS = minutes(5);

export interface PowerWitness {
  readonly id: string;
  /** The last told `mainsPower`; null = it has no such channel. */
  readonly mains: boolean | null;
  /** The last told mode is emergency power. */
  readonly emergencyPower: boolean;
  /** Beyond its own silence limit. */
  readonly silent: boolean;
}

export interface BuildingPowerView {
  readonly building: string;
  readonly devices: readonly PowerWitness[];
}

/** Plain JSON. */
export interface BuildingPowerState {
  /** First mains evidence of the present time without; null = none. */
  readonly evidenceSince: number | null;
  readonly lostSince: number | null;
  /** Silent devices: since when they are known to be. */
  readonly silent: readonly { readonly id: string; readonly silentSince: number }[];
  /** While lost: whom the loss has hit. */
  readonly hit: readonly string[];
  /** Stragglers of a loss that is over: they prove nothing until they have been back. */
  readonly spent: readonly string[];
}

export const POWER_PRESENT: BuildingPowerState = Object.freeze({
  evidenceSince: null,
  lostSince: null,
  silent: Object.freeze([]),
  hit: Object.freeze([]),
  spent: Object.freeze([]),
});

const saysLost = (d: PowerWitness): boolean => d.mains === false || d.emergencyPower;
const isBack = (d: PowerWitness): boolean => !d.silent && !saysLost(d);

const equal = <T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean =>
  a.length === b.length && a.every((x, i) => same(x, b[i]!));

function observe(s: BuildingPowerState, view: BuildingPowerView, now: number): BuildingPowerState {
  const known = new Map(s.silent.map((x) => [x.id, x.silentSince]));
  const quiet = view.devices.filter((d) => d.silent);
  const silent = quiet.map((d) => ({ id: d.id, silentSince: known.get(d.id) ?? now }));
  const away = new Set(view.devices.filter((d) => !isBack(d)).map((d) => d.id));
  const spent = s.spent.filter((id) => away.has(id));
  const evidence = view.devices.some((d) => saysLost(d) && !spent.includes(d.id));
  const evidenceSince = evidence ? (s.evidenceSince ?? now) : null;
  const vanished = new Set(
    silent
      .filter((x) => evidenceSince !== null && x.silentSince >= evidenceSince - VANISHED_BEFORE_MS)
      .map((x) => x.id),
  );
  const missing = view.devices.filter((d) => (saysLost(d) || vanished.has(d.id)) && !spent.includes(d.id));
  const present = new Set(view.devices.map((d) => d.id));
  // While it lasts the circle only grows: "the majority is back" needs everybody whom the loss has hit.
  const kept = s.lostSince === null ? [] : s.hit.filter((id) => present.has(id));
  const hit = [...kept, ...missing.map((d) => d.id).filter((id) => !kept.includes(id))];
  const next = { evidenceSince, lostSince: s.lostSince, silent, hit, spent };
  const same =
    evidenceSince === s.evidenceSince &&
    equal(silent, s.silent, (a, b) => a.id === b.id) &&
    equal(hit, s.hit, Object.is) &&
    equal(spent, s.spent, Object.is);
  return same ? s : next;
}

/**
 * Whether a whole building has lost its mains (domain §4, `building.power-lost`): one device says so and at least two
 * more say so or vanish. Silence alone is a communications loss. It ends when most of those hit are back.
 * @param now steady ms
 */
export function assessBuildingPower(
  state: BuildingPowerState,
  view: BuildingPowerView,
  now: number,
): { state: BuildingPowerState; findings: readonly Finding[] } {
  const s = observe(state, view, now);
  const subject = { type: 'building', id: view.building } as const;
  const event = 'building.power-lost' as const;
  const away = view.devices.filter((d) => !isBack(d)).map((d) => d.id);
  if (s.lostSince === null) {
    if (s.evidenceSince === null || s.hit.length < POWER_LOST_DEVICES) return { state: s, findings: NO_FINDINGS };
    const saying = view.devices.filter((d) => saysLost(d) && s.hit.includes(d.id)).length;
    const reason = `${saying} device(s) report no mains and ${s.hit.length - saying} more fell silent`;
    const evidence = { saying, vanished: s.hit.length - saying, devices: s.hit.join(' ') };
    const raise: Finding = { kind: 'raise', event, subject, since: s.evidenceSince, reason, evidence };
    return { state: { ...s, lostSince: now }, findings: [raise] };
  }
  const back = s.hit.filter((id) => !away.includes(id)).length;
  if (back * 2 <= s.hit.length) return { state: s, findings: NO_FINDINGS };
  const reason = `${back} of ${s.hit.length} devices are back`;
  const clear: Finding = { kind: 'clear', event, subject, since: now, reason, evidence: { back, of: s.hit.length } };
  const spent = s.hit.filter((id) => away.includes(id));
  return { state: { ...s, evidenceSince: null, lostSince: null, hit: [], spent }, findings: [clear] };
}
