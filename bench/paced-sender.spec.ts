import { describe, expect, it } from '@jest/globals';
import { sendPaced, type Pace } from './paced-sender.js';

/** A clock that each look at the timer moves by the given steps, ms. */
class SteppingPace implements Pace {
  private at = 1000;
  private readonly waiting: (() => void)[] = [];
  constructor(private readonly steps: (turn: number) => number) {}
  now(): number {
    return this.at;
  }
  soon(callback: () => void): void {
    this.waiting.push(callback);
  }
  run(): void {
    for (let turn = 0; this.waiting.length; turn++) {
      this.at += this.steps(turn);
      this.waiting.shift()?.();
    }
  }
}

async function paced(steps: (turn: number) => number): Promise<{ due: number[]; sentAt: number[]; total: number }> {
  const pace = new SteppingPace(steps);
  const due: number[] = [];
  const sentAt: number[] = [];
  const all = sendPaced(100, 1000, (_, at) => due.push(at) && sentAt.push(pace.now()), pace);
  pace.run();
  return { due, sentAt, total: await all };
}

describe('an open-loop sender', () => {
  it('sends the whole load, each message at its own moment', async () => {
    const { due, sentAt, total } = await paced(() => 1);
    expect(total).toBe(100);
    expect(due).toEqual(Array.from({ length: 100 }, (_, i) => 1000 + i * 10));
    expect(sentAt.every((t, i) => t >= (due[i] ?? 0) && t <= (due[i] ?? 0) + 1)).toBe(true);
  });

  it('after a stall sends what is late at once, and counts it from when it was due', async () => {
    const { due, sentAt, total } = await paced((turn) => (turn === 100 ? 500 : 1));
    expect(total).toBe(100);
    expect(due).toEqual(Array.from({ length: 100 }, (_, i) => 1000 + i * 10));
    expect(Math.max(...sentAt.map((t, i) => t - (due[i] ?? 0)))).toBeGreaterThan(450);
  });
});
