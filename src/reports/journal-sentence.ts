import { JOURNAL_KINDS } from './journal-kinds.js';
import type { ReportLang } from './report-document.js';
import { SentenceWriter, type JournalNames } from './sentence-writer.js';

const LONGEST = 400;

/** A journal line in plain words. A kind that nobody has put into words is shown by its name and what it holds. */
export function journalSentence(
  line: { readonly kind: string; readonly payload: Readonly<Record<string, unknown>> },
  lang: ReportLang,
  names: JournalNames,
): string {
  const kind = JOURNAL_KINDS[line.kind];
  if (kind) return kind[lang](new SentenceWriter(line.payload, lang, names)).trim();
  const held = JSON.stringify(line.payload);
  const short = held.length > LONGEST ? `${held.slice(0, LONGEST)}…` : held;
  return `${line.kind.replaceAll(/[._-]/g, ' ')}${held === '{}' ? '' : ` ${short}`}`;
}
