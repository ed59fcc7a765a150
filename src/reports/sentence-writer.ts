import { reasonIn } from '../kernel/reason-words.js';
import { word, type WordBook } from './report-words.js';
import type { ReportLang } from './report-document.js';

/** Names for what journal lines refer to, in the language of the report. */
export interface JournalNames {
  person(username: string): string;
  event(name: string): string;
  /** Title of a step by its number; null when there is none. */
  step(no: number): string | null;
  /** Text of a note by its id: the journal holds its hash alone, so that it can be erased. */
  note(id: string): string | null;
}

type Payload = Readonly<Record<string, unknown>>;

/** Reads a journal line's payload for a sentence: what is missing becomes an empty text, never `undefined`. */
export class SentenceWriter {
  constructor(
    private readonly payload: Payload,
    private readonly lang: ReportLang,
    private readonly names: JournalNames,
  ) {}

  has(key: string): boolean {
    return this.raw(key) !== '';
  }
  raw(key: string): string {
    const value = this.payload[key];
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  }
  number(key: string): number {
    return Number(this.payload[key] ?? 0);
  }
  word(book: WordBook, key: string): string {
    return word(book, this.raw(key), this.lang);
  }
  event(key = 'event'): string {
    return this.has(key) ? this.names.event(this.raw(key)) : '';
  }
  person(key: string): string {
    return this.has(key) ? this.names.person(this.raw(key)) : '';
  }
  slot(): string {
    return this.word('slot', 'slot');
  }
  step(): string {
    const no = this.number('no');
    const title = this.names.step(no);
    return title === null ? `#${no}` : `${no} ${title}`;
  }
  /** `people: ['wang.qiang']` or `[{person: 'wang.qiang', because: …}]`. */
  people(): string {
    const list = this.payload['people'];
    const names = (Array.isArray(list) ? (list as unknown[]) : []).map((one) => {
      const person = typeof one === 'object' && one !== null && 'person' in one ? one.person : one;
      return this.names.person(String(person));
    });
    return names.join(this.lang === 'zh' ? '、' : ', ');
  }
  list(key: string): string {
    const value = this.payload[key];
    const items = Array.isArray(value) ? (value as unknown[]).map(String) : [];
    return items.join(this.lang === 'zh' ? '、' : ', ');
  }
  /** `: text` when there is one: what people have written stands as it was written. */
  because(key: string): string {
    if (!this.has(key)) return '';
    return this.lang === 'zh' ? `:${reasonIn('zh', this.raw(key))}` : `: ${this.raw(key)}`;
  }
  quoted(key: string): string {
    if (!this.has(key)) return '';
    return this.lang === 'zh' ? `,“${this.raw(key)}”` : `, “${this.raw(key)}”`;
  }
  note(): string {
    const text = this.names.note(this.raw('noteId'));
    if (text === null) return this.lang === 'zh' ? '(内容已删除)' : ' (erased since)';
    return this.lang === 'zh' ? `:“${text}”` : `: “${text}”`;
  }
  /** Second, third … time round; nothing for the first. */
  round(key = 'round'): string {
    const n = this.number(key);
    if (n <= 0) return '';
    return this.lang === 'zh' ? `(第 ${n + 1} 轮)` : ` (round ${n + 1})`;
  }
  onBehalf(): string {
    if (!this.has('onBehalfOf')) return '';
    const name = this.person('onBehalfOf');
    return this.lang === 'zh' ? `(电话中代 ${name} 登记)` : ` (recorded for ${name} on the telephone)`;
  }
}
