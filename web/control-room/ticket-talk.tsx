import { useState, type FormEvent } from 'react';
import type { TicketDetail } from '../../src/gateway/views.js';
import { useLanguage } from '../shared/i18n/language.js';
import { CallList, NoteList } from '../shared/talk-lists.js';

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
  const { t } = useLanguage();
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
          <CallList calls={ticket.calls} timeZone={timeZone} />
        </section>
      )}
      <section>
        <h3>{t('notes.title')}</h3>
        <NoteList notes={ticket.notes} timeZone={timeZone} />
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
