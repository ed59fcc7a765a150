import { describe, expect, it } from '@jest/globals';
import type { Urgency } from './device-broker.port.js';
import { ReadingTurns } from './reading-turns.js';

const loopTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Turns on a clock that goes on with each reading, and who has been read. */
function shared(readingMs: number) {
  const at: { now: number; urgency: Urgency } = { now: 0, urgency: 'none' };
  const turns = new ReadingTurns(
    () => at.urgency,
    () => at.now,
  );
  const read: string[] = [];
  const admits = (name: string): boolean =>
    turns.admits(() => {
      read.push(name);
      at.now += readingMs;
    });
  return { at, read, admits };
}

describe('the event loop shared with what devices send', () => {
  it('reads on at once while little time has gone', () => {
    const { admits } = shared(0);
    expect(['a', 'b', 'c'].map(admits)).toEqual([true, true, true]);
  });

  it('lets connections queue once a stretch is over, serves them in order, and sees to the rest of the loop between', async () => {
    const { at, read, admits } = shared(6);
    expect(admits('first')).toBe(true);
    at.now = 10;
    for (const name of ['a', 'b', 'c', 'd', 'e']) expect(admits(name)).toBe(false);
    await loopTurn();
    expect(read).toEqual(['a', 'b']);
    // Whoever comes now waits behind those who wait already.
    expect(admits('f')).toBe(false);
    for (let i = 0; i < 4; i++) await loopTurn();
    expect(read).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(admits('g')).toBe(true);
  });

  it('lets go much sooner while an emergency is under way', async () => {
    const { at, read, admits } = shared(1);
    expect(admits('first')).toBe(true);
    at.now = 3;
    expect(admits('second')).toBe(true);
    at.urgency = 'emergency';
    for (const name of ['a', 'b', 'c', 'd', 'e']) expect(admits(name)).toBe(false);
    await loopTurn();
    expect(read).toEqual(['a', 'b']);
    await loopTurn();
    expect(read).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has time for hardly more than one a turn while there is a backlog of them, but never for none', async () => {
    const { at, read, admits } = shared(1);
    at.urgency = 'backlog';
    expect(admits('first')).toBe(true);
    at.now = 0.2;
    for (const name of ['a', 'b', 'c']) expect(admits(name)).toBe(false);
    for (let turn = 1; turn <= 3; turn++) {
      await loopTurn();
      expect(read).toHaveLength(turn);
    }
  });
});
