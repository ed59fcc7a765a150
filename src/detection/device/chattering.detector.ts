import { minutes, seconds } from '../../kernel/durations.js';
import { DEVICE_KINDS, deviceSubject, type Device } from '../../estate/device.js';
import { NO_FINDINGS, type Detector, type Finding, type Step } from '../detector.js';
import { parameter, valueOf } from '../parameter.js';

const CYCLES = parameter({
  key: 'device.chattering.cycles',
  default: 3,
  unit: 'count',
  min: 2,
  max: 20,
  whole: true,
  about: { zh: '同一告警多少次出现又消失为抖动', en: 'So many active/clear cycles of one event chatter' },
  source: 'ISA-18.2 practice',
});
const WINDOW_S = parameter({
  key: 'device.chattering.windowS',
  default: 60,
  unit: 's',
  min: 1,
  max: 3600,
  about: { zh: '在多长时间内', en: 'Within so long' },
  source: 'ISA-18.2 practice',
});
const QUIET_MIN = parameter({
  key: 'device.chattering.quietMin',
  default: 10,
  unit: 'min',
  min: 1,
  max: 1440,
  about: { zh: '多久不再抖动后解除', en: 'Over after so long without a cycle' },
  source: 'tune',
});

const EVENT = 'device.chattering';

/** One event of this device that came and went lately. */
interface Cycles {
  readonly event: string;
  /** It was raised and has not cleared yet. */
  readonly active: boolean;
  /** The latest ends, oldest first, no more than make it chatter. */
  readonly clears: readonly { readonly at: number }[];
}

export interface ChatteringState {
  readonly seen: readonly Cycles[];
  /** The event that chatters; null = none. */
  readonly raised: string | null;
  readonly lastCycleAt: number | null;
}

const INITIAL: ChatteringState = Object.freeze({ seen: Object.freeze([]), raised: null, lastCycleAt: null });

const finding = (kind: 'raise' | 'clear', since: number, event: string, reason: string, d: Device): Finding => ({
  kind,
  event: EVENT,
  subject: deviceSubject(d),
  since,
  reason,
  evidence: { event },
});

const overAt = (s: ChatteringState, d: Device): number | null =>
  s.raised === null || s.lastCycleAt === null ? null : s.lastCycleAt + minutes(valueOf(d, QUIET_MIN));

function afterTime(s: ChatteringState, now: number, d: Device): Step<ChatteringState> {
  const at = overAt(s, d);
  if (at === null || s.raised === null || now < at) return { state: s, findings: NO_FINDINGS, deadline: at };
  const reason = `${s.raised} came and went no more for ${valueOf(d, QUIET_MIN)} min`;
  return { state: INITIAL, findings: [finding('clear', now, s.raised, reason, d)], deadline: null };
}

/** What is active, and what ended within the window; the rest is forgotten. */
const recent = (seen: readonly Cycles[], now: number, d: Device): Cycles[] =>
  seen
    .map((c) => ({ ...c, clears: c.clears.filter(({ at }) => now - at <= seconds(valueOf(d, WINDOW_S))) }))
    .filter((c) => c.active || c.clears.length > 0);

function heard(before: ChatteringState, findings: readonly Finding[], now: number, d: Device): Step<ChatteringState> {
  const told = findings.filter((f) => f.kind !== 'update' && f.event !== EVENT);
  if (told.length === 0) return { state: before, findings: NO_FINDINGS, deadline: overAt(before, d) };
  const needed = valueOf(d, CYCLES);
  const seen = recent(before.seen, now, d);
  let { raised, lastCycleAt } = before;
  const found: Finding[] = [];
  for (const f of told) {
    const i = seen.findIndex((c) => c.event === f.event);
    const known = seen[i] ?? { event: f.event, active: false, clears: [] };
    const ends = f.kind === 'clear' && known.active;
    const clears = ends ? [...known.clears, { at: now }].slice(-needed) : known.clears;
    seen[i < 0 ? seen.length : i] = { event: f.event, active: f.kind === 'raise', clears };
    if (!ends || clears.length < needed) continue;
    lastCycleAt = f.event === (raised ?? f.event) ? now : lastCycleAt;
    if (raised !== null) continue;
    raised = f.event;
    const since = clears[0]?.at ?? now;
    const reason = `${f.event} came and went ${needed} times in ${Math.ceil((now - since) / 1000)} s`;
    found.push(finding('raise', since, f.event, reason, d));
  }
  const state = { seen, raised, lastCycleAt };
  return { state, findings: found, deadline: overAt(state, d) };
}

/**
 * An alarm that comes and goes (domain §4): a loose contact rather than so many emergencies. Each of them has been raised
 * all the same; this says that the sensor wants mending.
 */
export const chatteringDetector: Detector<ChatteringState> = {
  id: EVENT,
  version: 1,
  kinds: DEVICE_KINDS,
  events: [EVENT],
  hearsFindings: true,
  parameters: [CYCLES, WINDOW_S, QUIET_MIN],
  initial: () => INITIAL,
  step(state, input, now, device): Step<ChatteringState> {
    switch (input.type) {
      case 'found':
        return heard(state, input.findings, now, device);
      case 'tick':
        return afterTime(state, now, device);
      default: {
        const ended = input.type === 'alarm-ended' && input.event === EVENT && state.raised !== null;
        const s = ended ? { ...state, raised: null, lastCycleAt: null } : state;
        return { state: s, findings: NO_FINDINGS, deadline: overAt(s, device) };
      }
    }
  },
};
