import { deviceSubject, type Device, type DeviceKind } from '../../estate/device.js';
import type { EventName, Priority } from '../../kernel/events.js';
import type { ValuesByKind } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import type { Parameter } from '../parameter.js';
import {
  endHeld,
  heldDueAt,
  observeHeld,
  QUIET,
  settleHeld,
  type HeldAlarm,
  type Holds,
  type Sight,
} from './held-alarm.js';

/** A rule that is one condition of one device with holds: what makes it differ from the others of its like. */
export interface HeldRule<K extends DeviceKind> {
  readonly event: EventName;
  readonly kinds: readonly K[];
  readonly parameters: readonly Parameter[];
  /** False: not at this device; an alarm left from before is cleared. */
  applies?(d: Device): boolean;
  fitness?(d: Device): Fitness;
  /** What this reading says; null = nothing about it. */
  see(v: ValuesByKind[K], d: Device, s: HeldAlarm): { readonly sight: Sight; readonly value: number | null } | null;
  holds(d: Device): Holds;
  /** For the raise. */
  tell(
    d: Device,
    s: HeldAlarm,
    heldS: number,
  ): {
    readonly reason: string;
    readonly evidence: Finding['evidence'];
    readonly priority?: Priority;
  };
  /** For the clear. */
  readonly over: string;
}

/** The detector of a {@link HeldRule}; its id is its event. */
export function heldDetector<K extends DeviceKind>(rule: HeldRule<K>): Detector<HeldAlarm, K> {
  const clear = (now: number, reason: string, d: Device): Finding => ({
    kind: 'clear',
    event: rule.event,
    subject: deviceSubject(d),
    since: now,
    reason,
    evidence: {},
  });
  function settle(s: HeldAlarm, now: number, d: Device): Step<HeldAlarm> {
    const { state, did, deadline, since, paging } = settleHeld(s, rule.holds(d), now);
    if (did === null) return { state, findings: NO_FINDINGS, deadline };
    if (did === 'clear') return { state, findings: [clear(now, rule.over, d)], deadline };
    const told = rule.tell(d, state, Math.floor((now - since) / 1000));
    const raise: Finding = { kind: 'raise', event: rule.event, subject: deviceSubject(d), since, ...told, ...paging };
    return { state, findings: [raise], deadline };
  }
  return {
    id: rule.event,
    version: 1,
    kinds: rule.kinds,
    events: [rule.event],
    parameters: rule.parameters,
    ...(rule.fitness ? { fitness: (d: Device) => rule.fitness?.(d) as Fitness } : {}),
    initial: () => QUIET,
    step(state, input, now, device): Step<HeldAlarm> {
      if (rule.applies && !rule.applies(device)) {
        if (state === QUIET || !state.raised) return { state: QUIET, findings: NO_FINDINGS, deadline: null };
        return { state: QUIET, findings: [clear(now, 'the rule is off here', device)], deadline: null };
      }
      switch (input.type) {
        case 'reading': {
          const seen = rule.see(input.values, device, state);
          return settle(seen ? observeHeld(state, seen.sight, now, seen.value) : state, now, device);
        }
        case 'tick':
          return settle(state, now, device);
        default: {
          // Nothing fires here: after a resumption an overdue hold waits for the device's next word.
          const ended = input.type === 'alarm-ended' && input.event === rule.event;
          const s = ended ? endHeld(state, input.at, now) : state;
          return { state: s, findings: NO_FINDINGS, deadline: heldDueAt(s, rule.holds(device)) };
        }
      }
    },
  };
}
