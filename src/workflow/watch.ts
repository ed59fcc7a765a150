import { Logger } from '@nestjs/common';
import { sql, type Kysely } from 'kysely';
import type { Clock } from '../kernel/clock.js';
import { shiftTimes } from '../kernel/shift-times.js';
import { assessBuildingPower, POWER_PRESENT, type BuildingPowerState } from '../detection/building/power.js';
import { detectorsFor } from '../detection/device-detectors.js';
import { NO_FINDINGS, type DetectorInput, type Finding } from '../detection/detector.js';
import { DeviceRuntime, type StoredStates } from '../detection/device-runtime.js';
import { settleStoredUpload, type DatedFinding } from '../detection/late-evidence.js';
import type { Device } from '../estate/device.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import type { Metrics } from '../ops/metrics.js';
import type { Database } from '../platform/database-schema.js';
import type { DecodedReading } from '../telemetry/decode-native.js';
import { DuplicateFilter } from '../telemetry/duplicate-filter.js';
import type { NumberedReading } from '../telemetry/history.port.js';
import { placeReadings } from '../telemetry/place-readings.js';
import type { ElevatorValues, Reading } from '../telemetry/reading.js';
import type { LastNumber } from '../telemetry/sequence-gap.js';
import { addSights, type Sights } from './commissioning.js';
import type { Intake } from './intake.js';
import type { Entry, Lane, Snapshot } from './intake-entry.js';
import { SequenceGaps } from './sequence-gaps.js';

/** A device under watch: its rules, its place in the order of commits, what the building must know of it. */
export interface Watched extends Lane {
  runtime: DeviceRuntime;
  duplicates: DuplicateFilter | null;
  mains: boolean | null;
  emergencyPower: boolean;
  silent: boolean;
  /** Newest number that the device has given a reading since this process started. */
  lastNumber: LastNumber | undefined;
  /** In commissioning: what has been seen of it since this process started. */
  sights?: Sights;
}

