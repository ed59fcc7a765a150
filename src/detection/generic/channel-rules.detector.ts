import { seconds } from '../../kernel/durations.js';
import type { ChannelRule } from '../../estate/channel-rule.js';
import { deviceSubject, type Device } from '../../estate/device.js';
import type { EventName } from '../../kernel/events.js';
import { NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import { needsOneOf } from '../device/capability-fitness.js';
import {
  endHeld,
  heldDueAt,
  observeHeld,
  QUIET,
  settleHeld,
  type HeldAlarm,
  type Holds,
  type Sight,
} from '../device/held-alarm.js';

/** By event; a rule that is not here is quiet. */
export interface ChannelRulesState {
  readonly rules: Readonly<Record<string, HeldAlarm>>;
}

const INITIAL: ChannelRulesState = Object.freeze({ rules: Object.freeze({}) });
const NO_RULES: readonly ChannelRule[] = Object.freeze([]);

const rulesOf = (d: Device): readonly ChannelRule[] => d.attributes.rules ?? NO_RULES;
const holdsOf = (r: ChannelRule): Holds => ({ holdMs: seconds(r.holdS), clearMs: seconds(r.clearHoldS) });

/** What a value of its channel says to a rule; null = not told, or not of the kind that it judges. */
function sightOf(r: ChannelRule, value: number | boolean | undefined): Sight | null {
  if (value === undefined) return null;
  if (r.is !== undefined) return value === r.is ? 'holds' : 'over';
  if (typeof value !== 'number') return null;
  if (r.above !== undefined) return value > r.above ? 'holds' : value <= (r.clear ?? r.above) ? 'over' : 'between';
  if (r.below !== undefined) return value < r.below ? 'holds' : value >= (r.clear ?? r.below) ? 'over' : 'between';
  return null;
}

function wordsOf(r: ChannelRule): string {
  if (r.is !== undefined) return `${r.channel} is ${r.is}`;
  return r.above === undefined ? `${r.channel} below ${r.below}` : `${r.channel} above ${r.above}`;
}

function raiseOf(r: ChannelRule, s: HeldAlarm, since: number, now: number, d: Device): Finding {
  const heldS = Math.floor((now - since) / 1000);
  return {
    kind: 'raise',
    event: r.event,
    subject: deviceSubject(d),
    ...(r.own ? { priority: r.own.priority } : {}),
    since,
    reason: heldS > 0 ? `${wordsOf(r)} for ${heldS} s` : wordsOf(r),
    evidence: { channel: r.channel, value: r.is ?? s.value, limit: r.above ?? r.below ?? null, heldS },
  };
}

const clearOf = (event: EventName, now: number, reason: string, d: Device): Finding => ({
  kind: 'clear',
  event,
  subject: deviceSubject(d),
  since: now,
  reason,
  evidence: {},
});

/** Puts a changed rule into the state; a quiet one takes no room. */
function withRule(s: ChannelRulesState, event: string, held: HeldAlarm): ChannelRulesState {
  const { [event]: _, ...others } = s.rules;
  return { rules: held === QUIET ? others : { ...others, [event]: held } };
}

/** Time, and perhaps a reading, for every rule of the device. */
function judge(
  before: ChannelRulesState,
  channels: Readonly<Record<string, number | boolean>> | undefined,
  now: number,
  d: Device,
): Step<ChannelRulesState> {
  let state = before;
  let deadline: number | null = null;
  const findings: Finding[] = [];
  const rules = rulesOf(d);
  for (const r of rules) {
    const held = before.rules[r.event] ?? QUIET;
    const value = channels?.[r.channel];
    const sight = sightOf(r, value);
    const seen = sight ? observeHeld(held, sight, now, typeof value === 'number' ? value : null) : held;
    const settled = settleHeld(seen, holdsOf(r), now);
    if (settled.did === 'raise') findings.push({ ...raiseOf(r, seen, settled.since, now, d), ...settled.paging });
    if (settled.did === 'clear') findings.push(clearOf(r.event, now, `not any more: ${wordsOf(r)}`, d));
    if (settled.state !== held) state = withRule(state, r.event, settled.state);
    deadline = earlier(deadline, settled.deadline);
  }
  // A rule that was taken out of the configuration leaves no alarm behind that nothing could clear.
  for (const [event, held] of Object.entries(before.rules)) {
    if (rules.some((r) => r.event === event)) continue;
    if (held.raised) findings.push(clearOf(event as EventName, now, 'the rule is gone', d));
    state = withRule(state, event, QUIET);
  }
  return { state, findings: findings.length > 0 ? findings : NO_FINDINGS, deadline };
}

const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

function fitness(d: Device): Fitness {
  const rules = rulesOf(d);
  if (rules.length > 0) return needsOneOf(d, ...rules.map((r) => r.channel));
  const detail = { zh: '未配置规则（rules）', en: 'no rules are configured for it ("rules" in the estate file)' };
  return { on: false, why: 'not-configured', detail };
}

/**
 * Pumps, power cabinets, smoke detectors, noise meters: named channels with the thresholds that the estate file gives
 * (domain §3, "generic"). Besides what is listed in `events` it raises the `generic.<key>` of its rules.
 */
export const channelRulesDetector: Detector<ChannelRulesState, 'generic'> = {
  id: 'generic.channel-rules',
  version: 1,
  kinds: ['generic'],
  events: ['smoke.alarm'],
  fitness,
  initial: () => INITIAL,
  step(state, input, now, device): Step<ChannelRulesState> {
    switch (input.type) {
      case 'reading':
        return judge(state, input.values.channels, now, device);
      case 'tick':
        return judge(state, undefined, now, device);
      default: {
        const held = input.type === 'alarm-ended' ? state.rules[input.event] : undefined;
        const s =
          held && input.type === 'alarm-ended' ? withRule(state, input.event, endHeld(held, input.at, now)) : state;
        let deadline: number | null = null;
        for (const r of rulesOf(device)) deadline = earlier(deadline, heldDueAt(s.rules[r.event] ?? QUIET, holdsOf(r)));
        return { state: s, findings: NO_FINDINGS, deadline };
      }
    }
  },
};
