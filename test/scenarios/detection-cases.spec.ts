import { describe, expect, it } from '@jest/globals';
import { EVENTS, type EventName } from '../../src/kernel/events.js';
import { ALL_CASES } from '../../simulators/cases/all-cases.js';
import { detectionTable, NOT_DETECTED } from '../../simulators/cases/judge-case.js';

describe('every event of the catalogue', () => {
  it('has one case and a twin', () => {
    const detected = (Object.keys(EVENTS) as EventName[]).filter((e) => !NOT_DETECTED.has(e));
    expect(ALL_CASES.map((c) => c.event).sort()).toEqual(detected.sort());
  });

  it.each(detectionTable(ALL_CASES))(
    '$event is raised and ended, its twin is quiet, and it survives a restart',
    (row) => {
      expect(row).toMatchObject({ raised: 'yes', ended: 'yes', twinQuiet: 'yes', survivesRestart: 'yes' });
    },
  );
});
