import { deviceSubject, type Device } from '../../estate/device.js';
import { eventDefinition, moreUrgent, type EventName, type Priority } from '../../kernel/events.js';
import type { ElevatorValues } from '../../telemetry/reading.js';
import { NO_FINDINGS, type Detector, type Finding, type Fitness, type Step } from '../detector.js';
import { pagingAfterEnd } from '../device/held-condition.js';
import type { Parameter } from '../parameter.js';
import {
  ABSENT,
  clearDueAt,
  clearedLift,
  endedLift,
  isQuiet,
  observeLift,
  raiseDueAt,
  raisedLift,
  type LiftCondition,
} from './lift-condition.js';

/** What a rule of one condition knows of its lift (`M`: plain JSON, the same object while nothing changed). */
export interface LiftRule<M> {
  readonly event: EventName;
  readonly parameters: readonly Parameter[];
  fitness(d: Device): Fitness;
  readonly initial: M;
  /** @param leftOutMs readings are missing before this one, so many ms apart; undefined = none are */
  observe(m: M, v: ElevatorValues, now: number, d: Device, leftOutMs?: number): M;
  /** The condition is seen. */
  holds(m: M, d: Device): boolean;
  /** What keeps it open once it was raised; missing = the same. */
  stays?(m: M): boolean;
  /** The lift itself reports it, or has shown what needs no hold. */
  code?(m: M, v: ElevatorValues): boolean;
  /** What speaks against an earlier report, besides another code or none. */
  codeOver?(m: M, v: ElevatorValues): boolean;
  holdMs(d: Device, m: M): number;
  /** Gone for so long before it counts as gone; missing = at once. */
  clearMs?(d: Device): number;
  /** When other than the event's own. */
  priority?(m: M): Priority;
  /** What time alone changes, and when. */
  elapse?(m: M, now: number, d: Device): M;
  wakeAt?(m: M, d: Device): number | null;
  reason(m: M, heldS: number, byCode: boolean, d: Device): string;
  evidence?(m: M): Finding['evidence'];
  readonly gone: string;
}

export interface LiftRuleState<M> {
  readonly m: M;
  readonly c: LiftCondition;
}

/** A rule of one condition on one lift: hold, code, clearing, a person's end and a priority that may rise. */
export function liftRule<M>(r: LiftRule<M>): Detector<LiftRuleState<M>, 'elevator'> {
  type S = LiftRuleState<M>;
  const usual = eventDefinition(r.event).priority;
  const priorityOf = (m: M): Priority => r.priority?.(m) ?? usual;
  const clearMs = (d: Device): number => r.clearMs?.(d) ?? 0;

  function deadlineOf(s: S, now: number, d: Device): number | null {
    const at = Math.min(raiseDueAt(s.c, r.holdMs(d, s.m)), clearDueAt(s.c, clearMs(d)), r.wakeAt?.(s.m, d) ?? Infinity);
    return at === Infinity ? null : Math.max(at, now);
  }

  function finding(kind: Finding['kind'], s: S, now: number, d: Device): Finding {
    const { codeHeld, heldSince, endedAt } = s.c;
    const since = kind === 'clear' ? now : (heldSince ?? now);
    const heldS = Math.floor((now - since) / 1000);
    return {
      kind,
      event: r.event,
      subject: deviceSubject(d),
      ...(kind === 'clear' || !r.priority ? {} : { priority: priorityOf(s.m) }),
      since,
      reason: kind === 'clear' ? r.gone : r.reason(s.m, heldS, codeHeld, d),
      evidence: kind === 'clear' ? {} : { ...r.evidence?.(s.m), heldS, byCode: codeHeld },
      ...pagingAfterEnd(kind === 'raise' ? endedAt : null),
    };
  }

  const step = (s: S, findings: readonly Finding[], now: number, d: Device): Step<S> => ({
    state: s,
    findings,
    deadline: deadlineOf(s, now, d),
  });

  function decide(s: S, now: number, d: Device): Step<S> {
    const priority = priorityOf(s.m);
    if (now >= raiseDueAt(s.c, r.holdMs(d, s.m)))
      return step({ m: s.m, c: raisedLift(s.c, priority) }, [finding('raise', s, now, d)], now, d);
    if (s.c.raised === null) return step(s, NO_FINDINGS, now, d);
    if (now >= clearDueAt(s.c, clearMs(d)))
      return step({ m: s.m, c: clearedLift(s.c) }, [finding('clear', s, now, d)], now, d);
    if (!moreUrgent(priority, s.c.raised)) return step(s, NO_FINDINGS, now, d);
    return step({ m: s.m, c: { ...s.c, raised: priority } }, [finding('update', s, now, d)], now, d);
  }

  return {
    id: r.event,
    version: 1,
    kinds: ['elevator'],
    events: [r.event],
    parameters: r.parameters,
    fitness: (d) => r.fitness(d),
    initial: () => ({ m: r.initial, c: ABSENT }),
    step(state, input, now, device): Step<S> {
      switch (input.type) {
        case 'reading': {
          const v = input.values;
          const m = r.observe(state.m, v, now, device, input.leftOutMs);
          const code = r.code !== undefined && r.code(m, v);
          // Nearly every reading of nearly every rule.
          if (!code && m === state.m && isQuiet(state.c) && !r.holds(m, device))
            return { state, findings: NO_FINDINGS, deadline: r.wakeAt === undefined ? null : r.wakeAt(m, device) };
          const over = !code && (v.fault !== undefined || (r.codeOver?.(m, v) ?? false));
          const seen = r.holds(m, device) || (state.c.raised !== null && r.stays !== undefined && r.stays(m));
          const c = observeLift(state.c, seen, code, over, now);
          return decide(m === state.m && c === state.c ? state : { m, c }, now, device);
        }
        case 'tick': {
          const m = r.elapse?.(state.m, now, device) ?? state.m;
          return decide(m === state.m ? state : { m, c: state.c }, now, device);
        }
        case 'alarm-ended': {
          const c = input.event === r.event ? endedLift(state.c, Math.min(input.at, now)) : state.c;
          return step(c === state.c ? state : { m: state.m, c }, NO_FINDINGS, now, device);
        }
        default:
          return step(state, NO_FINDINGS, now, device);
      }
    },
  };
}
