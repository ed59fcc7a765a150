import { describe, expect, it } from '@jest/globals';
import { readEstateFile } from '../src/estate/read-estate-file.js';
import { detectorsFor } from '../src/detection/device-detectors.js';
import { DeviceRuntime } from '../src/detection/device-runtime.js';
import { policyFor } from '../src/paging/policy.js';
import { EMPTY_ROSTER } from '../src/estate/roster-plan.js';
import { onDuty } from '../src/paging/roster.js';
import { decodeNative } from '../src/telemetry/decode-native.js';
import { backgroundValues, READING_BYTES, readingPayload } from './background-reading.js';
import { benchEstate } from './bench-estate.js';

const estate = benchEstate({ background: 400, duressGates: 30, trapLifts: 5 });
const read = readEstateFile(estate.yaml);
const WHERE = { estate: 'bench', zones: ['bn-zone'], at: Date.UTC(2026, 5, 1), timezone: 'Asia/Shanghai' };

describe('the estate of the bench', () => {
  it('is a good estate file', () => expect(read.ok ? [] : read.error).toEqual([]));

  it('has every device of the load, live and with a token of its own', () => {
    const known = new Map((read.ok ? read.value.devices : []).map((d) => [d.id, d]));
    const all = [...estate.background, ...estate.duressGates, ...estate.trapLifts];
    expect(all).toHaveLength(435);
    expect(all.filter((d) => known.get(d.id)?.life !== 'live' || known.get(d.id)?.kind !== d.kind)).toEqual([]);
    expect(new Set(all.map((d) => estate.tokens[d.id])).size).toBe(435);
    expect(new Set(estate.background.map((d) => d.kind)).size).toBe(4);
  });
});

describe('a duress code in the estate of the bench', () => {
  it('rings four phones at once: the butler’s, those of two guards and the control room’s', () => {
    const roster = read.ok ? read.value.roster : [];
    const policy = policyFor('gate.duress', 'P1');
    const first = policy.slots.flatMap((s) => (s.opensAfterS === 0 ? (s.levels[0]?.targets ?? []) : []));
    const rung = first.flatMap((t) =>
      t.kind === 'on-duty'
        ? onDuty({ ...EMPTY_ROSTER, lines: roster.map((e) => ({ ...e, estate: 'bench' })) }, { ...t, ...WHERE })
        : [],
    );
    expect(rung.map((p) => p.person).sort()).toEqual([...estate.firstPaged].sort());
    expect(estate.firstPaged).toHaveLength(4);
    expect(estate.firstPaged[0]).toBe(estate.logins[0]?.username);
  });
});

describe('the background load', () => {
  it.each([4000, 1000, 200, 100])('raises nothing when each device sends every %d ms', (everyMs) => {
    const devices = read.ok ? read.value.devices : [];
    const raised: string[] = [];
    for (const kind of ['elevator', 'water-meter', 'pipe-sensor', 'gate'] as const) {
      const file = devices.find((d) => d.kind === kind && d.id.startsWith('bn-'));
      if (!file) throw new Error(`no ${kind}`);
      const device = {
        ...file,
        no: 1,
        estate: 'bench',
        maintenanceUntil: null,
        occupancy: kind === 'water-meter' ? ('occupied' as const) : null,
        welfare: false,
        visitUntil: null,
        awayUntil: null,
        timezone: 'Asia/Shanghai',
        overrides: {},
        tokenSha256: null,
        hasSpoken: true,
      };
      for (let number = 0; number < 16; number++) {
        const runtime = new DeviceRuntime(device, detectorsFor(kind), undefined);
        const begin = Date.UTC(2026, 5, 1);
        for (let n = 0; n * everyMs < 400_000; n++) {
          const at = begin + n * everyMs;
          if (runtime.nextDue <= at) raised.push(...runtime.step({ type: 'tick' }, at).map((f) => f.event));
          const values = backgroundValues(kind, number, n, at);
          const findings = runtime.step({ type: 'reading', values, at, observedAt: at }, at);
          raised.push(...findings.filter((f) => f.kind === 'raise').map((f) => f.event));
        }
      }
    }
    expect(raised).toEqual([]);
  });

  it('is made of readings that the service accepts, of the size that is reported', () => {
    for (const [i, device] of estate.background.entries()) {
      const now = Date.now();
      const payload = readingPayload(backgroundValues(device.kind, i, i, now), i, now);
      expect(payload.length).toBeGreaterThanOrEqual(READING_BYTES);
      expect(payload.length).toBeLessThan(READING_BYTES + 60);
      expect(decodeNative(device.kind, Buffer.from(payload))).toMatchObject({ ok: true });
    }
  });
});
