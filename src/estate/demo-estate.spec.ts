import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { onDuty } from '../paging/roster.js';
import { EMPTY_ROSTER } from './roster-plan.js';
import type { Role } from '../gateway/views.js';
import { isEmptyUnit } from './device.js';
import { readEstateFile } from './read-estate-file.js';

const read = readEstateFile(readFileSync('config/demo-estate.yaml', 'utf8'));
const file = read.ok ? read.value : undefined;
const of = (kind: string) => file?.devices.filter((d) => d.kind === kind) ?? [];

describe('the demo estate', () => {
  it('has no mistake', () => {
    expect(read.ok ? [] : read.error).toEqual([]);
  });

  it('is as large as told: 6 buildings, 12 lifts, 240 units with meters, 12 risers, 4 barriers, 8 doors, 12 staff', () => {
    expect(file?.buildings).toHaveLength(6);
    expect(file?.units).toHaveLength(240);
    expect(file?.risers).toHaveLength(12);
    expect(file?.staff).toHaveLength(12);
    const meters = of('water-meter').map((d) => d.unit);
    expect(new Set(meters).size).toBe(240);
    expect([of('elevator'), of('pipe-sensor')].map((d) => d.length)).toEqual([12, 12]);
    expect(of('gate').filter((d) => d.attributes.vehicle)).toHaveLength(4);
    expect(of('gate').filter((d) => d.attributes.egressMonitored)).toHaveLength(8);
    expect(file?.devices.every((d) => d.life === 'live')).toBe(true);
  });

  it('has a pump and a smoke detector, kinds that need no code', () => {
    const rules = of('generic').flatMap((d) => (d.attributes.rules ?? []).map((r) => `${d.id} ${r.event}`));
    expect(rules).toEqual([
      'jy-pump-house generic.pump-fault',
      'jy-pump-house generic.pump-overcurrent',
      'jy-pump-house generic.pump-outlet-low',
      'jy-5-smoke-1 smoke.alarm',
    ]);
  });

  it('has about an eighth of its units empty, each with somebody to call and a way to the key', () => {
    const empty = file?.units.filter((u) => isEmptyUnit(u.occupancy)) ?? [];
    expect(empty).toHaveLength(29);
    expect(empty.filter((u) => !u.owner || !u.keyCustody || !u.review)).toEqual([]);
  });

  it('has the spares that a visitor plays, the meter in an empty unit', () => {
    const ids = [
      'jy-5-lift-e',
      'jy-5-lift-w',
      'jy-6-lift-e',
      'jy-5-302-meter',
      'jy-5-riser-2',
      'jy-door-5-main',
      'jy-gate-s-out',
    ];
    expect(ids.filter((id) => !file?.devices.some((d) => d.id === id))).toEqual([]);
    expect(file?.units.find((u) => u.id === 'jy-5-302')?.occupancy).toBe('vacant');
  });

  it('has somebody on duty in every role at every hour of the week, for each zone', () => {
    const wanted: [Role, 'primary' | 'backup'][] = [
      ['control-room', 'primary'],
      ['butler', 'primary'],
      ['butler', 'backup'],
      ['security', 'primary'],
      ['engineer', 'primary'],
      ['supervisor', 'primary'],
      ['project-manager', 'primary'],
      ['contractor', 'primary'],
      ['contractor', 'backup'],
    ];
    const gaps: string[] = [];
    for (let hour = 0; hour < 7 * 24; hour++)
      for (const zone of file?.zones ?? [])
        for (const [role, duty] of wanted) {
          const at = Date.UTC(2026, 0, 5, hour, 30);
          const q = { estate: 'jinyue', zones: [zone.id], role, duty, at, timezone: 'Asia/Shanghai' };
          const found = onDuty({ ...EMPTY_ROSTER, lines: file?.roster ?? [] }, q);
          if (found.length !== 1) gaps.push(`${zone.id} ${role} ${duty} hour ${hour}: ${found.length}`);
        }
    expect(gaps).toEqual([]);
  });

  it('sends Wang Qiang first and Li Na second to buildings 4 to 6', () => {
    const zone = file?.zones.find((z) => z.buildings.includes('jy-5'));
    expect(zone?.buildings).toEqual(['jy-4', 'jy-5', 'jy-6']);
    const q = { estate: 'jinyue', zones: [zone?.id ?? ''], role: 'butler' as const, duty: 'any' as const };
    const found = onDuty(
      { ...EMPTY_ROSTER, lines: file?.roster ?? [] },
      { ...q, at: Date.UTC(2026, 0, 5), timezone: 'Asia/Shanghai' },
    );
    expect(found.map((d) => d.person)).toEqual(['wang.qiang', 'li.na']);
  });
});
