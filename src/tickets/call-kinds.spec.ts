import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directoryFromFile } from '../estate/directory-from-file.js';
import type { EstateDirectory } from '../estate/estate-directory.js';
import { readEstateFile } from '../estate/read-estate-file.js';
import { EVENTS, type CatalogueEvent, type EventName, type SubjectType } from '../kernel/events.js';
import { CALL_KINDS, priorityRange, whereabouts } from './call-kinds.js';
import { callSubject } from './call-subject.js';

let directory: EstateDirectory;
beforeAll(async () => {
  const read = readEstateFile(await readFile(join(process.cwd(), 'config/demo-estate.yaml'), 'utf8'));
  if (!read.ok) throw new Error('the demo estate has mistakes');
  directory = directoryFromFile(read.value);
});

describe('what callers say', () => {
  it('has words of its own in both languages, an event, places and a priority', () => {
    expect(new Set(CALL_KINDS.flatMap((k) => [k.id, k.words.zh, k.words.en])).size).toBe(3 * CALL_KINDS.length);
    for (const k of CALL_KINDS)
      for (const event of k.events) {
        expect(priorityRange(event)).not.toEqual([]);
        expect([...whereabouts(event).kinds, ...whereabouts(event).places]).not.toEqual([]);
      }
  });

  it('never makes less of an event than P3, nor a P1 of one that the catalogue has only lower', () => {
    for (const event of Object.keys(EVENTS) as CatalogueEvent[]) {
      const range: string[] = priorityRange(event);
      expect(range).not.toContain('P4');
      if (EVENTS[event].priority === 'P1') expect(range).toContain('P1');
    }
    expect(priorityRange('pipe.leak')).toEqual(['P2']);
    expect(priorityRange('gate.barrier-stuck')).toEqual(['P3', 'P2']);
    expect(priorityRange('device.low-battery')).toEqual([]);
    expect(priorityRange('generic.pump-fault', 'P2')).toEqual(['P2']);
  });
});

describe('what a call is about', () => {
  it.each<[string, SubjectType, string, EventName, string]>([
    ['the lift that was named', 'device', 'jy-6-lift-w', 'elevator.door-fault', 'device jy-6-lift-w'],
    ['a building of two lifts stays a building', 'building', 'jy-6', 'elevator.door-fault', 'building jy-6'],
    ['somebody in a flat who speaks of the lift', 'unit', 'jy-6-802', 'elevator.door-fault', 'building jy-6'],
    ['a flat’s meter', 'unit', 'jy-6-802', 'meter.vacant-flow', 'device jy-6-802-meter'],
    ['water in a flat is the flat, not its meter', 'unit', 'jy-6-802', 'pipe.leak', 'unit jy-6-802'],
    ['water at the door of a building', 'device', 'jy-door-6-main', 'pipe.leak', 'building jy-6'],
    ['water at the gate of the estate', 'device', 'jy-gate-n-in', 'pipe.leak', 'estate jinyue'],
    ['water at a meter', 'device', 'jy-6-802-meter', 'pipe.leak', 'unit jy-6-802'],
    ['power in a flat is the building’s', 'unit', 'jy-6-802', 'building.power-lost', 'building jy-6'],
    ['a smoke detector', 'device', 'jy-5-smoke-1', 'smoke.alarm', 'device jy-5-smoke-1'],
    ['smoke at the pump is no detector’s', 'device', 'jy-pump-house', 'smoke.alarm', 'estate jinyue'],
    ['the pump’s own rule', 'device', 'jy-pump-house', 'generic.pump-fault', 'device jy-pump-house'],
    ['a zone', 'zone', 'jy-zone-1', 'pipe.leak', 'zone jy-zone-1'],
  ])('%s', (_, type, id, event, about) => {
    const { subject, device } = callSubject(directory, 'jinyue', { type, id }, event);
    expect(`${subject.type} ${subject.id}`).toBe(about);
    expect(device?.id ?? null).toBe(subject.type === 'device' ? subject.id : null);
  });

  it.each<[string, SubjectType, string, EventName]>([
    ['a lift of a zone', 'zone', 'jy-zone-1', 'elevator.door-fault'],
    ['a rule that the device has not', 'device', 'jy-5-smoke-1', 'generic.pump-fault'],
    ['a lift’s event at a door', 'device', 'jy-gate-n-in', 'elevator.door-fault'],
    ['a place that is not there', 'unit', 'jy-9-999', 'pipe.leak'],
  ])('is not %s', (_, type, id, event) =>
    expect(() => callSubject(directory, 'jinyue', { type, id }, event)).toThrow(),
  );

  it('is never in another estate', () =>
    expect(() => callSubject(directory, 'elsewhere', { type: 'unit', id: 'jy-6-802' }, 'pipe.leak')).toThrow(
      'no such place',
    ));
});
