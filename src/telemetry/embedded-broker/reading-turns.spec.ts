import { describe, expect, it } from '@jest/globals';
import { ReadingTurns } from './reading-turns.js';

const loopTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the event loop shared with what devices send', () => {
  it('reads on at once while little time has gone', () => {
    const turns = new ReadingTurns(
      () => false,
      () => 0,
    );
    expect([1, 2, 3].map(() => turns.admits(() => undefined))).toEqual([true, true, true]);
  });

  it('lets connections queue once a stretch is over, serves them in order, and sees to the rest of the loop between', async () => {
    let now = 0;
    const turns = new ReadingTurns(
      () => false,
      () => now,
    );
    const read: string[] = [];
    const connection = (name: string) => (): void => {
      read.push(name);
      now += 6;
    };
    expect(turns.admits(connection('first'))).toBe(true);
    now = 10;
    for (const name of ['a', 'b', 'c', 'd', 'e']) expect(turns.admits(connection(name))).toBe(false);
    await loopTurn();
    expect(read).toEqual(['a', 'b']);
    // Whoever comes now waits behind those who wait already.
    expect(turns.admits(connection('f'))).toBe(false);
    for (let i = 0; i < 4; i++) await loopTurn();
    expect(read).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(turns.admits(connection('g'))).toBe(true);
  });

  it('lets go much sooner while an emergency is under way', async () => {
    let now = 0;
    let urgent = false;
    const turns = new ReadingTurns(
      () => urgent,
      () => now,
    );
    const read: string[] = [];
    const connection = (name: string) => (): void => {
      read.push(name);
      now += 1;
    };
    expect(turns.admits(connection('first'))).toBe(true);
    now = 3;
    expect(turns.admits(connection('second'))).toBe(true);
    urgent = true;
    for (const name of ['a', 'b', 'c', 'd', 'e']) expect(turns.admits(connection(name))).toBe(false);
    await loopTurn();
    expect(read).toEqual(['a', 'b']);
    await loopTurn();
    expect(read).toEqual(['a', 'b', 'c', 'd']);
  });
});
