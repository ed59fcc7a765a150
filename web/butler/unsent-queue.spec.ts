import { describe, expect, it } from '@jest/globals';
import { drain, readQueue, writeQueue, type SendResult, type UnsentAction } from './unsent-queue.js';

const step = (no: number): UnsentAction => ({
  id: `a${no}`,
  ticketId: 't',
  place: { zh: '6栋', en: 'Building 6' },
  at: 0,
  tries: 0,
  kind: 'step',
  no,
  change: 'done',
});
const phone = () => {
  const kept = new Map<string, string>();
  return { get: (k: string) => kept.get(k) ?? null, set: (k: string, v: string) => void kept.set(k, v) };
};
const holder = (queue: readonly UnsentAction[]) => {
  let now = queue;
  return { read: () => now, save: (q: readonly UnsentAction[]) => void (now = q) };
};

describe('what the butler did while the line was down', () => {
  it('survives a reload, each person apart', () => {
    const storage = phone();
    writeQueue(storage, 'wang', [step(1)]);
    expect(readQueue(storage, 'wang')).toEqual([step(1)]);
    expect(readQueue(storage, 'li')).toEqual([]);
  });

  it('is forgotten, not fatal, when the storage is damaged', () => {
    const storage = phone();
    storage.set('steward.unsent.wang', '{');
    expect(readQueue(storage, 'wang')).toEqual([]);
  });

  it('is sent in order, with what is added meanwhile', async () => {
    const q = holder([step(1), step(2)]);
    const sent: string[] = [];
    const result = await drain(q.read, q.save, (a) => {
      if (sent.length === 0) q.save([...q.read(), step(3)]);
      sent.push(a.id);
      return Promise.resolve<SendResult>('sent');
    });
    expect(result).toBe('empty');
    expect(sent).toEqual(['a1', 'a2', 'a3']);
    expect(q.read()).toEqual([]);
  });

  it('stops at the first that cannot be sent and keeps it at the head', async () => {
    const q = holder([step(1), step(2), step(3)]);
    const result = await drain(q.read, q.save, (a) => Promise.resolve<SendResult>(a.id === 'a2' ? 'offline' : 'sent'));
    expect(result).toBe('offline');
    expect(q.read().map((a) => [a.id, a.tries])).toEqual([
      ['a2', 1],
      ['a3', 0],
    ]);
  });

  it('goes on after a refusal', async () => {
    const q = holder([step(1), step(2)]);
    await drain(q.read, q.save, (a) => Promise.resolve<SendResult>(a.id === 'a1' ? 'refused' : 'sent'));
    expect(q.read()).toEqual([]);
  });
});
