import type { Device } from '../../estate/device.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Finding, type Step } from '../detector.js';
import { pagingAfterEnd, RECHECK_AFTER_END_MS } from '../device/held-condition.js';
import type { Group, GroupDetector } from '../group-detector.js';

export interface FireModeState {
  /** Lifts whose last told mode is fire return or firefighter. */
  readonly inFire: readonly string[];
  readonly fireSince: number | null;
  readonly raised: boolean;
  /** A person ended the alarm although lifts were in fire mode. */
  readonly endedAt: number | null;
}

const QUIET: FireModeState = Object.freeze({
  inFire: Object.freeze([]),
  fireSince: null,
  raised: false,
  endedAt: null,
});
const EVENT = 'building.fire-mode';

/** A lift that is being put to work or is under a permit is tested like that; its mode says nothing of the building. */
const counts = (d: Device): boolean => d.life === 'live';

const deadlineOf = (s: FireModeState): number | null =>
  s.endedAt === null || s.raised ? null : s.endedAt + RECHECK_AFTER_END_MS;

function finding(kind: Finding['kind'], s: FireModeState, now: number, g: Group): Finding {
  const lifts = s.inFire.length;
  return {
    kind,
    event: EVENT,
    subject: { type: 'building', id: g.id },
    since: kind === 'clear' ? now : (s.fireSince ?? now),
    reason:
      kind === 'clear' ? 'all lifts are back from fire mode' : `${lifts} lift(s) in fire return or firefighter mode`,
    evidence: kind === 'clear' ? {} : { lifts, devices: s.inFire.join(' ') },
    ...pagingAfterEnd(kind === 'raise' ? s.endedAt : null),
  };
}

function decide(before: FireModeState, s: FireModeState, now: number, g: Group): Step<FireModeState> {
  const fire = s.inFire.length > 0;
  if (!fire) {
    if (s.fireSince === null) return { state: s, findings: NO_FINDINGS, deadline: null };
    const findings = s.raised ? [finding('clear', s, now, g)] : NO_FINDINGS;
    return { state: QUIET, findings, deadline: null };
  }
  if (s.raised) {
    const joined = s.inFire.length > before.inFire.length;
    return { state: s, findings: joined ? [finding('update', s, now, g)] : NO_FINDINGS, deadline: null };
  }
  const lit: FireModeState = s.fireSince === null ? { ...s, fireSince: now } : s;
  const dueAt = deadlineOf(lit);
  if (dueAt !== null && now < dueAt) return { state: lit, findings: NO_FINDINGS, deadline: dueAt };
  const findings = [finding('raise', lit, now, g)];
  return { state: { ...lit, raised: true, endedAt: null }, findings, deadline: null };
}

/** Who has left the group (retired, taken under a permit) holds nothing open. */
function pruned(s: FireModeState, g: Group): FireModeState {
  if (s.inFire.length === 0) return s;
  const inFire = s.inFire.filter((id) => g.members.some((m) => m.id === id && counts(m)));
  return inFire.length === s.inFire.length ? s : { ...s, inFire };
}

function afterMode(s: FireModeState, d: Device, mode: ElevatorValues['mode']): FireModeState {
  // An unknown mode is no mode: the last one told stands.
  if (mode === undefined || mode === 'unknown') return s;
  const fire = counts(d) && (mode === 'fire-return' || mode === 'firefighter');
  if (fire === s.inFire.includes(d.id)) return s;
  return { ...s, inFire: fire ? [...s.inFire, d.id] : s.inFire.filter((id) => id !== d.id) };
}

/** The lifts of a building go to fire mode: one emergency of the building, not one of each car (domain §4). */
export const fireModeDetector: GroupDetector<FireModeState> = {
  id: EVENT,
  version: 1,
  scope: 'building',
  kinds: ['elevator'],
  events: [EVENT],
  initial: () => QUIET,
  step(state, input, now, group): Step<FireModeState> {
    switch (input.type) {
      case 'reading': {
        const s = pruned(state, group);
        const after = afterMode(s, input.device, (input.values as ElevatorValues).mode);
        // Nearly every reading: no lift in fire mode, none coming.
        return after === state && !state.raised && state.endedAt === null && after.inFire.length === 0
          ? { state, findings: NO_FINDINGS, deadline: null }
          : decide(state, after, now, group);
      }
      case 'alarm-ended': {
        if (input.event !== EVENT || !state.raised)
          return { state, findings: NO_FINDINGS, deadline: deadlineOf(state) };
        const s = { ...state, raised: false, endedAt: Math.min(input.at, now) };
        return { state: s, findings: NO_FINDINGS, deadline: deadlineOf(s) };
      }
      default:
        return decide(state, pruned(state, group), now, group);
    }
  },
};
