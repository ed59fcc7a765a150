import type { JournalLine } from '../../src/gateway/views.js';
import { formatTime } from './format-time.js';
import { journalWords, type JournalNames } from './journal-words.js';
import { useLanguage } from './i18n/language.js';

/** The ticket's story, newest first. */
export function JournalList({
  journal,
  names,
  timeZone,
  limit,
}: {
  journal: readonly JournalLine[];
  names: JournalNames;
  timeZone?: string;
  limit?: number;
}) {
  const { lang } = useLanguage();
  const lines = [...journal].sort((a, b) => b.no - a.no).slice(0, limit ?? journal.length);
  return (
    <ol className="journal">
      {lines.map((line) => {
        const { what, details, who } = journalWords(line, lang, names);
        return (
          <li key={line.no}>
            <time className="muted">{formatTime(line.at, timeZone)}</time>
            <span>
              {what}
              {details.length > 0 && <span className="muted"> · {details.join(' · ')}</span>}
              {who && <span className="muted"> — {who}</span>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
