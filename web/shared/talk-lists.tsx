import type { CallView, NoteView } from '../../src/gateway/by-hand-views.js';
import { formatTime } from './format-time.js';
import { useLanguage } from './i18n/language.js';

/** What residents have told on the telephone, and whom to ring back. */
export function CallList({ calls, timeZone }: { calls: readonly CallView[]; timeZone?: string }) {
  const { t, pick } = useLanguage();
  return (
    <ul className="talk" data-testid="calls">
      {calls.map((c) => (
        <li key={c.id}>
          {c.said !== '' && <p>{t('call.said2', { said: c.said })}</p>}
          <p className="muted">
            <time>{formatTime(c.reportedAt, timeZone)}</time>
            {[c.callerName, c.callerUnit && pick(c.callerUnit)].filter(Boolean).map((x) => ` · ${x}`)}
            {c.callerPhone && (
              <>
                {' · '}
                <a className="tel" href={`tel:${c.callerPhone}`}>
                  ☎ {c.callerPhone}
                </a>
              </>
            )}
            {` · ${pick(c.enteredByName)}`}
            {c.joined && ` · ${t('call.joinedMark')}`}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** What colleagues have written. A note stays as it was written. */
export function NoteList({ notes, timeZone }: { notes: readonly NoteView[]; timeZone?: string }) {
  const { pick } = useLanguage();
  return (
    <ul className="talk" data-testid="notes">
      {notes.map((n) => (
        <li key={n.id}>
          <p>{n.text}</p>
          <p className="muted">
            <time>{formatTime(n.at, timeZone)}</time> · {pick(n.authorName)}
          </p>
        </li>
      ))}
    </ul>
  );
}
