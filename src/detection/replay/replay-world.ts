import type { Device, DeviceKind } from '../../estate/device.js';
import type { EventName, Subject } from '../../kernel/events.js';
import type { Reading } from '../../telemetry/reading.js';
import type { Detector, DetectorInput, Finding } from '../detector.js';
import type { GroupDetector, GroupInput } from '../group-detector.js';
import { settleStoredUpload, type DatedFinding } from '../late-evidence.js';
import { AlarmBook, type Swallows } from './alarm-book.js';
import { DueQueue } from './due-queue.js';
import { DevicePlayer, PlacePlayer } from './replay-players.js';
import type { Membership, ReplayedPlace } from './replay-groups.js';
import type { Trace } from './trace.js';

export interface ReplayCast {
  /** In the order of the directory. */
  readonly devices: readonly Device[];
  readonly rulesOf: (kind: DeviceKind) => readonly Detector[];
  readonly groupRules: readonly GroupDetector[];
  readonly placesOf: (device: Device) => readonly Membership[];
  /** Parameters set otherwise, for group rules; a device carries its own. */
  readonly overrides?: Readonly<Record<string, number>>;
  readonly swallows?: Swallows;
  /** Whose rules are overheard. */
  readonly traced?: ReadonlySet<string>;
  readonly trace?: Trace;
}

/** A person ended an alarm at that time: the rules are told, as they were then. */
export interface PersonsEnding {
  readonly at: number;
  readonly event: EventName;
  readonly subject: Subject;
  readonly device: string | null;
}

/** What a building's alarm means for the devices in it. */
const BUILDING_NEWS: Partial<Record<EventName, 'building-power' | 'building-comms'>> = {
  'building.power-lost': 'building-power',
  'building.comms-lost': 'building-comms',
};

/**
 * A world in which only time and readings move: the same rules as the service runs, on a clock that goes as fast as
 * they can be stepped. No I/O, no randomness, no clock of its own: the same log gives the same alarms.
 */
export class ReplayWorld {
  readonly book: AlarmBook;
  readings = 0;
  duplicates = 0;
  /** Model ms of the last thing that happened. */
  private now = -Infinity;
  private readonly devices = new Map<string, DevicePlayer>();
  private readonly places = new Map<string, PlacePlayer>();
  private readonly queue = new DueQueue<DevicePlayer | PlacePlayer>();
  private readonly endings: PersonsEnding[];

  /** @param from alarms before are known, not told, model ms */
  constructor(cast: ReplayCast, from: number, endings: readonly PersonsEnding[] = []) {
    this.book = new AlarmBook(from, cast.swallows);
    this.endings = [...endings].sort((a, b) => a.at - b.at);
    const order = new Map(cast.devices.map((d, i) => [d.id, i]));
    for (const device of cast.devices) {
      const rules = cast.rulesOf(device.kind);
      const overheard = cast.traced?.has(device.id) && cast.trace ? cast.trace.overhear(rules, device) : rules;
      const player = new DevicePlayer(device, overheard);
      this.devices.set(device.id, player);
      for (const m of cast.placesOf(device)) {
        const place = { ...m, estate: device.estate, timezone: device.timezone };
        player.places.push(this.placed(place, cast, order));
      }
    }
  }

  /**
   * One message: readings of one device that came in together, oldest first.
   * @param readings not earlier received than anything before
   */
  message(readings: readonly Reading[]): void {
    const received = readings[0]?.receivedAt;
    const player = received === undefined ? undefined : this.devices.get(readings[0]?.device ?? '');
    if (received === undefined || !player) return;
    this.advance(received);
    const fresh = readings.filter((r) => !player.duplicates.check(r, received));
    this.duplicates += readings.length - fresh.length;
    if (fresh.length === 0) return;
    this.readings += fresh.length;
    if (!player.runtime.hasSpoken) {
      player.runtime.hasSpoken = true;
      for (const g of player.places) g.join(player.device);
    }
    this.tellDevice(player, fresh, received);
    for (const g of player.places) {
      if (!g.runtime.kinds.has(player.device.kind)) continue;
      for (const [i, r] of fresh.entries()) {
        // The newest is what holds now; a rule over many takes what lies before as the past.
        const at = i === fresh.length - 1 ? received : Math.min(r.at, received);
        this.tellGroup(g, { type: 'reading', device: player.device, values: r.values, at });
      }
    }
  }

