import { useEffect, useState, type FormEvent } from 'react';
import type { CallKindView } from '../../src/gateway/by-hand-views.js';
import type { ApiClient } from '../shared/api-client.js';
import { ApiError } from '../shared/api-error.js';
import { goHome, goTo } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { serverNow } from '../shared/server-clock.js';
import { bodyOf, emptyDraft, offeredAt, type CallDraft } from './call-draft.js';
import { PlaceFinder } from './place-finder.js';

const AGO = [0, 5, 10, 15, 30, 60];

/** What was begun is not lost when an alarm comes in between. */
let kept: CallDraft | null = null;

/** A resident on the telephone: where, what, who, in the order in which one asks. All of it without a mouse. */
export function NewTicket({
  api,
  estate,
  onOpened,
}: {
  api: ApiClient;
  estate: string;
  onOpened: (words: string) => void;
}) {
  const { t, pick } = useLanguage();
  const [draft, setDraft] = useState<CallDraft>(
    () => (kept?.place && kept.place.estate !== estate ? null : kept) ?? emptyDraft(),
  );
  const [kinds, setKinds] = useState<readonly CallKindView[]>([]);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  useEffect(() => {
    api.callKinds().then(
      ({ items }) => setKinds(items),
      () => setTrouble(t('error.offline')),
    );
  }, [api, t]);

  const put = (more: Partial<CallDraft>): void => {
    kept = { ...draft, ...more };
    setDraft(kept);
  };
  const { place } = draft;
  const offered = place ? offeredAt(kinds, place) : [];
  const chosen = offered.find((k) => k.id === draft.kind);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const body = bodyOf({ ...draft, kind: chosen?.id ?? null }, estate, serverNow());
    if (!body || sending) return setTrouble(place ? null : t('call.choosePlace'));
    setSending(true);
    setTrouble(null);
    try {
      const { ticketId, no, joined } = await api.openByCall(body);
      kept = null;
      onOpened(t(joined ? 'call.joined' : 'call.opened', { no }));
      goTo('tickets', ticketId);
    } catch (error) {
      // Sent again with the same key it is still one call.
      setTrouble(error instanceof ApiError ? t('error.refused', { message: error.message }) : t('error.offline'));
      setSending(false);
    }
  };

  return (
    <article className="ticket-panel column-body" data-testid="new-ticket">
      <header className="ticket-head">
        <p className="ticket-kind">
          <strong>☎ {t('call.title')}</strong>
          <span className="header-gap" />
          <button type="button" className="button is-plain" aria-label={t('back')} onClick={goHome}>
            ✕
          </button>
        </p>
      </header>
      <form
        className="call-form"
        onSubmit={(e) => void submit(e)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) e.currentTarget.requestSubmit();
        }}
      >
        <h3>{t('call.place')}</h3>
        {place ? (
          <p className="call-place" data-testid="call-place" data-id={place.id}>
            <strong>{pick(place.place)}</strong>
            <button type="button" className="button" onClick={() => put({ place: null, kind: null, priority: null })}>
              {t('call.change')}
            </button>
          </p>
        ) : (
          <PlaceFinder
            api={api}
            estate={estate}
            label={t('call.place')}
            placeholder={t('call.placeHint')}
            nothing={t('call.noPlace')}
            wants={(hit) => hit.kind !== 'person'}
            onChoose={(hit) => put({ place: hit, kind: null, priority: null })}
          />
        )}
        {place && (
          <>
            <fieldset className="call-kinds">
              <legend>{t('call.kind')}</legend>
              {offered.map((k, i) => (
                <label key={k.id} className={k.id === chosen?.id ? 'is-chosen' : ''} data-kind={k.id}>
                  <input
                    type="radio"
                    name="call-kind"
                    value={k.id}
                    required
                    autoFocus={i === 0 && draft.kind === null}
                    checked={k.id === chosen?.id}
                    onChange={() => put({ kind: k.id, priority: null })}
                  />
                  {pick(k.words)}
                </label>
              ))}
            </fieldset>
            <label className="field">
              <span>{t('call.said')}</span>
              <textarea
                className="input"
                data-testid="call-said"
                rows={3}
                // Where people are in danger, nobody types before the phones ring.
                required={chosen?.priorities[0] !== 'P1'}
                maxLength={4000}
                value={draft.said}
                onChange={(e) => put({ said: e.target.value })}
              />
            </label>
            <div className="call-who">
              <label className="field">
                <span>{t('call.caller')}</span>
                <input
                  className="input"
                  data-testid="call-name"
                  maxLength={100}
                  value={draft.name}
                  onChange={(e) => put({ name: e.target.value })}
                />
              </label>
              <label className="field">
                <span>{t('call.phone')}</span>
                <input
                  className="input num"
                  data-testid="call-phone"
                  inputMode="tel"
                  pattern="[\d+()\- ]{3,30}"
                  value={draft.phone}
                  onChange={(e) => put({ phone: e.target.value })}
                />
              </label>
              <label className="field">
                <span>{t('call.reported')}</span>
                <select className="input" value={draft.ago} onChange={(e) => put({ ago: Number(e.target.value) })}>
                  {AGO.map((n) => (
                    <option key={n} value={n}>
                      {n === 0 ? t('call.now') : t('call.minutesAgo', { count: n })}
                    </option>
                  ))}
                </select>
              </label>
              {chosen && chosen.priorities.length > 1 && (
                <label className="field">
                  <span>{t('call.priority')}</span>
                  <select
                    className="input"
                    value={draft.priority ?? chosen.priorities[0]}
                    onChange={(e) => put({ priority: e.target.value })}
                  >
                    {chosen.priorities.map((p) => (
                      <option key={p} value={p}>
                        {p} {t(`priority.${p}`)}
                      </option>
                    ))}
                  </select>
                </label>
              )}
            </div>
            {trouble !== null && (
              <p className="error-line" role="alert" data-testid="call-trouble">
                {trouble}
              </p>
            )}
            <button type="submit" className="button is-strong" data-testid="call-open" disabled={sending}>
              {t('call.open')} <kbd>Ctrl Enter</kbd>
            </button>
          </>
        )}
      </form>
    </article>
  );
}
