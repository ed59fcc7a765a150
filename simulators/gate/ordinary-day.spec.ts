import { describe, expect, it } from '@jest/globals';
import { detectorsFor } from '../../src/detection/device-detectors.js';
import { DeviceRuntime } from '../../src/detection/device-runtime.js';
import type { DetectorInput } from '../../src/detection/detector.js';
import { fakeDevice } from '../../src/detection/device/fake-engine.js';
import { Random } from '../random.js';
import { GateModel } from './gate-model.js';

const MIDNIGHT = Date.UTC(2026, 0, 4, 16, 0, 0); // in Shanghai
const HOURS = 24;

/** Every rule of a gate over a day of ordinary traffic, as the service steps them. */
function found(vehicle: boolean, seed: number): string[] {
  const random = new Random(seed);
  const model = new GateModel({ vehicle, passagesPerHour: 60, reportEveryMs: 30_000, utcOffsetHours: 8 });
  const { messages } = model.step(model.start(MIDNIGHT, random), MIDNIGHT + HOURS * 3_600_000, random);
  const attributes = { expectedIntervalS: 30, capabilities: [], vehicle, egressMonitored: !vehicle };
  const runtime = new DeviceRuntime(
    fakeDevice('gate', { attributes, hasSpoken: true }),
    detectorsFor('gate'),
    undefined,
  );
  const told: string[] = [];
  const step = (input: DetectorInput, at: number): void => {
    for (const f of runtime.step(input, at)) told.push(`${f.kind} ${f.event}`);
  };
  for (const { at, values } of messages) {
    while (runtime.nextDue < at) step({ type: 'tick' }, runtime.nextDue);
    step({ type: 'reading', values, at, observedAt: at }, at);
  }
  return told;
}

describe('a day of ordinary traffic, rush hours included', () => {
  it.each([1, 2, 3])('raises nothing at a barrier or a door (seed %i)', (seed) => {
    expect(found(true, seed)).toEqual([]);
    expect(found(false, seed)).toEqual([]);
  });
});
