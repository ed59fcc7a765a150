import { describe, expect, it } from '@jest/globals';
import { evidenceOf, refusedHere } from './evidence.js';

const line = (kind: string, payload: Record<string, unknown>) => ({
  no: 1,
  at: 'now',
  kind,
  actor: 'wang.qiang',
  payload,
});

describe('evidence on the pages', () => {
  it('is what the journal tells of', () => {
    const journal = [
      line('accepted', {}),
      line('evidence-added', { no: 5, sha256: 'a', kind: 'photo', state: 'kept' }),
      line('evidence-added', { sha256: 'b', kind: 'film', state: 'quarantined' }),
    ];
    expect(evidenceOf({ journal })).toEqual([
      { sha256: 'a', step: 5, kind: 'photo', quarantined: false, at: 'now', by: 'wang.qiang' },
      { sha256: 'b', step: 0, kind: 'film', quarantined: true, at: 'now', by: 'wang.qiang' },
    ]);
  });

  it('that is too large is refused before it is sent', () => {
    expect(refusedHere({ type: 'image/jpeg', size: 16 * 2 ** 20 })).toBe('photo');
    expect(refusedHere({ type: 'video/mp4', size: 16 * 2 ** 20 })).toBeNull();
    expect(refusedHere({ type: 'video/mp4', size: 101 * 2 ** 20 })).toBe('film');
  });
});
