import type { Device, DeviceAttributes } from '../../src/estate/device.js';
import type { DetectorInput, Finding } from '../../src/detection/detector.js';
import type { Group, GroupInput, GroupScope } from '../../src/detection/group-detector.js';
import { groupDetectorsFor, GROUP_SCOPES } from '../../src/detection/group-detectors.js';
import { GroupRuntime } from '../../src/detection/group-runtime.js';
import type { StoredStates } from '../../src/detection/device-runtime.js';
import type { EventName } from '../../src/kernel/events.js';
import { missingBetween, type LastNumber } from '../../src/telemetry/sequence-gap.js';
import type { ValuesByKind } from '../../src/telemetry/reading.js';
import type { DeviceKind } from '../../src/estate/device.js';
import { RuledDevice, TICK_MS } from '../labelled/ruled-device.js';
import type { CaseDevice, Moment, Play } from './case.js';

/** What was found, seconds after the beginning. */
export interface Told {
  readonly t: number;
  readonly finding: Finding;
}

export interface PlaySettings {
  readonly restartAtS?: number;
  /** A person ends this event's alarm. */
  readonly end?: { readonly event: EventName; readonly atS: number };
}

const SHANGHAI_MS = 8 * 3_600_000;
const DEFAULT_FROM = '2026-01-05T10:00';

/** Plays a case through the real rules of its devices and of the building, riser and estate around them. */
export function playCase(play: Play, settings: PlaySettings = {}): readonly Told[] {
  return new Stage(play).run(settings);
}

class Stage {
  private readonly begin: number;
  private readonly told: Told[] = [];
  private readonly devices = new Map<string, RuledDevice>();
  private readonly numbers = new Map<string, LastNumber>();
  private groups: GroupRuntime[] = [];
  /** Those that have spoken; another list only when something of them has changed, as rules remember what they made of it. */
  private members: readonly Device[] = [];
  private now: number;

  constructor(private readonly play: Play) {
    this.begin = Date.parse(`${play.from ?? DEFAULT_FROM}:00Z`) - SHANGHAI_MS;
    this.now = this.begin;
    for (const d of play.devices) {
      this.devices.set(d.id, new RuledDevice(deviceOf(d), (finding, at) => this.found(d.id, finding, at)));
    }
    this.groups = GROUP_SCOPES.map((scope) => this.group(scope, undefined));
  }

  run({ restartAtS, end }: PlaySettings): readonly Told[] {
    const things: { readonly t: number; readonly order: number; readonly run: () => void }[] = this.play.moments.map(
      (m) => ({
        t: m.t,
        order: 0,
        run: () => this.happens(m),
      }),
    );
    if (end) things.push({ t: end.atS, order: 1, run: () => this.endAlarm(end.event) });
    if (restartAtS !== undefined) things.push({ t: restartAtS, order: 2, run: () => this.restart() });
    things.sort((a, b) => a.t - b.t || a.order - b.order);
    for (const { t, run } of things) {
      this.advance(this.begin + Math.round(t * 1000));
      run();
    }
    const last = things.at(-1)?.t ?? 0;
    this.advance(this.begin + Math.max(this.play.untilS ?? last + 120, last) * 1000);
    return this.told;
  }

  /** Time passes; whoever is due first is woken first. */
  private advance(until: number): void {
    for (let guard = 0; guard < 1_000_000; guard++) {
      let first: RuledDevice | GroupRuntime | null = null;
      let due = Infinity;
      for (const d of this.devices.values()) if (d.dueAt < due) [first, due] = [d, d.dueAt];
      for (const g of this.groups) {
        const at = Math.ceil(Math.max(g.nextDue, g.graceUntil) / TICK_MS) * TICK_MS;
        if (at < due) [first, due] = [g, at];
      }
      if (first === null || due > until) break;
      this.now = Math.max(this.now, due);
      if (first instanceof RuledDevice) first.input({ type: 'tick' }, this.now);
      else this.tellGroup(first, { type: 'tick' });
    }
    this.now = until;
  }

