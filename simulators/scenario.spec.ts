import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readEstateFile } from '../src/estate/read-estate-file.js';
import { castScenario } from './casting.js';
import { readScenario, type Scenario } from './scenario.js';
import { simulatedDevices, type SimulatedDevice } from './simulated-device.js';

const folder = join(process.cwd(), 'simulators/scenarios');
const files = readdirSync(folder).filter((f) => f.endsWith('.yaml'));

function read(text: string): Scenario {
  const r = readScenario(text);
  if (!r.ok) throw new Error(r.error.join('\n'));
  return r.value;
}

function demoDevices(): SimulatedDevice[] {
  const estate = readEstateFile(readFileSync(join(process.cwd(), 'config/demo-estate.yaml'), 'utf8'));
  if (!estate.ok) throw new Error(JSON.stringify(estate.error));
  return simulatedDevices(estate.value);
}

describe('the scenarios', () => {
  it('are sixteen', () => expect(files).toHaveLength(16));

  it.each(files)('%s is well formed and the demo estate can play it', (file) => {
    const cast = castScenario(read(readFileSync(join(folder, file), 'utf8')), demoDevices());
    expect(cast).toMatchObject({ ok: true });
  });

  it('play the vacant flow in an empty unit, the duress at a door', () => {
    const cast = (file: string): SimulatedDevice[] => {
      const c = castScenario(read(readFileSync(join(folder, file), 'utf8')), demoDevices());
      return c.ok ? [...c.value.values()].flat() : [];
    };
    expect(['vacant', 'undelivered', 'for-sale']).toContain(cast('vacant-flow.yaml')[0]?.occupancy);
    expect(cast('gate-duress.yaml')[0]?.attributes.vehicle ?? false).toBe(false);
    const dark = cast('building-power-lost.yaml');
    expect(new Set(dark.map((d) => d.building)).size).toBe(1);
    expect(dark.length).toBeGreaterThanOrEqual(3);
  });
});

describe('a scenario file', () => {
  const good = 'name: x\nabout: y\nparts: { car: { kind: elevator } }\n';

  it('names each mistake and where it is', () => {
    const bad = readScenario(
      `${good}timeline:\n  - { at: 5, who: cat, do: rescue }\n  - { at: 2, who: car, do: rescue }\n`,
    );
    expect(bad).toEqual({
      ok: false,
      error: ['timeline.0.who: no part is called "cat"', 'timeline.1.at: goes back in time'],
    });
    const unknown = readScenario(`${good}timeline:\n  - { at: 5, who: car, do: fly }\n`);
    expect(unknown.ok ? [] : unknown.error.join()).toContain('timeline.0.directive.do');
    expect(readScenario('name: [').ok).toBe(false);
  });

  it('says which part nobody can play', () => {
    const s = read(`${good.replace('elevator', 'elevator, building: nowhere')}timeline: []\n`);
    const cast = castScenario(s, demoDevices());
    expect(cast.ok ? '' : cast.error.join()).toContain('"car"');
  });
});
