import { useState } from 'react';
import type { NoticePreviewView } from '../../src/gateway/notice-views.js';
import type { TicketDetail } from '../../src/gateway/views.js';
import type { ApiClient } from '../shared/api-client.js';
import { copyText } from '../shared/copy-text.js';
import { ApiError } from '../shared/api-error.js';
import { useLanguage } from '../shared/i18n/language.js';

/** What residents are told: composed by the service, changed here, copied with one click or sent to the company's groups. */
export function ResidentNotice({ ticket, api, onSent }: { ticket: TicketDetail; api: ApiClient; onSent: () => void }) {
  const { t, pick } = useLanguage();
  const [draft, setDraft] = useState<NoticePreviewView | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [said, setSaid] = useState<string | null>(null);

  const attempt = async (work: () => Promise<string | null>): Promise<void> => {
    setSaid(null);
    try {
      setSaid(await work());
    } catch (error) {
      setSaid(error instanceof ApiError ? error.message : t('error.offline'));
    }
  };
  const open = (): Promise<void> =>
    attempt(async () => {
      const found = await api.notice(ticket.id);
      setDraft(found);
      setChosen(new Set(found.channels.map((c) => c.id)));
      return null;
    });
  if (!draft || draft.ticketId !== ticket.id) {
    return (
      <section className="resident-notice">
        <button type="button" className="button" data-testid="notice-open" onClick={() => void open()}>
          {t('notice.open')}
        </button>
        {said !== null && (
          <p className="muted" role="status">
            {said}
          </p>
        )}
      </section>
    );
  }
  const change = (lang: 'zh' | 'en', text: string): void =>
    setDraft({ ...draft, text: { ...draft.text, [lang]: text } });
  const copy = (): Promise<void> =>
    attempt(async () => {
      await copyText(`${draft.title.zh}\n${draft.text.zh}\n\n${draft.title.en}\n${draft.text.en}`);
      return t('notice.copied');
    });
  const send = (): Promise<void> =>
    attempt(async () => {
      const { kind, title, text, units } = draft;
      await api.sendNotice(ticket.id, { kind, title, text, units: units.map((u) => u.unit), channels: [...chosen] });
      setDraft(null);
      onSent();
      return t('notice.sent');
    });
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <section className="resident-notice" data-testid="resident-notice">
      <h3>{pick(draft.title)}</h3>
      <p className="muted">
        {draft.units.length === 0 ? t('notice.everybody') : t('notice.units', { count: draft.units.length })}
      </p>
      {(['zh', 'en'] as const).map((lang) => (
        <textarea
          key={lang}
          className="input notice-text"
          lang={lang === 'zh' ? 'zh-CN' : 'en'}
          aria-label={draft.title[lang]}
          data-testid={`notice-text-${lang}`}
          rows={5}
          value={draft.text[lang]}
          onChange={(e) => change(lang, e.target.value)}
        />
      ))}
      {draft.channels.map((c) => (
        <label key={c.id} className="notice-channel">
          <input type="checkbox" checked={chosen.has(c.id)} onChange={() => toggle(c.id)} /> {c.name}
        </label>
      ))}
      <div className="notice-actions">
        <button type="button" className="button" data-testid="notice-copy" onClick={() => void copy()}>
          {t('notice.copy')}
        </button>
        <button type="button" className="button is-strong" data-testid="notice-send" onClick={() => void send()}>
          {chosen.size > 0 ? t('notice.send') : t('notice.record')}
        </button>
        <button type="button" className="button is-plain" onClick={() => setDraft(null)}>
          {t('back')}
        </button>
      </div>
      {said !== null && (
        <p className="muted" role="status">
          {said}
        </p>
      )}
    </section>
  );
}