interface WatchedBuilding extends Lane {
  readonly building: string;
  state: BuildingPowerState;
  version: number;
}

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
  private readonly buildings = new Map<string, WatchedBuilding>();
  private readonly byBuilding = new Map<string, Watched[]>();
  private readonly gaps: SequenceGaps;
  private timer: NodeJS.Timeout | null = null;
  private lastTick = 0;
  /** Steady ms. What was observed before may have been stored by a process before this one (see `readings`). */
  private readonly startedAt: number;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly intake: () => Intake,
  ) {
    this.startedAt = clock.now();
    this.gaps = new SequenceGaps(clock, metrics);
  }

  device(id: string): Watched | undefined {
    return this.devices.get(id);
  }

  /** Null: never heard since it was registered, or not known. */
  isOnline(id: string): boolean | null {
    const w = this.devices.get(id);
    return w?.runtime.hasSpoken ? !w.silent : null;
  }

  /** Loads stored states and deadlines. Call before the broker listens; `begin` starts the clocks. */
  async load(directory: EstateDirectory): Promise<void> {
    const stored = new Map<string, { version: number; states: StoredStates }>();
    for (const row of await this.db.selectFrom('detector_state').selectAll().execute()) {
      stored.set(row.subject, { version: row.version, states: row.states as StoredStates });
    }
    const offline = await this.db
      .selectFrom('alarm')
      .select('device_id')
      .where('event', '=', 'device.offline')
      .where('active', '=', true)
      .where('ended_at', 'is', null)
      .execute();
    const silent = new Set(offline.map((o) => o.device_id));
    for (const device of directory.devices())
      this.watch(device, stored.get(`device:${device.id}`), silent.has(device.id));
    for (const building of directory.estates().flatMap((e) => directory.buildingsOf(e.id))) {
      const kept = stored.get(`building:${building.id}`);
      this.buildings.set(building.id, {
        ...lane(`building:${building.id}`, building.estate, () => null),
        building: building.id,
        state: (kept?.states['building.power']?.s as BuildingPowerState | undefined) ?? POWER_PRESENT,
        version: kept?.version ?? 0,
      });
    }
    // Until they speak again, those whom a power loss had hit are without power: a restart brings no mains back.
    for (const b of this.buildings.values()) {
      for (const id of b.state.hit) {
        const w = this.devices.get(id);
        if (w && !w.silent) w.mains = false;
      }
    }
  }

  /** The estate was imported again: new devices are watched, known ones keep their running holds. */
  refresh(directory: EstateDirectory): void {
    for (const device of directory.devices()) {
      const known = this.devices.get(device.id);
      if (known && known.runtime.device.kind === device.kind) known.runtime.device = device;
      else this.watch(device, undefined, false);
    }
    for (const building of directory.estates().flatMap((e) => directory.buildingsOf(e.id))) {
      if (this.buildings.has(building.id)) continue;
      this.buildings.set(building.id, {
        ...lane(`building:${building.id}`, building.estate, () => null),
        building: building.id,
        state: POWER_PRESENT,
        version: 0,
      });
    }
  }

  /** The intake is ready: holds go on where they were, silence is counted from now. */
  async begin(): Promise<void> {
    this.resume();
    await this.remindOfEndings();
    this.lastTick = this.clock.now();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** Intake was away and is back (start, database stall, a process that stood still). */
  resume(): void {
    const now = this.clock.now();
    for (const w of this.devices.values()) if (w.runtime.hasSpoken) this.input(w, { type: 'resumed' }, now);
  }

  /** @param done called when all is committed, or at once when there is nothing to commit */
  readings(w: Watched, decoded: readonly DecodedReading[], done: (() => void) | null, resent = false): void {
    const now = this.clock.now();
    const filter = (w.duplicates ??= new DuplicateFilter());
    const fresh = decoded.filter((d) => !filter.check(d, now));
    if (fresh.length < decoded.length) this.metrics.duplicates.inc(decoded.length - fresh.length);
    const device = w.runtime.device;
    w.lastNumber = this.gaps.note(device, w.lastNumber, fresh);
    const firstWord = !w.runtime.hasSpoken && fresh.length > 0;
    if (firstWord) w.runtime.hasSpoken = true;
    const placed = placeReadings(device.id, fresh, now);
    const before = w.runtime.states;
    // Records from a device's memory are history: they must neither raise nor clear what is now.
    const told = placed.filter((_, i) => fresh[i]?.historic !== true);
    const findings = told.length === 1 ? this.stepLive(w, told[0] as Reading, now) : this.stepStored(w, told, now);
    // Many clients send again what was not acknowledged without MQTT's DUP flag, all that was in flight.
    const numbered: NumberedReading[] = placed.map((reading, i) => ({
      no: device.no,
      reading,
      ...(fresh[i]?.historic === true ? { historic: true as const } : {}),
      maybeStored: resent || reading.at < this.startedAt,
    }));
    this.submit(w, numbered, before, findings, firstWord, now, done);
    if (device.life === 'commissioning') this.noteSights(w, told);
    if (device.kind === 'elevator') this.noteMains(w, told.at(-1)?.values as ElevatorValues | undefined);
  }

  private stepLive(w: Watched, r: Reading, now: number): readonly Finding[] {
    return w.runtime.step({ type: 'reading', values: r.values, at: now, observedAt: r.observedAt }, now);
  }

  /** The newest element is what the device says now; older ones of a stored upload happened at their own times. */
  private stepStored(w: Watched, readings: readonly Reading[], now: number): readonly Finding[] {
    const found: DatedFinding[] = [];
    for (const [i, r] of readings.entries()) {
      const at = i === readings.length - 1 ? now : Math.min(r.at, now);
      const findings = w.runtime.step({ type: 'reading', values: r.values, at, observedAt: r.observedAt }, at);
      for (const finding of findings) found.push({ finding, at });
    }
    if (found.length === 0) return NO_FINDINGS;
    const { kept, left } = settleStoredUpload(found, now);
    if (left.length > 0) this.metrics.suppressed.inc({ reason: 'over-long-ago' }, left.length);
    return kept;
  }

  /** A message that brings nothing but must keep its place in the order of PUBACKs. */
  placeholder(w: Watched, done: () => void): void {
    this.intake().submit({
      lane: w,
      readings: [],
      snapshot: null,
      findings: NO_FINDINGS,
      firstWord: false,
      arrivedAt: this.clock.now(),
      done,
      undo: null,
      taken: false,
    });
  }

  input(w: Watched, input: DetectorInput, now = this.clock.now()): void {
    const before = w.runtime.states;
    const findings = w.runtime.step(input, now);
    if (findings.length > 0 || w.runtime.states !== before) this.submit(w, [], before, findings, false, now, null);
  }

  /** What committed findings mean for the building: its devices' silence, and its power for its devices. */
  onFindings(l: Lane, findings: readonly Finding[]): void {
    for (const f of findings) {
      const w = l.runtime ? this.devices.get(l.runtime.device.id) : undefined;
      if (w && f.event === 'device.offline' && f.kind !== 'update') {
        w.silent = f.kind === 'raise';
        this.assessPower(w.runtime.device.building);
      }
      if (f.event === 'building.power-lost' && f.kind !== 'update') {
        for (const d of this.byBuilding.get(f.subject.id) ?? []) {
          if (d.runtime.hasSpoken) this.input(d, { type: 'building-power', lost: f.kind === 'raise' });
        }
      }
    }
  }

  /** The clock was re-anchored by this much: states in memory move with it and are saved. */
  shift(byMs: number): void {
    this.lastTick += byMs;
    for (const w of this.devices.values()) {
      if (!w.runtime.hasSpoken) continue;
      const before = w.runtime.states;
      w.runtime.shift(byMs);
      this.submit(w, [], before, NO_FINDINGS, false, this.clock.now(), null);
    }
    for (const b of this.buildings.values()) b.state = shiftTimes(b.state, byMs);
  }

  /** Takes back what a refused row did to the rules, if nothing was built on it since. */
  undo(entry: Entry): void {
    const { runtime } = entry.lane;
    if (runtime && entry.undo && runtime.states === entry.undo.after) runtime.states = entry.undo.before;
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
  }

  private watch(device: Device, stored: { version: number; states: StoredStates } | undefined, silent: boolean): void {
    const runtime = new DeviceRuntime(device, detectorsFor(device.kind), stored);
    const watched: Watched = {
      ...lane(runtime.key, device.estate, () => runtime.device),
      runtime,
      duplicates: null,
      lastNumber: undefined,
      mains: null,
      emergencyPower: false,
      silent,
    };
    this.devices.set(device.id, watched);
    if (device.building === null) return;
    const there = this.byBuilding.get(device.building);
    if (there) there.push(watched);
    else this.byBuilding.set(device.building, [watched]);
  }

  private submit(
    w: Watched,
    readings: readonly NumberedReading[],
    before: readonly unknown[],
    findings: readonly Finding[],
    firstWord: boolean,
    arrivedAt: number,
    done: (() => void) | null,
  ): void {
    const { runtime } = w;
    const after = runtime.states;
    const changed = after !== before;
    this.intake().submit({
      lane: w,
      readings,
      findings,
      firstWord,
      arrivedAt,
      done,
      taken: false,
      undo: changed ? { before, after } : null,
      snapshot: changed ? this.snapshot(w, after) : null,
    });
  }

  private snapshot(w: Watched, states: readonly unknown[]): Snapshot {
    const { runtime } = w;
    return {
      subject: runtime.key,
      estate: w.estate,
      version: runtime.version,
      states: () => runtime.stored(states),
      dueAt: Number.isFinite(runtime.nextDue) ? runtime.nextDue : null,
    };
  }

  private noteMains(w: Watched, last: ElevatorValues | undefined): void {
    if (!last) return;
    const mains = last.mainsPower ?? w.mains;
    const emergency = last.mode === undefined ? w.emergencyPower : last.mode === 'emergency-power';
    if (mains === w.mains && emergency === w.emergencyPower) return;
    w.mains = mains;
    w.emergencyPower = emergency;
    this.assessPower(w.runtime.device.building);
  }

  /** What the installer has shown so far; kept aside from the hot path, few devices are in commissioning. */
  private noteSights(w: Watched, readings: readonly Reading[]): void {
    const known = w.sights ?? {};
    let sights: Sights = known;
    for (const r of readings) sights = addSights(w.runtime.device, sights, r.values);
    if (sights === known) return;
    w.sights = sights;
    this.db
      .updateTable('device')
      .set({ seen_states: sql`seen_states || ${JSON.stringify(sights)}::jsonb` })
      .where('id', '=', w.runtime.device.id)
      .execute()
      .catch((e: Error) => {
        w.sights = known;
        this.log.warn(`what was seen of ${w.runtime.device.id} could not be kept: ${e.message}`);
      });
  }

  private assessPower(building: string | null): void {
    const b = building === null ? undefined : this.buildings.get(building);
    if (!b) return;
    const devices = [];
    for (const w of this.byBuilding.get(b.building) ?? []) {
      if (!w.runtime.hasSpoken) continue;
      devices.push({ id: w.runtime.device.id, mains: w.mains, emergencyPower: w.emergencyPower, silent: w.silent });
    }
    const now = this.clock.now();
    const { state, findings } = assessBuildingPower(b.state, { building: b.building, devices }, now);
    if (state === b.state && findings.length === 0) return;
    b.state = state;
    b.version++;
    this.intake().submit({
      lane: b,
      readings: [],
      findings,
      firstWord: false,
      arrivedAt: now,
      done: null,
      taken: false,
      undo: null,
      snapshot: {
        subject: b.key,
        estate: b.estate,
        version: b.version,
        states: () => ({ 'building.power': { v: 1, s: state } }),
        dueAt: null,
      },
    });
  }

  /** A crash between a person's ending and the rules' hearing of it: they are told again (told twice does no harm). */
  private async remindOfEndings(): Promise<void> {
    const since = new Date(this.clock.now() - 10 * 60_000);
    const ended = await this.db
      .selectFrom('alarm')
      .select(['device_id', 'event', 'ended_at'])
      .where('ended_at', '>', since)
      .where('ended_by', 'is not', null)
      .orderBy('ended_at')
      .execute();
    for (const e of ended) {
      const w = e.device_id ? this.devices.get(e.device_id) : undefined;
      if (w && e.ended_at) this.input(w, { type: 'alarm-ended', event: e.event, at: e.ended_at.getTime() });
    }
  }
}

const lane = (key: string, estate: string, device: () => Device | null): Lane => ({
  key,
  estate,
  device,
  runtime: null,
  open: [],
  inFlight: null,
  waiting: null,
});
