import { describe, expect, it } from '@jest/globals';
import type { JournalLine } from '../../src/gateway/views.js';
import { journalWords, type JournalNames } from './journal-words.js';

const names: JournalNames = {
  people: new Map([['wang.qiang', { zh: '王强', en: 'Wang Qiang' }]]),
  events: new Map([['pipe.leak', { zh: '漏水浸水', en: 'Water leak' }]]),
  steps: new Map([[2, { zh: '请勿扒门', en: 'Do not force the door' }]]),
};
const line = (kind: string, payload: Record<string, unknown> = {}, actor: string | null = null): JournalLine => ({
  no: 1,
  at: '2026-07-14T00:00:00.000Z',
  kind,
  actor,
  payload,
});

describe('the journal in words', () => {
  it('says who was paged for what, by name', () => {
    const paged = line('paged', {
      slot: 'responder',
      level: 0,
      people: [{ person: 'wang.qiang', because: 'on duty' }],
    });
    expect(journalWords(paged, 'en', names)).toEqual({
      what: 'Paged',
      details: ['Wang Qiang', 'Responder', 'level 0'],
      who: null,
    });
    expect(journalWords(paged, 'zh', names).details).toEqual(['王强', '处置人', '第 0 级']);
  });

  it('tells a move by the state that it leads to', () => {
    expect(journalWords(line('moved', { move: 'resolve' }, 'wang.qiang'), 'en', names)).toMatchObject({
      what: 'Resolved',
      who: 'Wang Qiang',
    });
    expect(journalWords(line('moved', { move: 'en-route' }), 'zh', names).what).toBe('已出发');
  });

  it('names the step and keeps the note', () => {
    const { details } = journalWords(line('step-skip', { no: 2, key: 'calm', note: 'intercom dead' }), 'en', names);
    expect(details).toEqual(['Do not force the door', '“intercom dead”']);
  });

  it('names the holder once when the holder is also who acted', () => {
    const accepted = journalWords(
      line('accepted', { slot: 'responder', holder: 'wang.qiang' }, 'wang.qiang'),
      'en',
      names,
    );
    expect(accepted).toEqual({ what: 'Accepted', details: ['Responder'], who: 'Wang Qiang' });
  });

  it('shows a kind that it does not know by its own name', () => {
    expect(journalWords(line('weather-changed'), 'en', names).what).toBe('weather changed');
  });
});