  private happens(m: Moment): void {
    const d = this.devices.get(m.device);
    if (!d) throw new Error(`${this.play.about}: no device ${m.device}`);
    if ('become' in m) {
      d.become(m.become, this.now);
      return this.gather();
    }
    // Inputs of rules still to come are data here; the rules refuse what they do not know by doing nothing.
    if ('input' in m) return d.input(m.input as unknown as DetectorInput, this.now);
    const observedAt = this.now + (m.clockOffS ?? 0) * 1000;
    if (m.seq !== undefined) {
      const next = { seq: m.seq, observedAt };
      const missing = missingBetween(this.numbers.get(m.device), next);
      this.numbers.set(m.device, next);
      if (missing > 0) d.input({ type: 'gap', missing } as unknown as DetectorInput, this.now);
    }
    const values = m.values as ValuesByKind[DeviceKind];
    const firstWord = !d.hasSpoken;
    d.deliver([{ observedAt, values, ...(m.seq === undefined ? {} : { seq: m.seq }) }], this.now);
    if (firstWord) this.gather();
    for (const g of this.groups)
      if (g.kinds.has(d.device.kind)) this.tellGroup(g, { type: 'reading', device: d.device, values, at: this.now });
  }

  private gather(): void {
    this.members = [...this.devices.values()].filter((d) => d.hasSpoken).map((d) => d.device);
  }

  private found(device: string, finding: Finding, at: number): void {
    this.told.push({ t: (at - this.begin) / 1000, finding });
    const d = this.devices.get(device)?.device;
    if (!d || finding.kind === 'update') return;
    const { event, kind } = finding;
    for (const g of this.groups) {
      if (event === 'device.offline') this.tellGroup(g, { type: 'silence', device: d, silent: kind === 'raise' });
      this.tellGroup(g, { type: 'finding', device: d, event, kind });
    }
  }

  private tellGroup(g: GroupRuntime, input: GroupInput): void {
    for (const finding of g.tell(input, this.now)) {
      this.told.push({ t: (this.now - this.begin) / 1000, finding });
      if (finding.kind === 'update') continue;
      const lost = finding.kind === 'raise';
      const news = { 'building.power-lost': 'building-power', 'building.comms-lost': 'building-comms' }[
        finding.event as string
      ];
      if (news === undefined) continue;
      for (const d of this.devices.values()) d.input({ type: news, lost } as unknown as DetectorInput, this.now);
    }
  }

  private endAlarm(event: EventName): void {
    for (const d of this.devices.values()) d.input({ type: 'alarm-ended', event, at: this.now }, this.now);
    for (const g of this.groups) this.tellGroup(g, { type: 'alarm-ended', event, at: this.now });
  }

  private restart(): void {
    for (const d of this.devices.values()) d.restart(this.now);
    this.groups = this.groups.map((g) => {
      const states = JSON.parse(JSON.stringify(g.stored(g.states))) as StoredStates;
      return this.group(g.group.scope, states);
    });
    for (const g of this.groups) this.tellGroup(g, { type: 'resumed' });
  }

  private group(scope: GroupScope, states: StoredStates | undefined): GroupRuntime {
    const members = (): readonly Device[] => this.members;
    const group: Group = {
      scope,
      id: { building: 'b1', riser: 'r1', estate: 'e1' }[scope],
      estate: 'e1',
      timezone: 'Asia/Shanghai',
      overrides: {},
      get members() {
        return members();
      },
    };
    return new GroupRuntime(group, groupDetectorsFor(scope), states === undefined ? undefined : { version: 1, states });
  }
}

function deviceOf({ id, kind, everyS, caps, attributes, ...over }: CaseDevice): Device {
  const all = { expectedIntervalS: everyS ?? 10, capabilities: caps ?? [], ...attributes };
  return {
    id,
    no: 1,
    estate: 'e1',
    kind,
    name: { zh: '设备', en: 'Device' },
    building: 'b1',
    unit: null,
    riser: 'r1',
    floor: null,
    // Attributes of a case are data; what a rule does not know it does not read.
    attributes: all as unknown as DeviceAttributes,
    life: 'live',
    maintenanceUntil: null,
    occupancy: null,
    welfare: false,
    visitUntil: null,
    awayUntil: null,
    timezone: 'Asia/Shanghai',
    overrides: {},
    tokenSha256: null,
    hasSpoken: false,
    ...over,
  };
}
