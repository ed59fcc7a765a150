import type { Device, DeviceKind } from '../estate/device.js';
import type { EventName } from '../kernel/events.js';
import type { Finding } from './detector.js';
import type { Group, GroupDetector, GroupInput } from './group-detector.js';
import { RuleRuntime, type Rule, type StoredStates } from './rule-runtime.js';

/** The rules over one building, riser or estate in memory. */
export class GroupRuntime extends RuleRuntime<GroupInput, Group> {
  /** Kinds of devices whose readings some rule has asked for. */
  readonly kinds: ReadonlySet<DeviceKind>;
  private readonly wantsReadingsOf: ReadonlyMap<DeviceKind, (rule: Rule<GroupInput, Group>) => boolean>;
  private readonly events: ReadonlySet<EventName>;

  constructor(
    readonly group: Group,
    private readonly detectors: readonly GroupDetector[],
    stored: { readonly version: number; readonly states: StoredStates } | undefined,
  ) {
    super(group, detectors, stored);
    this.kinds = new Set(detectors.flatMap((d) => d.kinds));
    this.events = new Set(detectors.flatMap((d) => d.events));
    this.wantsReadingsOf = new Map(
      [...this.kinds].map((kind) => {
        const ids = new Set(detectors.filter((d) => d.kinds.includes(kind)).map((d) => d.id));
        return [kind, (rule) => ids.has(rule.id)];
      }),
    );
  }

  mayRaise(event: EventName): boolean {
    return this.events.has(event);
  }

  /** Whether any rule has an ear for the readings of this member. */
  concerns(device: Device): boolean {
    for (const d of this.detectors)
      if (d.kinds.includes(device.kind) && (d.concerns === undefined || d.concerns(device, this.group))) return true;
    return false;
  }

  /** Readings go to the rules that asked for their kind, all else to all. */
  tell(input: GroupInput, now: number): readonly Finding[] {
    if (input.type !== 'reading') return this.step(input, now);
    return this.step(input, now, this.wantsReadingsOf.get(input.device.kind));
  }

  /** See {@link RuleRuntime.stepAgain}. */
  tellAgain(input: GroupInput & { readonly type: 'reading' }, now: number): void {
    this.stepAgain(input, now, this.wantsReadingsOf.get(input.device.kind));
  }
}
