import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { ManualClock } from '../kernel/clock.js';
import type { Database } from '../platform/database-schema.js';
import type { EstateTransactions } from '../platform/estate-transaction.js';
import { ClockStep } from './clock-step.js';

Logger.overrideLogger(false);

const START = 1_000_000_000;

/** Two estates whose transactions are only noted, with our time at the moment. */
function made(over: { driftMs: number; unreachable?: number }) {
  const clock = new ManualClock(START);
  let driftMs = over.driftMs;
  const transactions: string[] = [];
  const shifts: number[] = [];
  let failures = over.unreachable ?? 0;
  const step = new ClockStep(
    {
      drift: () => driftMs,
      reanchor: (by) => {
        clock.advance(by);
        driftMs -= by;
      },
    },
    {
      selectFrom: () => ({
        select: () => ({ orderBy: () => ({ execute: () => Promise.resolve([{ id: 'a' }, { id: 'b' }]) }) }),
      }),
    } as unknown as Kysely<Database>,
    {
      run: (estate: string) => {
        if (estate === 'b' && failures-- > 0) return Promise.reject(new Error('connection lost'));
        transactions.push(`${estate} @${clock.now() - START}`);
        return Promise.resolve();
      },
    } as unknown as EstateTransactions,
    (by) => shifts.push(by),
  );
  return { step, clock, transactions, shifts, setWall: (by: number) => (driftMs += by) };
}

describe('a step of the wall clock', () => {
  it('is none of our business up to a second', async () => {
    const { step, transactions, shifts, clock } = made({ driftMs: 1000 });
    await step.compare();
    expect({ transactions, shifts, at: clock.now() }).toEqual({ transactions: [], shifts: [], at: START });
  });

  it('forward: the rows move first, then our time, memory with it', async () => {
    const { step, transactions, shifts, clock } = made({ driftMs: 60_000 });
    await step.compare();
    expect({ transactions, shifts, by: clock.now() - START }).toEqual({
      transactions: ['a @0', 'b @0'],
      shifts: [60_000],
      by: 60_000,
    });
  });

  it('back: our time first, so that no row looks due before it has moved', async () => {
    const { step, transactions, shifts } = made({ driftMs: -60_000 });
    await step.compare();
    expect({ transactions, shifts }).toEqual({ transactions: ['a @-60000', 'b @-60000'], shifts: [-60_000] });
  });

  it.each([60_000, -60_000])('by %d ms: an estate out of reach is tried again, the others move once', async (byMs) => {
    const { step, transactions, shifts, clock } = made({ driftMs: byMs, unreachable: 2 });
    await step.compare();
    await step.compare();
    expect(transactions.map((t) => t[0])).toEqual(['a']);
    await step.compare();
    await step.compare();
    expect({ moved: transactions.map((t) => t[0]), shifts, by: clock.now() - START }).toEqual({
      moved: ['a', 'b'],
      shifts: [byMs],
      by: byMs,
    });
  });

  it('that comes while another is followed is followed after it', async () => {
    const { step, shifts, setWall } = made({ driftMs: 60_000, unreachable: 1 });
    await step.compare();
    setWall(5000);
    await step.compare();
    await step.compare();
    expect(shifts).toEqual([60_000, 5000]);
  });
});
