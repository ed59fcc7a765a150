import { setImmediate } from 'node:timers/promises';
import { swallowers } from '../../alarms/correlation.js';
import { eventDefinition } from '../../kernel/events.js';
import type { Swallows } from '../../detection/replay/alarm-book.js';
import type { Device } from '../../estate/device.js';
import type { EstateDirectory } from '../../estate/estate-directory.js';
import { membershipsOf } from '../../detection/replay/replay-groups.js';
import { compareAlarms, type RaisedAlarm } from '../../detection/replay/compare.js';
import { detectorsFor } from '../../detection/device-detectors.js';
import { GROUP_DETECTORS } from '../../detection/group-detectors.js';
import { countEvents, type ReplayResult } from '../../detection/replay/replay-result.js';
import { ReplayWorld, type PersonsEnding } from '../../detection/replay/replay-world.js';
import { Trace } from '../../detection/replay/trace.js';
import { messagesOf, type ReadingLog } from './reading-log.js';

export interface ReplaySpan {
  /** Rules are stepped from here on, so that they know the place when it counts, ms since the epoch. */
  readonly warmUpFrom: number;
  /** Alarms are told in [from, to). */
  readonly from: number;
  readonly to: number;
}

export interface ReplayTask {
  readonly directory: EstateDirectory;
  readonly devices: readonly Device[];
  /** The whole estate is played: rules over buildings, risers and the estate can judge. */
  readonly wholeEstate: boolean;
  readonly span: ReplaySpan;
  readonly overrides: Readonly<Record<string, number>>;
  readonly log: ReadingLog;
  /** What was raised then; null = nobody knows. */
  readonly was: readonly RaisedAlarm[] | null;
  readonly endings: readonly PersonsEnding[];
  /** Overhear the rules of these devices. */
  readonly explain?: readonly string[];
  /** Told now and then. */
  readonly onProgress?: (progress: { readings: number; share: number }) => void;
  /** Gives way to others; by default only to what waits in this process. */
  readonly pause?: () => Promise<unknown>;
  readonly signal?: AbortSignal;
}

/** Messages between two looks at whether somebody else has something to do. */
const MESSAGES_AT_A_TIME = 500;

/** Plays a log through the rules. @throws the signal's reason when it is cancelled */
export async function runReplay(task: ReplayTask): Promise<ReplayResult> {
  const { span, directory, overrides } = task;
  const set = Object.keys(overrides).length > 0;
  const devices = set
    ? task.devices.map((d): Device => ({ ...d, overrides: { ...d.overrides, ...overrides } }))
    : task.devices;
  const traced = new Set(task.explain ?? []);
  const trace = traced.size > 0 ? new Trace(span.from, span.to) : undefined;
  const world = new ReplayWorld(
    {
      devices,
      rulesOf: detectorsFor,
      groupRules: task.wholeEstate ? GROUP_DETECTORS : [],
      placesOf: (d) => (task.wholeEstate ? membershipsOf(d, (u) => directory.unit(u)?.waterRiser ?? null) : []),
      overrides,
      swallows,
      ...(trace ? { trace, traced } : {}),
    },
    span.from,
    task.endings,
  );
  const whole = Math.max(1, span.to - span.warmUpFrom);
  let messages = 0;
  for await (const piece of task.log.pieces()) {
    for (const message of messagesOf(piece)) {
      if ((message[0]?.receivedAt ?? Infinity) >= span.to) continue;
      world.message(message);
      if (++messages % MESSAGES_AT_A_TIME > 0) continue;
      task.signal?.throwIfAborted();
      task.onProgress?.({
        readings: world.readings,
        share: Math.min(1, ((message[0]?.receivedAt ?? 0) - span.warmUpFrom) / whole),
      });
      await (task.pause ?? setImmediate)();
    }
    task.signal?.throwIfAborted();
  }
  // Up to the end and not beyond it: what would become due at the very end belongs to the time after.
  world.advance(span.to - 1);
  const would = world.book.inWindow();
  const comparison = task.was ? compareAlarms(would, task.was) : null;
  return {
    ...span,
    devices: devices.length,
    readings: world.readings,
    duplicates: world.duplicates,
    overrides,
    would,
    was: task.was,
    comparison,
    counts: countEvents(would, task.was, comparison),
    notes: [...task.log.notes(), ...notesOn(task)],
    trace: trace ? { lines: trace.lines, standing: trace.standing() } : null,
  };
}

/** As the service does it: what a building's alarm explains is no alarm of its own. */
const swallows: Swallows = (finding, building, isOpen) => {
  if (building === null) return null;
  const priority = finding.priority ?? eventDefinition(finding.event).priority;
  return swallowers(finding.event, priority).find((e) => isOpen({ type: 'building', id: building }, e)) ?? null;
};

function notesOn(task: ReplayTask): string[] {
  const notes: string[] = [];
  const unborn = task.devices.filter((d) => d.life !== 'live');
  if (unborn.length > 0) {
    const told = unborn.slice(0, 10).map((d) => `${d.id} (${d.life})`);
    const more = unborn.length > told.length ? ` and ${unborn.length - told.length} more` : '';
    notes.push(`not live in today's register, would page nobody: ${told.join(', ')}${more}`);
  }
  if (!task.wholeEstate) notes.push('single devices are played: rules over a building, a riser or the estate are off');
  notes.push('occupancy, thresholds and places are those of today unless told otherwise');
  return notes;
}
