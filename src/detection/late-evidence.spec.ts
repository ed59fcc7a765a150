import { describe, expect, it } from '@jest/globals';
import { minutes, seconds } from '../kernel/durations.js';
import type { Finding } from './detector.js';
import { settleStoredUpload } from './late-evidence.js';

const NOW = Date.UTC(2026, 0, 5);
const finding = (kind: 'raise' | 'clear', event: Finding['event'] = 'elevator.alarm-button'): Finding => ({
  kind,
  event,
  subject: { type: 'device', id: 'lift' },
  since: NOW,
  reason: kind,
  evidence: {},
});
const ago = (ms: number, f: Finding) => ({ finding: f, at: NOW - ms });

describe('what a stored upload means now', () => {
  it('live evidence is not late', () => {
    expect(settleStoredUpload([ago(0, finding('raise'))], NOW).kept[0]?.late).toBeUndefined();
  });

  it('a P1 that began and ended ten minutes ago still raises, marked late', () => {
    const { kept, left } = settleStoredUpload(
      [ago(minutes(10), finding('raise')), ago(minutes(9), finding('clear'))],
      NOW,
    );
    expect(kept.map((f) => [f.kind, f.late])).toEqual([
      ['raise', true],
      ['clear', undefined],
    ]);
    expect(left).toEqual([]);
  });

  it('one that was over more than fifteen minutes ago is history: neither raised nor cleared', () => {
    const { kept, left } = settleStoredUpload(
      [ago(minutes(20), finding('raise')), ago(minutes(19), finding('clear'))],
      NOW,
    );
    expect(kept).toEqual([]);
    expect(left.map((f) => f.kind)).toEqual(['raise', 'clear']);
  });

  it('what still holds at the end of the upload is raised however long ago it began', () => {
    const { kept } = settleStoredUpload([ago(minutes(40), finding('raise'))], NOW);
    expect(kept.map((f) => [f.kind, f.late])).toEqual([['raise', true]]);
  });

  it('a clear of an alarm from before the upload is kept', () => {
    expect(settleStoredUpload([ago(minutes(40), finding('clear'))], NOW).kept).toHaveLength(1);
  });

  it('another event of the same lift is judged by itself', () => {
    const { kept } = settleStoredUpload(
      [
        ago(minutes(20), finding('raise')),
        ago(minutes(19), finding('clear')),
        ago(seconds(5), finding('raise', 'elevator.entrapment-at-level')),
      ],
      NOW,
    );
    expect(kept.map((f) => f.event)).toEqual(['elevator.entrapment-at-level']);
  });
});
