import type { DetectorInput, Finding } from '../detection/detector.js';
import type { GroupInput } from '../detection/group-detector.js';
import { groupDetectorsFor } from '../detection/group-detectors.js';
import { GroupRuntime } from '../detection/group-runtime.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { EventName, Subject } from '../kernel/events.js';
import { sameNumbers } from '../kernel/same-numbers.js';
import type { NumberedReading } from '../telemetry/history.port.js';
import { isFoundAgain, type Checkpoint } from './checkpoint.js';
import type { Lane } from './intake-entry.js';
import { groupKey, groupKeysAbout, groupKeysOf, LiveGroup, placesOf } from './live-group.js';
import { ruleLane, settledThrough, type StoredRow } from './rule-lane.js';
import type { StateKeeper } from './state-keeper.js';
import type { Watched, WatchedGroup } from './watched.js';

/** What a finding about a whole building means for the rules of its devices. */
const NEWS_FOR_DEVICES: Partial<Record<EventName, (raised: boolean) => DetectorInput>> = {
  'building.power-lost': (lost) => ({ type: 'building-power', lost }),
  'building.comms-lost': (lost) => ({ type: 'building-comms', lost }),
};

/**
 * The rules over buildings, risers and estates in memory, told what their members say, how long they are silent and what
 * their own rules have found. As {@link Watch} it decides nothing itself.
 */
export class GroupWatch {
  private readonly groups = new Map<string, WatchedGroup>();
  /** Counts what may change which device's readings concern a group. */
  private changes = 0;

  constructor(
    private readonly keeper: StateKeeper,
    private readonly now: () => number,
    private readonly tellDevice: (w: Watched, input: DetectorInput) => void,
  ) {}

  /** Makes groups and members those of the directory. Known groups keep their running holds. */
  place(
    directory: EstateDirectory,
    watched: (device: string) => Watched | undefined,
    stored: ReadonlyMap<string, StoredRow> = new Map(),
  ): void {
    const changed: WatchedGroup[] = [];
    for (const place of placesOf(directory)) {
      const key = groupKey(place.scope, place.id);
      const known = this.groups.get(key);
      if (!known) {
        const group = new LiveGroup(place);
        const runtime = new GroupRuntime(group, groupDetectorsFor(place.scope), stored.get(key));
        const lane = ruleLane(key, place.estate, () => null, runtime, stored.get(key));
        this.groups.set(key, { ...lane, runtime, group });
        continue;
      }
      if (!sameNumbers(known.group.overrides, place.overrides)) changed.push(known);
      known.group.overrides = place.overrides;
      known.group.timezone = place.timezone;
    }
    this.changes++;
    for (const { group } of this.groups.values()) {
      group.devices = [];
      group.changed();
    }
    for (const d of directory.devices()) {
      const w = watched(d.id);
      if (!w) continue;
      w.groups = groupKeysOf(d, directory).flatMap((key) => this.groups.get(key) ?? []);
      w.readingGroups = w.groups.filter((g) => g.runtime.kinds.has(d.kind));
      for (const { group } of w.groups) group.devices.push(w);
    }
    for (const g of changed) this.tell(g, { type: 'parameters' });
  }

  /** Groups with windows that are saved later than they change, for who catches up after a start. */
  lagging(): { group: WatchedGroup; through: Checkpoint; of: readonly Watched[] }[] {
    return [...this.groups.values()].flatMap((group) =>
      group.through
        ? [{ group, through: group.through, of: group.group.devices.filter((w) => w.readingGroups.includes(group)) }]
        : [],
    );
  }

