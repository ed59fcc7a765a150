import { useState, type FormEvent } from 'react';
import type { TicketDetail } from '../../src/gateway/views.js';
import { formatTime } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';

/** What residents have told, and what colleagues have written. A note stays as it was written. */
export function TicketTalk({
  ticket,
  timeZone,
  onNote,
}: {
  ticket: TicketDetail;
  timeZone?: string;
  onNote: (text: string) => Promise<boolean>;
}) {
  const { t, pick } = useLanguage();
  const [text, setText] = useState('');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (text.trim() !== '' && (await onNote(text.trim()))) setText('');
  };
  return (
    <>
      {ticket.calls.length > 0 && (
        <section>
          <h3>{t('call.calls')}</h3>
          <ul className="talk" data-testid="calls">
            {ticket.calls.map((c) => (
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
        </section>
      )}
      <section>
        <h3>{t('notes.title')}</h3>
        <ul className="talk" data-testid="notes">
          {ticket.notes.map((n) => (
            <li key={n.id}>
              <p>{n.text}</p>
              <p className="muted">
                <time>{formatTime(n.at, timeZone)}</time> · {pick(n.authorName)}
              </p>
            </li>
          ))}
        </ul>
        <form className="note-form" onSubmit={(e) => void submit(e)}>
          <input
            className="input"
            data-testid="note-text"
            aria-label={t('notes.add')}
            placeholder={t('notes.add')}
            maxLength={4000}
            value={text}
            onChange={(e) => setText(e.target.value)}
          />
          <button type="submit" className="button" data-testid="note-save" disabled={text.trim() === ''}>
            {t('notes.save')}
          </button>
        </form>
      </section>
    </>
  );
}
