import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { detectorsFor } from '../src/detection/device-detectors.js';
import { DeviceRuntime } from '../src/detection/device-runtime.js';
import type { Device } from '../src/estate/device.js';
import { readEstateFile } from '../src/estate/read-estate-file.js';
import { decodeNative } from '../src/telemetry/decode-native.js';
import { DevicePlay } from './device-play.js';
import type { Directive } from './directive.js';
import { NO_FAULTS } from './faults/fault-settings.js';
import { payloadOf, type TimedReading } from './faults/timed-reading.js';
import { modelForDevice } from './model-for-device.js';
import { openEstateWater } from './pipe-network/estate-water.js';
import type { PipeNetwork } from './pipe-network/pipe-network.js';
import { simulatedDevices, type SimulatedDevice } from './simulated-device.js';
import { TimeScale } from './time-scale.js';

const EIGHT = Date.UTC(2026, 2, 2, 0, 0, 0); // Monday 08:00 in Shanghai

const estate = readEstateFile(readFileSync(join(process.cwd(), 'config/demo-estate.yaml'), 'utf8'));
const devices = estate.ok ? simulatedDevices(estate.value) : [];

let pipes: PipeNetwork | null;
beforeAll(async () => (pipes = await openEstateWater(devices, { seed: 1, traffic: 1, utcOffsetHours: 8 })));
afterAll(() => pipes?.close());

const registered = (d: SimulatedDevice): Device => ({
  ...d,
  no: 1,
  name: { zh: d.id, en: d.id },
  unit: null,
  riser: null,
  floor: null,
  maintenanceUntil: null,
  welfare: false,
  visitUntil: null,
  awayUntil: null,
  timezone: 'Asia/Shanghai',
  overrides: {},
  tokenSha256: null,
  hasSpoken: true,
});

/** Plays a device against the service's own decoder and rules, and returns what they raise. */
function raisedBy(device: SimulatedDevice, minutes: number, told: Record<number, Directive> = {}, seed = 1): string[] {
  const model = modelForDevice(device, { seed, traffic: 1, utcOffsetHours: 8 }, pipes);
  if (!model) throw new Error(`no model for ${device.kind}`);
  const sent: TimedReading[] = [];
  const sink = { send: (r: TimedReading) => void sent.push(r), cut: () => undefined, restore: () => undefined };
  const play = new DevicePlay(device, model, NO_FAULTS, sink, new TimeScale(EIGHT, 1), seed);
  const runtime = new DeviceRuntime(registered(device), detectorsFor(device.kind), undefined);
  const raised: string[] = [];
  const keep = (findings: readonly { kind: string; event: string }[]): void =>
    void raised.push(...findings.filter((f) => f.kind === 'raise').map((f) => f.event));
  for (let s = 0; s <= minutes * 60; s++) {
    const directive = told[s];
    if (directive) play.direct(directive, EIGHT + s * 1000);
    play.tick(EIGHT + s * 1000);
    for (const r of sent.splice(0)) {
      const decoded = decodeNative(device.kind, Buffer.from(payloadOf(r)));
      if (!decoded.ok) throw new Error(`${device.id}: ${decoded.error.detail}`);
      if (runtime.nextDue <= r.dueAt) keep(runtime.step({ type: 'tick' }, r.dueAt));
      const [reading] = decoded.value;
      if (!reading) continue;
      const { values, observedAt } = reading;
      keep(runtime.step({ type: 'reading', values, at: observedAt, observedAt }, r.dueAt));
    }
    if (runtime.nextDue <= EIGHT + s * 1000) keep(runtime.step({ type: 'tick' }, EIGHT + s * 1000));
  }
  return raised;
}

const first = (kind: string, more: (d: SimulatedDevice) => boolean = () => true): SimulatedDevice => {
  const found = devices.find((d) => d.kind === kind && more(d));
  if (!found) throw new Error(`no ${kind}`);
  return found;
};

describe('the demo estate being played', () => {
  it('never raises an alarm by itself, through a morning’s rush', () => {
    const some = devices.filter((d, i) => d.kind !== 'water-meter' || i % 12 === 0);
    const raised = some.flatMap((d) => raisedBy(d, 90).map((event) => `${d.id}: ${event}`));
    expect(some.length).toBeGreaterThan(50);
    expect(raised).toEqual([]);
  });

  it('raises what is staged, and nothing else', () => {
    const lift = first('elevator');
    const trap = { 30: { do: 'trap-between-floors', people: 2 }, 300: { do: 'rescue' } } as const;
    expect(raisedBy(lift, 10, trap)).toEqual(['elevator.entrapment-between-floors']);
    expect(raisedBy(lift, 5, { 30: { do: 'trap-at-level', people: 2 } })).toEqual(['elevator.entrapment-at-level']);
    const press = { 30: { do: 'carry-people', people: 1 }, 42: { do: 'press-alarm-button', forS: 8 } } as const;
    expect(raisedBy(lift, 5, press)).toEqual(['elevator.alarm-button']);
    const door = first('gate', (d) => !d.attributes.vehicle);
    expect(raisedBy(door, 5, { 30: { do: 'duress' } })).toEqual(['gate.duress']);
    expect(raisedBy(door, 5, { 30: { do: 'hold-open' } })).toEqual(['gate.held-open']);
    expect(raisedBy(first('pipe-sensor'), 5, { 30: { do: 'leak', flowLph: 900 } })).toEqual(['pipe.leak']);
    const empty = first('water-meter', (d) => d.occupancy === 'vacant');
    expect(raisedBy(empty, 60, { 30: { do: 'leak', flowLph: 180 } })[0]).toBe('meter.vacant-flow');
  });
});
