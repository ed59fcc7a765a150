import { seconds } from '../../kernel/durations.js';
import { DEVICE_KINDS, deviceSubject, type Device } from '../../estate/device.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { pagingAfterEnd, RECHECK_AFTER_END_MS } from './held-condition.js';
import { parameter, valueOf } from '../parameter.js';
import { SILENCE_FLOOR_S, SILENCE_INTERVALS, silenceLimitMs } from './silence-limit.js';

/** A will not followed by a reading within this time is a device that is gone (domain §4). */
const WILL_GRACE_S = parameter({
  key: 'device.offline.willS',
  default: 30,
  unit: 's',
  min: 0,
  max: 3600,
  about: { zh: '断线遗言后多久无读数为离线', en: 'No reading for so long after a lost connection is offline' },
  source: 'domain',
});
const willGraceMs = (d: Device): number => seconds(valueOf(d, WILL_GRACE_S));

/**
 * No time of the last reading: the deadline that each reading asks for is that memory, and after a restart silence
 * clocks start anew anyway. A healthy device never changes this state.
 */
export interface OfflineState {
  readonly spoken: boolean;
  readonly willAt: number | null;
  readonly offlineSince: number | null;
  readonly endedAt: number | null;
}

const NEVER: OfflineState = Object.freeze({ spoken: false, willAt: null, offlineSince: null, endedAt: null });
const ALIVE: OfflineState = Object.freeze({ spoken: true, willAt: null, offlineSince: null, endedAt: null });

const isAlive = (s: OfflineState): boolean => s.spoken && s.willAt === null && s.offlineSince === null;

/** @param heardAt the silence clock's start, steady ms */
function waiting(state: OfflineState, heardAt: number, d: Device): Step<OfflineState> {
  if (!state.spoken) return { state, findings: NO_FINDINGS, deadline: null };
  if (state.offlineSince !== null) {
    const deadline = state.endedAt === null ? null : state.endedAt + RECHECK_AFTER_END_MS;
    return { state, findings: NO_FINDINGS, deadline };
  }
  const silentAt = heardAt + silenceLimitMs(d);
  const deadline = state.willAt === null ? silentAt : Math.min(silentAt, state.willAt + willGraceMs(d));
  return { state, findings: NO_FINDINGS, deadline };
}

function raise(s: OfflineState, since: number, reason: string, now: number, d: Device): Step<OfflineState> {
  const finding: Finding = {
    kind: 'raise',
    event: 'device.offline',
    subject: deviceSubject(d),
    // A lift that nobody watches is a service that is down (domain §4).
    priority: d.kind === 'elevator' ? 'P3' : 'P4',
    since,
    reason,
    evidence: { expectedIntervalS: d.attributes.expectedIntervalS, silentS: Math.floor((now - since) / 1000) },
    ...pagingAfterEnd(s.endedAt),
  };
  return {
    state: { spoken: true, willAt: null, offlineSince: since, endedAt: null },
    findings: [finding],
    deadline: null,
  };
}

function afterTime(s: OfflineState, now: number, d: Device): Step<OfflineState> {
  if (!s.spoken) return waiting(s, now, d);
  if (s.offlineSince !== null) {
    const due = s.endedAt !== null && now >= s.endedAt + RECHECK_AFTER_END_MS;
    return due ? raise(s, s.offlineSince, 'still silent after its alarm was ended', now, d) : waiting(s, now, d);
  }
  if (s.willAt !== null && now >= s.willAt + willGraceMs(d))
    return raise(s, s.willAt, `connection lost and no reading within ${valueOf(d, WILL_GRACE_S)} s`, now, d);
  const limit = silenceLimitMs(d);
  return raise(s, now - limit, `silent for ${Math.floor(limit / 1000)} s`, now, d);
}

/** A device that says nothing any more (domain §4). One that has never spoken raises nothing. */
export const offlineDetector: Detector<OfflineState> = {
  id: 'device.offline',
  version: 1,
  kinds: DEVICE_KINDS,
  events: ['device.offline'],
  parameters: [SILENCE_INTERVALS, SILENCE_FLOOR_S, WILL_GRACE_S],
  initial: () => NEVER,
  step(state, input, now, device): Step<OfflineState> {
    const s = !state.spoken && device.hasSpoken ? ALIVE : state;
    switch (input.type) {
      case 'reading': {
        if (isAlive(s)) return waiting(s, now, device);
        const step = waiting(ALIVE, now, device);
        // An alarm that a person ended is closed already; there is nothing left to clear.
        if (s.offlineSince === null || s.endedAt !== null) return step;
        const clear: Finding = {
          kind: 'clear',
          event: 'device.offline',
          subject: deviceSubject(device),
          since: now,
          reason: 'a reading came',
          evidence: { silentS: Math.floor((now - s.offlineSince) / 1000) },
        };
        return { ...step, findings: [clear] };
      }
      case 'tick':
        return afterTime(s, now, device);
      case 'will':
        return waiting(isAlive(s) ? { ...s, willAt: now } : s, now, device);
      case 'resumed':
        // Our absence broke its connection: what the broker said of it then says nothing about the device.
        return waiting(s.willAt === null ? s : ALIVE, now, device);
      case 'alarm-ended': {
        const ends = input.event === 'device.offline' && s.offlineSince !== null;
        return waiting(ends ? { ...s, endedAt: Math.min(input.at, now) } : s, now, device);
      }
      default:
        return waiting(s, now, device);
    }
  },
};