  /** @param newestAt when the newest of them counts, steady ms: now, or its place if it was overtaken */
  readings(w: Watched, readings: readonly NumberedReading[], newestAt: number, now: number): void {
    const { device } = w.runtime;
    let foundAgain: boolean | null = null;
    for (const g of this.hearing(w)) {
      foundAgain ??= isFoundAgain(readings.map((r) => r.reading));
      const before = g.runtime.states;
      const findings: Finding[] = [];
      for (const [i, { reading }] of readings.entries()) {
        const at = i === readings.length - 1 ? newestAt : Math.min(reading.at, now);
        findings.push(...g.runtime.tell({ type: 'reading', device, values: reading.values, at }, now));
      }
      this.keeper.submitIfAny(g, { before, findings, stepped: readings, foundAgain }, now);
    }
  }

  /** Asked for every reading; who belongs to what changes seldom. */
  private hearing(w: Watched): readonly WatchedGroup[] {
    if (w.hearing?.madeAt !== this.changes) {
      const groups = w.readingGroups.filter((g) => g.runtime.concerns(w.runtime.device));
      w.hearing = { madeAt: this.changes, groups };
    }
    return w.hearing.groups;
  }

  /** A device has spoken for the first time. */
  firstWord(w: Watched): void {
    // Of one whose readings no rule of a group asks for, nobody's readings depend.
    if (w.readingGroups.length > 0) this.changes++;
    for (const g of w.groups) g.group.changed();
  }

  silence(w: Watched): void {
    const { device } = w.runtime;
    for (const g of w.groups) this.tell(g, { type: 'silence', device, silent: w.silent });
  }

  /** What a member's own rules have found, once it is committed. */
  finding(w: Watched, event: EventName, kind: 'raise' | 'clear'): void {
    const { device } = w.runtime;
    for (const g of w.groups) this.tell(g, { type: 'finding', device, event, kind });
    if (event === 'pipe.freeze-risk' && kind === 'clear') this.thaw(w);
  }

  /** A pipe is warm again: whatever leaks on its riser leaks now. */
  private thaw(w: Watched): void {
    const at = this.now();
    const riser = w.groups.filter((g) => g.group.scope === 'riser').flatMap((g) => g.group.devices);
    for (const d of new Set([w, ...riser])) if (d.runtime.hasSpoken) this.tellDevice(d, { type: 'thaw', at });
  }

  /** What a rule over a group has found, once it is committed: its members are told what concerns them. */
  onFindings(l: Lane, findings: readonly Finding[]): void {
    const g = this.groups.get(l.key);
    if (!g) return;
    for (const f of findings) {
      const news = f.kind === 'update' ? undefined : NEWS_FOR_DEVICES[f.event]?.(f.kind === 'raise');
      if (!news) continue;
      for (const w of g.group.devices) if (w.runtime.hasSpoken) this.tellDevice(w, news);
    }
  }

  /** A person ended an alarm about this subject. @param at steady ms */
  ended(subject: Subject, estate: string, event: EventName, at: number, directory: EstateDirectory): void {
    for (const key of groupKeysAbout(subject, estate, directory)) {
      const g = this.groups.get(key);
      if (g?.runtime.mayRaise(event)) this.tell(g, { type: 'alarm-ended', event, at });
    }
  }

  resume(now: number): void {
    for (const g of this.groups.values()) this.tell(g, { type: 'resumed' }, now);
  }

  tick(now: number): void {
    for (const g of this.groups.values()) if (g.runtime.isDue(now)) this.tell(g, { type: 'tick' }, now);
  }

  shift(byMs: number, now: number): void {
    for (const g of this.groups.values()) {
      // Never told anything: there is no time in it.
      if (g.runtime.version === 0) continue;
      const before = g.runtime.states;
      g.runtime.shift(byMs);
      const through = settledThrough(g);
      if (through) g.through = { ...through, receivedAt: through.receivedAt + byMs };
      this.keeper.submit(g, { before, findings: [] }, now);
    }
  }

  private tell(g: WatchedGroup, input: GroupInput, now = this.now()): void {
    const before = g.runtime.states;
    this.keeper.submitIfAny(g, { before, findings: g.runtime.tell(input, now) }, now);
  }
}
