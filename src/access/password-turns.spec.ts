import { describe, expect, it } from '@jest/globals';
import { PasswordTurns } from './password-turns.js';

describe('password checks', () => {
  it('run one at a time, in the order of asking, also after one that failed', async () => {
    const turns = new PasswordTurns();
    let running = 0;
    const done: number[] = [];
    const check = (n: number) => async (): Promise<number> => {
      expect(++running).toBe(1);
      await new Promise((r) => setTimeout(r, 2));
      running--;
      if (n === 1) throw new Error('broken');
      done.push(n);
      return n;
    };
    const answers = await Promise.allSettled([0, 1, 2].map((n) => turns.take(check(n))));
    expect(answers.map((a) => a.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(done).toEqual([0, 2]);
  });

  it('send away who would wait too long, and take again when the line is short', async () => {
    const turns = new PasswordTurns();
    let release = (): void => undefined;
    const held = new Promise<void>((r) => (release = r));
    const line = Array.from({ length: 200 }, () => turns.take(() => held));
    await expect(turns.take(async () => 1)).rejects.toMatchObject({ code: 'unavailable' });
    release();
    await Promise.all(line);
    expect(await turns.take(async () => 1)).toBe(1);
  });
});
