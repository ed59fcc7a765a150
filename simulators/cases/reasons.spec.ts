import { describe, expect, it } from '@jest/globals';
import { chineseReason } from '../../src/kernel/reason-words.js';
import { ALL_CASES } from './all-cases.js';
import { playCase } from './play-case.js';

describe('what the rules say in their cases', () => {
  it('is known in Chinese: an operator need not read English', () => {
    const said = new Set(ALL_CASES.flatMap((c) => [...playCase(c), ...playCase(c.twin)].map((t) => t.finding.reason)));
    expect(said.size).toBeGreaterThan(80);
    expect([...said].filter((reason) => chineseReason(reason) === null)).toEqual([]);
    for (const reason of said) expect(chineseReason(reason)).not.toMatch(/\{\d\}|[a-z]{4,} [a-z]{2,}/);
  });
});
