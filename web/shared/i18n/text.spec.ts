import { describe, expect, it } from '@jest/globals';
import { catalogues, text, wordOr, type MessageKey } from './text.js';

const slots = (s: string) => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '').sort((a, b) => (a < b ? -1 : 1));

describe('the words of the pages', () => {
  it('say the same things in both languages, with the same blanks to fill', () => {
    expect(Object.keys(catalogues.en).sort((a, b) => (a < b ? -1 : 1))).toEqual(
      Object.keys(catalogues.zh).sort((a, b) => (a < b ? -1 : 1)),
    );
    for (const key of Object.keys(catalogues.zh) as MessageKey[])
      expect({ key, slots: slots(catalogues.en[key]) }).toEqual({ key, slots: slots(catalogues.zh[key]) });
  });

  it('leave no English text untranslated and no text empty', () => {
    for (const key of Object.keys(catalogues.zh) as MessageKey[]) {
      expect(catalogues.zh[key].trim()).not.toBe('');
      expect(catalogues.en[key].trim()).not.toBe('');
      if (key !== 'lang.switch') expect(`${key}: ${catalogues.en[key]}`).not.toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it('fill blanks by name', () => {
    expect(text('en', 'page.takenBy', { name: 'Wang Qiang' })).toBe('Taken by Wang Qiang');
    expect(text('zh', 'page.takenBy', { name: '王强' })).toBe('已由 王强 接单');
  });

  it('show an unknown word as it came', () => {
    expect(wordOr('en', 'move', 'accept')).toBe('Accept');
    expect(wordOr('en', 'move', 'teleport')).toBe('teleport');
  });
});
