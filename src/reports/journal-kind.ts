import type { SentenceWriter } from './sentence-writer.js';

/** What a kind of journal line says, in each language. Who did it stands beside the sentence, not in it. */
export interface JournalKind {
  readonly zh: (w: SentenceWriter) => string;
  readonly en: (w: SentenceWriter) => string;
}
