import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import type { Clock } from '../kernel/clock.js';
import type { EventName, Subject } from '../kernel/events.js';
import { detectorsFor } from '../detection/device-detectors.js';
import { NO_FINDINGS, type DetectorInput, type Finding } from '../detection/detector.js';
import { DeviceRuntime } from '../detection/device-runtime.js';
import { withoutPress } from '../detection/elevator/alarm-path-trial.js';
import { settleStoredUpload, type DatedFinding } from '../detection/late-evidence.js';
import { ReadingOrder, REORDERED_WITHIN_MS } from '../detection/reading-order.js';
import type { Device } from '../estate/device.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { Metrics } from '../ops/metrics.js';
import type { Database } from '../platform/database-schema.js';
import type { DecodedReading } from '../telemetry/decode-native.js';
import { DuplicateFilter } from '../telemetry/duplicate-filter.js';
import type { History, NumberedReading } from '../telemetry/history.port.js';
import { placeReadings } from '../telemetry/place-readings.js';
import type { ElevatorValues, Reading } from '../telemetry/reading.js';
import { catchUp } from './catch-up.js';
import { isFoundAgain } from './checkpoint.js';
import { CommissioningNotes } from './commissioning-notes.js';
import { GroupWatch } from './group-watch.js';
import type { Intake } from './intake.js';
import type { Entry, Lane } from './intake-entry.js';
import { ruleLane, settledThrough, type StoredRow } from './rule-lane.js';
import { rulesSeeChange } from './rules-see-change.js';
import { SequenceGaps } from './sequence-gaps.js';
import { StateKeeper } from './state-keeper.js';
import { silentDevices, storedStates, toldLately } from './watch-memory.js';
import type { Watched } from './watched.js';

export type { Watched } from './watched.js';

const TICK_MS = 100;
/** A gap between two ticks that long means that the process itself stood still. */
const FREEZE_MS = 2000;

/**
 * Every device's rules in memory, stepped by readings, by time and by what happens around them. Decides nothing
 * itself: it carries inputs to the pure rules and their results to the intake.
 */
