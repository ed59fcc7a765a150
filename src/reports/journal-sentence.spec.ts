import { describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JOURNAL_KINDS } from './journal-kinds.js';
import { journalSentence } from './journal-sentence.js';
import type { JournalNames } from './sentence-writer.js';

const names: JournalNames = {
  person: (u) => ({ 'wang.qiang': '王强', 'li.na': '李娜' })[u] ?? u,
  event: (e) => (e === 'pipe.leak' ? '漏水' : e),
  note: (id) => (id === 'n1' ? '门卫已带人上楼' : null),
  step: (no) => (no === 2 ? '请勿扒门' : null),
};
const zh = (kind: string, payload: Record<string, unknown> = {}): string =>
  journalSentence({ kind, payload }, 'zh', names);
const en = (kind: string, payload: Record<string, unknown> = {}): string =>
  journalSentence({ kind, payload }, 'en', names);

const SOURCE = join(import.meta.dirname, '..');

/** Every kind that the source hands to a journal: `journal({ kind: 'x'`, also a few lines on, or given as `'unit-x', told`. */
async function writtenKinds(): Promise<Set<string>> {
  const files = (await readdir(SOURCE, { recursive: true })).filter(
    (f) => f.endsWith('.ts') && !f.endsWith('.spec.ts'),
  );
  const found = new Set<string>();
  for (const file of files) {
    const text = await readFile(join(SOURCE, file), 'utf8');
    for (const [, told = ''] of text.matchAll(/\bjournal\(\{\s*kind: ([^,\n]+),/g))
      for (const [, kind = ''] of told.matchAll(/['`]([a-z][a-z-]*)['`]/g)) found.add(kind);
  }
  return found;
}

describe('the journal in sentences', () => {
  it('has a sentence in both languages for every kind that Steward writes', async () => {
    const kinds = await writtenKinds();
    expect(kinds.size).toBeGreaterThan(25);
    expect([...kinds].filter((k) => !(k in JOURNAL_KINDS))).toEqual([]);
  });

  it.each(Object.keys(JOURNAL_KINDS))('%s says something in both, also when its payload is empty', (kind) => {
    for (const said of [zh(kind), en(kind)]) {
      expect(said.length).toBeGreaterThan(1);
      expect(said).not.toMatch(/undefined|NaN|\[object/);
    }
    expect(zh(kind)).toMatch(/\p{Script=Han}/u);
    expect(en(kind)).not.toMatch(/\p{Script=Han}/u);
  });

  it('names who was paged, for what and at which level', () => {
    const payload = { slot: 'responder', level: 1, round: 0, people: [{ person: 'wang.qiang' }, { person: 'li.na' }] };
    expect(zh('paged', payload)).toBe('通知处置人第 1 级:王强、李娜');
    expect(en('paged', payload)).toBe('Paged for responder, level 1: 王强, 李娜');
  });

  it('says that an accept was recorded on the telephone', () => {
    const payload = { slot: 'rescuer', round: 1, holder: 'li.na', onBehalfOf: 'li.na', how: 'by telephone' };
    expect(zh('accepted', payload)).toBe('李娜 接单,担任救援(第 2 轮)(电话中代 李娜 登记)');
    expect(en('accepted', payload)).toContain('recorded for 李娜 on the telephone');
  });

  it('keeps what people wrote as they wrote it', () => {
    expect(zh('step-skip', { no: 2, note: '<b>对讲坏了</b>' })).toBe('跳过步骤 2 请勿扒门,“<b>对讲坏了</b>”');
    expect(en('moved', { move: 'false-alarm', reason: 'a child' })).toBe('Reported: false alarm: a child');
  });

  it('shows a note as long as there is one', () => {
    expect(zh('note-added', { noteId: 'n1' })).toBe('留言:“门卫已带人上楼”');
    expect(en('note-added', { noteId: 'n2' })).toBe('Note (erased since)');
  });

  it('shows a kind that nobody has put into words by its name and what it holds', () => {
    expect(en('weather-changed', { to: 'rain' })).toBe('weather changed {"to":"rain"}');
    expect(zh('weather-changed', { text: 'x'.repeat(1000) }).length).toBeLessThan(500);
  });
});