  /** Lets time pass: what becomes due by then happens, in order, at its own time. */
  advance(to: number): void {
    for (let next = this.endings[0]; next && next.at <= to; next = this.endings[0]) {
      this.endings.shift();
      this.wakeUntil(next.at);
      this.now = Math.max(this.now, next.at);
      this.endedByPerson(next);
    }
    this.wakeUntil(to);
    this.now = Math.max(this.now, to);
  }

  /** The intake was away and is back at this time: silence before it proves nothing. */
  resume(at: number): void {
    this.now = Math.max(this.now, at);
    for (const p of this.devices.values()) if (p.runtime.hasSpoken) this.inputDevice(p, { type: 'resumed' });
    for (const g of this.places.values()) this.tellGroup(g, { type: 'resumed' });
  }

  private wakeUntil(to: number): void {
    for (let sleeper = this.queue.take(to); sleeper; sleeper = this.queue.take(to)) {
      this.now = Math.max(this.now, sleeper.due);
      if (sleeper instanceof DevicePlayer) this.inputDevice(sleeper, { type: 'tick' });
      else this.tellGroup(sleeper, { type: 'tick' });
    }
  }

  /** As the service does: the newest of a stored upload is what holds now, older ones happened at their own times. */
  private tellDevice(player: DevicePlayer, readings: readonly Reading[], received: number): void {
    const found: DatedFinding[] = [];
    for (const [i, r] of readings.entries()) {
      const at = i === readings.length - 1 ? received : player.order.placeOf(r.at, received);
      const input = { type: 'reading', values: r.values, at, observedAt: r.observedAt } as const;
      const findings = readings.length === 1 ? player.live(input, r.seq, at) : player.stored(input, at);
      for (const finding of findings) found.push({ finding, at });
    }
    this.queue.note(player);
    if (found.length === 0) return;
    const findings = readings.length === 1 ? found.map((f) => f.finding) : settleStoredUpload(found, received).kept;
    this.onDeviceFindings(player, findings);
  }

  private inputDevice(player: DevicePlayer, input: DetectorInput): void {
    const findings = player.step(input, this.now);
    this.queue.note(player);
    if (findings.length > 0) this.onDeviceFindings(player, findings);
  }

  private tellGroup(g: PlacePlayer, input: GroupInput): void {
    const findings = g.tell(input, this.now);
    this.queue.note(g);
    for (const f of findings) {
      this.book.note(f, this.now, null);
      const news = f.kind === 'update' ? undefined : BUILDING_NEWS[f.event];
      if (!news) continue;
      for (const p of this.devices.values()) {
        if (p.device.building !== f.subject.id || !p.runtime.hasSpoken) continue;
        this.inputDevice(p, { type: news, lost: f.kind === 'raise' });
      }
    }
  }

  private onDeviceFindings(player: DevicePlayer, findings: readonly Finding[]): void {
    const { device } = player;
    for (const f of findings) this.book.note(f, this.now, device);
    for (const f of findings) {
      if (f.kind === 'update') continue;
      for (const g of player.places) {
        if (f.event === 'device.offline') this.tellGroup(g, { type: 'silence', device, silent: f.kind === 'raise' });
        this.tellGroup(g, { type: 'finding', device, event: f.event, kind: f.kind });
      }
    }
  }

  private endedByPerson({ event, subject, device, at }: PersonsEnding): void {
    this.book.end(subject, event, at);
    const player = device === null ? undefined : this.devices.get(device);
    if (player) this.inputDevice(player, { type: 'alarm-ended', event, at });
    const place = this.places.get(`${subject.type}:${subject.id}`);
    if (place?.runtime.mayRaise(event)) this.tellGroup(place, { type: 'alarm-ended', event, at });
  }

  private placed(place: ReplayedPlace, cast: ReplayCast, order: ReadonlyMap<string, number>): PlacePlayer {
    const key = `${place.scope}:${place.id}`;
    const known = this.places.get(key);
    if (known) return known;
    const rules = cast.groupRules.filter((r) => r.scope === place.scope);
    const made = new PlacePlayer(rules, place, order, cast.overrides ?? {});
    this.places.set(key, made);
    return made;
  }
}
