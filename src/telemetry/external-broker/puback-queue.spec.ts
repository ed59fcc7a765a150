import { describe, expect, it } from '@jest/globals';
import { PubackQueue } from './puback-queue.js';

describe('Held PUBACKs', () => {
  it('leave in the order of arrival, whatever commits first', () => {
    const sent: number[] = [];
    const queue = new PubackQueue((id) => sent.push(id));
    const [one, two, three] = [queue.hold(11), queue.hold(12), queue.hold(13)];
    three();
    two();
    expect(sent).toEqual([]);
    one();
    expect(sent).toEqual([11, 12, 13]);
    expect(queue.size).toBe(0);
  });

  it('are each sent once, also when told twice, over many thousands', () => {
    const sent: number[] = [];
    const queue = new PubackQueue((id) => sent.push(id));
    for (let i = 0; i < 5000; i++) {
      const accepted = queue.hold(i);
      accepted();
      accepted();
    }
    expect(sent).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  it('of a connection that has ended are never sent', () => {
    const sent: number[] = [];
    const queue = new PubackQueue((id) => sent.push(id));
    const accepted = queue.hold(1);
    queue.end();
    accepted();
    expect(sent).toEqual([]);
    expect(queue.size).toBe(0);
  });
});
