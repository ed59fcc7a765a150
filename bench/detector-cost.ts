import type { Device, DeviceKind } from '../src/estate/device.js';
import { detectorsFor } from '../src/detection/device-detectors.js';
import { DeviceRuntime } from '../src/detection/device-runtime.js';
import type { DetectorInput } from '../src/detection/detector.js';
import { backgroundValues } from './background-reading.js';

const KINDS: readonly DeviceKind[] = ['elevator', 'water-meter', 'pipe-sensor', 'gate'];
const READINGS = 100_000;
const DEVICES = 500;

function device(kind: DeviceKind, n: number): Device {
  return {
    id: `cost-${n}`,
    no: n,
    estate: 'bench',
    kind,
    name: { zh: 'x', en: 'x' },
    building: 'b',
    unit: null,
    riser: null,
    floor: 1,
    attributes: { expectedIntervalS: 10, capabilities: [], q3M3h: 2.5, registerStepM3: 0.001, terminalFloors: [1, 18] },
    life: 'live',
    maintenanceUntil: null,
    occupancy: kind === 'water-meter' ? 'vacant' : null,
    welfare: false,
    visitUntil: null,
    awayUntil: null,
    timezone: 'Asia/Shanghai',
    overrides: {},
    tokenSha256: null,
    hasSpoken: true,
  };
}

/** Microseconds that one reading spends in all the rules of its kind, the better of two passes after a warm-up. */
export function detectorCostUs(): Record<string, number> {
  const costs: Record<string, number> = {};
  for (const kind of KINDS) {
    const passes = [0, 1, 2].map(() => onePass(kind));
    costs[kind] = Math.round(Math.min(...passes.slice(1)) * 1000) / 1000;
  }
  return costs;
}

function onePass(kind: DeviceKind): number {
  const rules = detectorsFor(kind);
  const runtimes = Array.from({ length: DEVICES }, (_, n) => new DeviceRuntime(device(kind, n), rules, undefined));
  const begin = Date.UTC(2026, 5, 1);
  const inputs = Array.from({ length: READINGS }, (_, i): DetectorInput => {
    const at = begin + Math.floor(i / DEVICES) * 10_000;
    const values = backgroundValues(kind, i % DEVICES, Math.floor(i / DEVICES), at);
    return { type: 'reading', values, at, observedAt: at };
  });
  const started = performance.now();
  for (const [i, input] of inputs.entries()) {
    if (input.type === 'reading') runtimes[i % DEVICES]?.step(input, input.at);
  }
  return ((performance.now() - started) * 1000) / READINGS;
}
