import { describe, expect, it } from '@jest/globals';
import { DestinationLanes } from './destination-lanes.js';

/** Tasks that end when told. */
const tasks = () => {
  const ends = new Map<string, () => void>();
  const begun: string[] = [];
  const task = (name: string) => () =>
    new Promise<string>((resolve) => {
      begun.push(name);
      ends.set(name, () => resolve(name));
    });
  return { begun, task, end: (name: string) => ends.get(name)?.() };
};
const breath = (): Promise<void> => new Promise((r) => setImmediate(r));

describe('sends to many destinations', () => {
  it('one that hangs holds up its own lane and no other', async () => {
    const lanes = new DestinationLanes(1);
    const { begun, task, end } = tasks();
    void lanes.run('hangs', 1, task('a'));
    void lanes.run('hangs', 1, task('b'));
    const other = lanes.run('answers', 3, task('c'));
    await breath();
    expect(begun).toEqual(['a', 'c']);
    end('c');
    expect(await other).toBe('c');
    end('a');
    await breath();
    expect(begun).toEqual(['a', 'c', 'b']);
  });

  it('go in order of urgency, then of arrival, so many at once', async () => {
    const lanes = new DestinationLanes(2);
    const { begun, task, end } = tasks();
    for (const [name, urgency] of [
      ['1', 3],
      ['2', 3],
      ['p3', 3],
      ['p2', 2],
      ['p1', 1],
      ['p1 later', 1],
    ] as const)
      void lanes.run('d', urgency, task(name));
    for (const name of ['1', '2', 'p1', 'p1 later', 'p2']) {
      await breath();
      end(name);
    }
    await breath();
    expect(begun).toEqual(['1', '2', 'p1', 'p1 later', 'p2', 'p3']);
  });

  it('go on after one that failed', async () => {
    const lanes = new DestinationLanes(1);
    const failed = lanes.run('d', 1, () => Promise.reject(new Error('no')));
    const next = lanes.run('d', 1, () => Promise.resolve('yes'));
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(await lanes.run('d', 1, () => Promise.resolve('again'))).toBe('again');
  });
});