export class Watch {
  private readonly log = new Logger(Watch.name);
  private readonly devices = new Map<string, Watched>();
  private readonly keeper: StateKeeper;
  private readonly groups: GroupWatch;
  private readonly gaps: SequenceGaps;
  private readonly notes: CommissioningNotes;
  /** Devices that remember what they were told last, those that do so longest first. */
  private readonly remembering = new Set<Watched>();
  private directory: EstateDirectory | null = null;
  private timer: NodeJS.Timeout | null = null;
  private lastTick = 0;
  /** Told of a lift's reading that is marked as a test press; true = it was asked for, and is no call for help. */
  testPress: ((device: Device, values: ElevatorValues) => boolean) | null = null;
  /** Steady ms. What was observed before may have been stored by a process before this one (see `readings`). */
  private readonly startedAt: number;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly history: Pick<History, 'readings'>,
    private readonly intake: () => Intake,
  ) {
    this.startedAt = clock.now();
    this.gaps = new SequenceGaps(clock, metrics);
    this.notes = new CommissioningNotes(db);
    this.keeper = new StateKeeper(intake);
    this.groups = new GroupWatch(
      this.keeper,
      () => clock.now(),
      (w, input) => this.input(w, input),
    );
  }

  device(id: string): Watched | undefined {
    return this.devices.get(id);
  }

  /** Null: never heard since it was registered, or not known. */
  isOnline(id: string): boolean | null {
    const w = this.devices.get(id);
    return w?.runtime.hasSpoken ? !w.silent : null;
  }

  /** Loads stored states, and what came since they were saved. Call before the broker listens; `begin` starts the clocks. */
  async load(directory: EstateDirectory): Promise<void> {
    this.directory = directory;
    const stored = await storedStates(this.db);
    const silent = await silentDevices(this.db);
    for (const device of directory.devices())
      this.watch(device, stored.get(`device:${device.id}`), silent.has(device.id));
    this.groups.place(directory, (id) => this.devices.get(id), stored);
    await catchUp(this.history, this.devices.values(), this.groups.lagging(), this.clock, this.metrics);
  }

  /** The estate is another: new devices are watched, known ones keep their running holds. */
  refresh(directory: EstateDirectory): void {
    this.directory = directory;
    for (const device of directory.devices()) {
      const known = this.devices.get(device.id);
      if (!known || known.runtime.device.kind !== device.kind) {
        this.watch(device, undefined, false);
        continue;
      }
      const before = known.runtime.device;
      known.runtime.device = device;
      // A hold that has become shorter may be over already: rules are asked for their deadlines anew.
      if (known.runtime.hasSpoken && rulesSeeChange(before, device)) this.input(known, { type: 'parameters' });
    }
    this.groups.place(directory, (id) => this.devices.get(id));
  }

  /** The intake is ready: holds go on where they were, silence is counted from now. */
  async begin(): Promise<void> {
    this.resume();
    await this.remind();
    this.lastTick = this.clock.now();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** Saves what is not saved yet. At the end, when no more messages are taken in and the intake still is open. */
  saveAll(): void {
    this.keeper.saveAll(this.clock.now());
  }

  /** Intake was away and is back (start, database stall, a process that stood still). */
  resume(): void {
    const now = this.clock.now();
    for (const w of this.devices.values()) if (w.runtime.hasSpoken) this.input(w, { type: 'resumed' }, now);
    this.groups.resume(now);
  }

  /** @param done called when all is committed, or at once when there is nothing to commit */
  readings(w: Watched, decoded: readonly DecodedReading[], done: (() => void) | null, resent = false): void {
    const now = this.clock.now();
    const filter = (w.duplicates ??= new DuplicateFilter());
    const unmarked = withoutDuplicates(decoded, filter, now);
    if (unmarked.length < decoded.length) this.metrics.duplicates.inc(decoded.length - unmarked.length);
    const device = w.runtime.device;
    const fresh = device.kind === 'elevator' ? this.withoutTestPresses(device, unmarked) : unmarked;
    const { newest, lost } = this.gaps.note(device, w.lastNumber, fresh, now);
    w.lastNumber = newest;
    const firstWord = !w.runtime.hasSpoken && fresh.length > 0;
    if (firstWord) {
      w.runtime.hasSpoken = true;
      this.groups.firstWord(w);
    }
    const placed = placeReadings(device.id, fresh, now);
    const before = w.runtime.states;
    // Records from a device's memory are history: they must neither raise nor clear what is now.
    const told = fresh.some((f) => f.historic) ? placed.filter((_, i) => fresh[i]?.historic !== true) : placed;
    const step = told.length === 1 ? this.stepLive(w, told[0] as Reading, now) : this.stepStored(w, told, now);
    const gap = lost === 0 ? NO_FINDINGS : w.order.input({ type: 'gap', missing: lost }, now);
    const findings = gap.length === 0 ? step.findings : [...step.findings, ...gap];
    // Many clients send again what was not acknowledged without MQTT's DUP flag, all that was in flight.
    const { no } = device;
    const readings = placed.map((reading, i): NumberedReading => {
      const maybeStored = resent || reading.at < this.startedAt;
      return told !== placed && fresh[i]?.historic === true
        ? { no, reading, maybeStored, historic: true }
        : { no, reading, maybeStored };
    });
    this.keeper.submit(w, { readings, before, findings, firstWord, done, foundAgain: isFoundAgain(placed) }, now);
    if (device.life === 'commissioning') this.notes.note(w, told);
    if (w.readingGroups.length > 0 && told.length > 0) {
      const live = told.length === placed.length ? readings : readings.filter((r) => r.historic !== true);
      this.groups.readings(w, live, step.at, now);
    }
  }

  /** Only a press that was asked for is taken out; one that merely says so is a call for help. */
  private withoutTestPresses(device: Device, told: readonly DecodedReading[]): readonly DecodedReading[] {
    const marked = (d: DecodedReading): boolean => (d.values as ElevatorValues).alarmTest !== undefined;
    if (this.testPress === null || !told.some(marked)) return told;
    return told.map((d) =>
      marked(d) && !d.historic && this.testPress?.(device, d.values as ElevatorValues)
        ? { ...d, values: withoutPress(d.values as ElevatorValues) }
        : d,
    );
  }

  private stepLive(w: Watched, r: Reading, now: number): { findings: readonly Finding[]; at: number } {
    const input = { type: 'reading', values: r.values, at: now, observedAt: r.observedAt } as const;
    const step = w.order.reading(input, r.seq, now);
    if (w.order.remembersSince !== null) this.remembering.add(w);
    if (step.at < now) this.metrics.overtaken.inc();
    return step;
  }

  /** The newest element is what the device says now; older ones of a stored upload happened at their own times. */
  private stepStored(
    w: Watched,
    readings: readonly Reading[],
    now: number,
  ): { findings: readonly Finding[]; at: number } {
    const found: DatedFinding[] = [];
    if (readings.length > 0) w.order.reset();
    for (const [i, r] of readings.entries()) {
      const at = i === readings.length - 1 ? now : w.order.placeOf(r.at, now);
      const findings = w.runtime.step({ type: 'reading', values: r.values, at, observedAt: r.observedAt }, at);
      for (const finding of findings) found.push({ finding, at });
    }
    if (found.length === 0) return { findings: NO_FINDINGS, at: now };
    const { kept, left } = settleStoredUpload(found, now);
    if (left.length > 0) this.metrics.suppressed.inc({ reason: 'over-long-ago' }, left.length);
    return { findings: kept, at: now };
  }

  /** A message that brings nothing but must keep its place in the order of PUBACKs. */
  placeholder(w: Watched, done: () => void): void {
    this.keeper.submit(w, { before: w.runtime.states, findings: NO_FINDINGS, done }, this.clock.now());
  }

  input(w: Watched, input: DetectorInput, now = this.clock.now()): void {
    const before = w.runtime.states;
    if (w.order.remembersSince === null) this.remembering.add(w);
    const findings = w.order.input(input, now);
    this.keeper.submitIfAny(w, { before, findings }, now);
  }

  /** What committed findings mean for others: a device's for its groups, a group's for its devices. */
  onFindings(l: Lane, findings: readonly Finding[]): void {
    const device = l.device();
    const w = device ? this.devices.get(device.id) : undefined;
    if (!w) return this.groups.onFindings(l, findings);
    for (const f of findings) if (f.kind !== 'update') this.tellGroups(w, f.event, f.kind);
  }

  /** A person ended an alarm. @param at steady ms */
  ended(subject: Subject, device: string | null, event: EventName, at: number): void {
    const w = device === null ? undefined : this.devices.get(device);
    if (w) return this.input(w, { type: 'alarm-ended', event, at });
    const estate = this.directory?.estateOf(subject);
    if (this.directory && estate) this.groups.ended(subject, estate, event, at, this.directory);
  }

  /** The clock was re-anchored by this much: states in memory move with it and are saved. */
  shift(byMs: number): void {
    this.lastTick += byMs;
    this.keeper.shift(byMs);
    const now = this.clock.now();
    for (const w of this.devices.values()) {
      if (!w.runtime.hasSpoken) continue;
      const before = w.runtime.states;
      w.runtime.shift(byMs);
      w.order.reset();
      const through = settledThrough(w);
      if (through) w.through = { ...through, receivedAt: through.receivedAt + byMs };
      this.keeper.submit(w, { before, findings: NO_FINDINGS }, now);
    }
    this.groups.shift(byMs, now);
  }

  /** Takes back what a refused row did to the rules, if nothing was built on it since. */
  undo(entry: Entry): void {
    const device = entry.lane.device();
    const w = device ? this.devices.get(device.id) : undefined;
    if (!w || !entry.undo || w.runtime.states !== entry.undo.after) return;
    w.runtime.states = entry.undo.before;
    w.order.reset();
  }

  /** Wakes the rules whose time has come. Called by its own timer; on a manual clock by whoever moves that. */
  tick(): void {
    const now = this.clock.now();
    const frozen = now - this.lastTick > FREEZE_MS;
    this.lastTick = now;
    if (frozen) {
      this.log.warn('the process stood still; silence clocks start anew');
      return this.resume();
    }
    if (this.intake().isStalled) return;
    for (const w of this.devices.values()) if (w.runtime.isDue(now)) this.input(w, { type: 'tick' }, now);
    this.groups.tick(now);
    this.keeper.tick(now);
    this.forget(now);
  }

  /** A device that is silent now would else keep what it has said last for ever. */
  private forget(now: number): void {
    for (const w of this.remembering) {
      const since = w.order.remembersSince;
      if (since !== null && since >= now - REORDERED_WITHIN_MS) return;
      this.remembering.delete(w);
      w.order.forget(now);
      if (w.order.remembersSince !== null) this.remembering.add(w);
    }
  }

  private watch(device: Device, stored: StoredRow | undefined, silent: boolean): void {
    const runtime = new DeviceRuntime(device, detectorsFor(device.kind), stored);
    this.devices.set(device.id, {
      ...ruleLane(runtime.key, device.estate, () => runtime.device, runtime, stored),
      runtime,
      order: new ReadingOrder(runtime),
      duplicates: null,
      lastNumber: undefined,
      silent,
      groups: [],
      readingGroups: [],
    });
  }

  private tellGroups(w: Watched, event: EventName, kind: 'raise' | 'clear'): void {
    if (event === 'device.offline') {
      w.silent = kind === 'raise';
      this.groups.silence(w);
    }
    this.groups.finding(w, event, kind);
  }

  /** What a crash kept from rules that build on others is told again (told twice does no harm). */
  private async remind(): Promise<void> {
    for (const w of this.devices.values()) if (w.silent) this.groups.silence(w);
    const { found, ended } = await toldLately(this.db, this.clock.now());
    for (const f of found) {
      const w = this.devices.get(f.device);
      if (w) this.tellGroups(w, f.event, f.kind);
    }
    for (const e of ended) this.ended(e.subject, e.device, e.event, e.at);
  }
}

/** Most messages hold one reading, and most are new. */
function withoutDuplicates(
  decoded: readonly DecodedReading[],
  filter: DuplicateFilter,
  now: number,
): readonly DecodedReading[] {
  const [only] = decoded;
  if (only !== undefined && decoded.length === 1) return filter.check(only, now) ? [] : decoded;
  return decoded.filter((d) => !filter.check(d, now));
}
