import { playedSensors } from './network-sensors.js';
import { burstDetector } from '../../src/detection/pipe/burst.detector.js';
import { riserBalance } from '../../src/detection/riser/riser-balance.js';
import type { Detector } from '../../src/detection/detector.js';
import type { Group } from '../../src/detection/group-detector.js';
import type { EventName } from '../../src/kernel/events.js';
import { type NetworkSeries } from '../datasets/network-series.js';
import { DevicePlay, GroupPlay, type Found } from './play.js';

/** One alarm of a network from its raise to its end; null = open at the end of the play. */
export interface NetworkAlarm {
  readonly subject: string;
  readonly event: EventName;
  readonly at: number;
  until: number | null;
  readonly reason: string;
  /** When the rule told that more has begun to run on top of it. */
  readonly further: number[];
}

interface Player {
  readonly found: Found[];
  end(event: EventName, at: number): unknown;
  seen: number;
}

/**
 * Plays a network through the rules that the service runs: `pipe.burst` on each pressure sensor, `riser.balance` on the
 * estate and on each of its areas. Series are played one after the other (a year that teaches, then a window).
 * @param operatorDays so many days after a raise a person ends the alarm with a new baseline ("known leak"), as a
 *   control room does with a leak that waits for its repair; null = never
 */
export function playNetwork(list: readonly NetworkSeries[], operatorDays: number | null): NetworkAlarm[] {
  const alarms: NetworkAlarm[] = [];
  const open = new Map<string, NetworkAlarm>();
  const [first] = list;
  if (!first) return alarms;
  const sensors = playedSensors(list);
  const devices = new Map(
    sensors.flatMap((s) =>
      s.channel === 'pressureMpa'
        ? [[s.device.id, Object.assign(new DevicePlay(s.device, [burstDetector as Detector]), { seen: 0 })] as const]
        : [],
    ),
  );
  const flows = sensors.filter((s) => s.channel !== 'pressureMpa');
  const group = (scope: 'estate' | 'building', id: string): Group => ({
    ...{ scope, id, estate: first.name, timezone: first.timezone, overrides: {} },
    members: flows.map((s) => s.device).filter((d) => scope === 'estate' || d.building === id),
  });
  const areas = [...new Set(flows.flatMap((s) => s.device.building ?? []))];
  const groups = [group('estate', first.name), ...areas.map((a) => group('building', a))].map((g) =>
    Object.assign(new GroupPlay(riserBalance(g.scope), g), { seen: 0, ids: new Set(g.members.map((d) => d.id)) }),
  );
  const hear = (player: Player): void => {
    for (; player.seen < player.found.length; player.seen++) {
      const { at, finding } = player.found[player.seen]!;
      const key = `${finding.event} ${finding.subject.type} ${finding.subject.id}`;
      const known = open.get(key);
      if (finding.kind === 'raise' && !known) {
        const { event, reason } = finding;
        const alarm = { subject: key, event, at, until: null, reason, further: [] };
        alarms.push(alarm);
        open.set(key, alarm);
      } else if (finding.kind === 'update' && known && finding.evidence['further'] !== undefined) {
        known.further.push(at);
      } else if (finding.kind === 'clear' && known) {
        known.until = at;
        open.delete(key);
      }
    }
  };
  const players: Player[] = [...devices.values(), ...groups];
  const endOld = (now: number): void => {
    if (operatorDays === null) return;
    for (const [key, alarm] of open)
      if (now - alarm.at >= operatorDays * 86_400_000) {
        alarm.until = now;
        open.delete(key);
        for (const p of players) if (p.found.some((f) => keyOf(f) === key)) p.end(alarm.event, now);
      }
  };
  for (const series of list) {
    const told = sensors.map((s) => series.sensors.find((x) => x.id === s.device.id)?.values);
    series.at.forEach((at, i) => {
      endOld(at);
      sensors.forEach(({ device, channel }, k) => {
        const value = told[k]?.[i];
        if (value === undefined || Number.isNaN(value)) return;
        const values = { [channel]: value };
        const own = devices.get(device.id);
        if (own) {
          own.reading(values, at);
          if (own.found.length > own.seen) hear(own);
        } else
          for (const g of groups)
            if (g.ids.has(device.id)) {
              g.reading(device, values, at);
              if (g.found.length > g.seen) hear(g);
            }
      });
    });
  }
  return alarms;
}

const keyOf = ({ finding: { event, subject } }: Found): string => `${event} ${subject.type} ${subject.id}`;

/** Raises of one network within this time of an edge's first are one edge: many sensors see one burst. */
export const ONE_EDGE_MS = 6 * 3_600_000;

/**
 * Rising edges of the whole network: an alarm that is raised, and an open one that says that more has begun to run on
 * top of it (`update` with `further`). What stays as it is has no further edge.
 */
export function networkEdges(alarms: readonly NetworkAlarm[]): number[] {
  const edges: number[] = [];
  for (const at of alarms.flatMap((a) => [a.at, ...a.further]).sort((a, b) => a - b))
    if (at - (edges.at(-1) ?? -Infinity) > ONE_EDGE_MS) edges.push(at);
  return edges;
}
