import { seconds } from '../../kernel/durations.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import type { GateValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import { maySend, needsAllOf, notForThisPlace } from '../device/capability-fitness.js';
import { RECHECK_AFTER_END_MS } from '../device/held-condition.js';
import { parameter, valueOf } from '../parameter.js';

const GRACE_S = parameter({
  key: 'gate.forced-open.graceS',
  default: 2,
  unit: 's',
  min: 0,
  max: 30,
  about: {
    zh: '开门前后多少秒内有放行或出门请求即为正常',
    en: 'A grant or request to exit within so many seconds, before or after, explains an opening',
  },
  source: 'domain, after ONVIF DoorForcedOpen',
});

const EVENT = 'gate.forced-open';

export interface ForcedOpenState {
  /** Where it was when it was last settled; null = not known yet. */
  readonly position: 'open' | 'closed' | null;
  /** Unlocked, or opened for somebody: whoever opens it then may. */
  readonly free: boolean;
  /** The last grant or request to exit. */
  readonly leaveAt: number | null;
  /** Opened without leave; which may still come. */
  readonly openedAt: number | null;
  readonly raisedSince: number | null;
  /** A person ended the alarm while it stood open. */
  readonly endedAt: number | null;
}

const INITIAL: ForcedOpenState = Object.freeze({
  position: null,
  free: false,
  leaveAt: null,
  openedAt: null,
  raisedSince: null,
  endedAt: null,
});

const FREE_MODES: readonly GateValues['mode'][] = ['unlocked', 'accessed', 'locked-open'];
const graceMs = (d: Device): number => seconds(valueOf(d, GRACE_S));

const finding = (kind: 'raise' | 'clear', since: number, reason: string, d: Device): Finding => ({
  kind,
  event: EVENT,
  subject: deviceSubject(d),
  since,
  reason,
  evidence: {},
});

function dueAt(s: ForcedOpenState, d: Device): number | null {
  if (s.openedAt !== null) return s.openedAt + graceMs(d);
  return s.endedAt === null ? null : s.endedAt + RECHECK_AFTER_END_MS;
}

function afterTime(s: ForcedOpenState, now: number, d: Device): Step<ForcedOpenState> {
  const at = dueAt(s, d);
  if (at === null || now < at) return { state: s, findings: NO_FINDINGS, deadline: at };
  if (s.openedAt !== null) {
    const state = { ...s, openedAt: null, raisedSince: s.openedAt };
    const raise = finding('raise', s.openedAt, 'opened with no grant and no request to exit', d);
    return { state, findings: [raise], deadline: null };
  }
  const raise = finding('raise', s.raisedSince ?? now, 'forced open, and still open', d);
  return {
    state: { ...s, endedAt: null },
    findings: [{ ...raise, paging: 'coordinator-first' }],
    deadline: null,
  };
}

const givesLeave = (v: GateValues): boolean =>
  v.access === 'granted' || v.egress === true || FREE_MODES.includes(v.mode);

/** Leave that comes in time, if only just. */
const explains = (s: ForcedOpenState, v: GateValues, now: number, d: Device): boolean =>
  s.openedAt !== null && givesLeave(v) && now - s.openedAt <= graceMs(d);

function observe(s: ForcedOpenState, v: GateValues, now: number, d: Device): ForcedOpenState {
  const leave = v.access === 'granted' || v.egress === true;
  const free = v.mode === undefined || v.mode === 'unknown' ? s.free : FREE_MODES.includes(v.mode);
  const position = v.position === 'open' || v.position === 'closed' ? v.position : s.position;
  const leaveAt = leave ? now : s.leaveAt;
  let { openedAt, raisedSince, endedAt } = s;
  if (position === 'closed') {
    // Closed again before anybody could have passed: a contact that bounces, a door that was tried.
    openedAt = raisedSince = endedAt = null;
  } else if (free || (leaveAt !== null && now - leaveAt <= graceMs(d))) {
    openedAt = null;
  } else if (position === 'open' && s.position === 'closed') {
    openedAt = now;
  }
  const same =
    position === s.position &&
    free === s.free &&
    leaveAt === s.leaveAt &&
    openedAt === s.openedAt &&
    raisedSince === s.raisedSince;
  return same ? s : { position, free, leaveAt, openedAt, raisedSince, endedAt };
}

function fitness(d: Device): Fitness {
  if (d.attributes.egressMonitored !== true)
    return notForThisPlace('未监测出门请求', 'leaving is not monitored here, so an opening proves nothing');
  const fit = needsAllOf(d, 'position', 'access', 'egress');
  if (!fit.on || maySend(d, 'mode')) return fit;
  return { on: true, note: { zh: '不上报门模式', en: 'it does not tell when it is unlocked on purpose' } };
}

/** Opened with no grant or request to exit (domain §4). An opening that nobody saw begin proves nothing. */
export const forcedOpenDetector: Detector<ForcedOpenState, 'gate'> = {
  id: EVENT,
  version: 1,
  kinds: ['gate'],
  events: [EVENT],
  parameters: [GRACE_S],
  fitness,
  initial: () => INITIAL,
  step(state, input, now, device): Step<ForcedOpenState> {
    if (device.attributes.egressMonitored !== true) {
      if (state.raisedSince === null || state.endedAt !== null)
        return { state: INITIAL, findings: NO_FINDINGS, deadline: null };
      return { state: INITIAL, findings: [finding('clear', now, 'not watched any more', device)], deadline: null };
    }
    switch (input.type) {
      case 'reading': {
        // What was due before this word came is due: the reading may be the closing of a door forced long ago.
        const before = explains(state, input.values, now, device)
          ? { state, findings: NO_FINDINGS }
          : afterTime(state, now, device);
        const s = observe(before.state, input.values, now, device);
        if (before.state.raisedSince !== null && s.raisedSince === null && before.state.endedAt === null) {
          const clear = finding('clear', now, 'closed', device);
          return { state: s, findings: [...before.findings, clear], deadline: null };
        }
        return { state: s, findings: before.findings, deadline: dueAt(s, device) };
      }
      case 'tick':
        return afterTime(state, now, device);
      case 'resumed': {
        // What would have explained the opening may have come while we were away: its time begins anew.
        const overdue = state.openedAt !== null && now > state.openedAt + graceMs(device);
        const s = overdue ? { ...state, openedAt: now } : state;
        return { state: s, findings: NO_FINDINGS, deadline: dueAt(s, device) };
      }
      default: {
        const ended = input.type === 'alarm-ended' && input.event === EVENT && state.raisedSince !== null;
        const s = ended ? { ...state, endedAt: Math.min(input.at, now) } : state;
        return { state: s, findings: NO_FINDINGS, deadline: dueAt(s, device) };
      }
    }
  },
};
