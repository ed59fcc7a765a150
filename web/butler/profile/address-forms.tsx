import { useState, type FormEvent } from 'react';
import type { ChannelsView } from '../../../src/gateway/channel-views.js';
import { useLanguage } from '../../shared/i18n/language.js';
import type { Channels } from './use-channels.js';

const KINDS = ['wecom', 'dingtalk', 'feishu', 'sms-gateway', 'generic'] as const;
const field = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

/** A robot's address is written and never shown again: it holds its key. */
export function WebhookForm({ view, channels }: { view: ChannelsView; channels: Channels }) {
  const { t, word } = useLanguage();
  const [shown, setShown] = useState(0);
  const save = (e: FormEvent<HTMLFormElement>): void => {
    e.preventDefault();
    const form = new FormData(e.currentTarget);
    const webhook = {
      kind: field(form, 'kind'),
      url: field(form, 'url'),
      secret: field(form, 'secret') || null,
      number: field(form, 'number') || null,
    };
    void channels.change({ webhook }).then((ok) => ok && setShown((n) => n + 1));
  };
  const { webhook } = view;
  return (
    <section>
      <h2>{t('profile.webhook')}</h2>
      {webhook && (
        <p>
          {t('profile.webhook.kept', { kind: word('profile.kind', webhook.kind), host: webhook.host })}{' '}
          <button type="button" className="button is-plain" onClick={() => void channels.change({ webhook: null })}>
            {t('profile.remove')}
          </button>
        </p>
      )}
      <form key={shown} className="address" onSubmit={save} data-testid="webhook-form">
        <label>
          {t('profile.webhook.kind')}
          <select className="input" name="kind">
            {KINDS.map((k) => (
              <option key={k} value={k}>
                {t(`profile.kind.${k}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('profile.webhook.url')}
          <input className="input" name="url" type="url" required placeholder="https://" autoComplete="off" />
        </label>
        <label>
          {t('profile.webhook.secret')}
          <input className="input" name="secret" type="password" autoComplete="off" />
        </label>
        <label>
          {t('profile.webhook.number')}
          <input className="input" name="number" type="tel" autoComplete="off" />
        </label>
        <button type="submit" className="button">
          {t('profile.save')}
        </button>
      </form>
    </section>
  );
}

export function EmailForm({ view, channels }: { view: ChannelsView; channels: Channels }) {
  const { t } = useLanguage();
  if (view.channels.find((c) => c.channel === 'email')?.why === 'not-set-up') return null;
  const save = (e: FormEvent<HTMLFormElement>): void => {
    e.preventDefault();
    void channels.change({ email: field(new FormData(e.currentTarget), 'email') || null });
  };
  return (
    <section>
      <h2>{t('profile.email')}</h2>
      <p className="muted">{t('profile.email.hint')}</p>
      <form className="address" onSubmit={save}>
        <label>
          {t('profile.email.address')}
          <input className="input" name="email" type="email" defaultValue={view.email ?? ''} />
        </label>
        <button type="submit" className="button">
          {t('profile.save')}
        </button>
      </form>
    </section>
  );
}

export function QuietHoursForm({ view, channels }: { view: ChannelsView; channels: Channels }) {
  const { t } = useLanguage();
  const quiet = view.quietHours;
  const save = (e: FormEvent<HTMLFormElement>): void => {
    e.preventDefault();
    const form = new FormData(e.currentTarget);
    void channels.change({ quietHours: { from: field(form, 'from'), to: field(form, 'to') } });
  };
  return (
    <section>
      <h2>{t('profile.quiet')}</h2>
      <p className="muted">{t('profile.quiet.hint')}</p>
      <form
        key={quiet ? `${quiet.from}-${quiet.to}` : 'none'}
        className="hours"
        onSubmit={save}
        data-testid="quiet-form"
      >
        <label>
          {t('profile.quiet.from')}
          <input className="input" name="from" type="time" required defaultValue={quiet?.from ?? ''} />
        </label>
        <label>
          {t('profile.quiet.to')}
          <input className="input" name="to" type="time" required defaultValue={quiet?.to ?? ''} />
        </label>
        <button type="submit" className="button">
          {t('profile.save')}
        </button>
        {quiet && (
          <button type="button" className="button is-plain" onClick={() => void channels.change({ quietHours: null })}>
            {t('profile.remove')}
          </button>
        )}
      </form>
    </section>
  );
}
