import { useEffect } from 'react';
import type { ChannelView } from '../../../src/gateway/channel-views.js';
import { useLanguage } from '../../shared/i18n/language.js';
import { LanguageSwitch } from '../../shared/language-switch.js';
import { useObservable } from '../../shared/observable.js';
import type { ButlerSession } from '../butler-session.js';
import { LinkStrip } from '../link-strip.js';
import { EmailForm, QuietHoursForm, WebhookForm } from './address-forms.js';
import { ChannelRow } from './channel-row.js';
import { PushSection } from './push-section.js';
import { useChannels, type Outcome } from './use-channels.js';

const choice = ({ channel, on, priorities }: ChannelView) => ({ channel, on, priorities });

/** How this person is called: the ways in their order, each with a test, and the addresses behind them. */
export function ProfileScreen({ session, onBack }: { session: ButlerSession; onBack: () => void }) {
  const { t, lang } = useLanguage();
  const channels = useChannels(session.api);
  const { view, change } = channels;
  const tested = useObservable(session.tested);

  // Notifications speak the language of the screen.
  const spoken = view?.lang;
  useEffect(() => {
    if (spoken && spoken !== lang) void change({ lang });
  }, [spoken, lang, change]);

  const put = (list: ChannelView[]): void => void change({ channels: list.map(choice) });
  const list = view?.channels ?? [];
  const up = (i: number): void =>
    put(list.map((c, n) => (n === i - 1 ? (list[i] ?? c) : n === i ? (list[i - 1] ?? c) : c)));

  return (
    <main className="idle profile" data-testid="profile">
      <header className="idle-head">
        <button type="button" className="button is-plain" aria-label={t('back')} onClick={onBack}>
          ←
        </button>
        <strong>{t('profile.title')}</strong>
        <LanguageSwitch />
      </header>
      <LinkStrip session={session} />
      <p className="muted">{t('profile.intro')}</p>
      {tested !== null && (
        <p className="came" role="status" data-testid="test-came">
          {t('profile.testCame')}
        </p>
      )}
      <Said outcome={channels.outcome} />
      {view && (
        <>
          <ol className="ways">
            {list.map((c, i) => (
              <ChannelRow
                key={c.channel}
                channel={c}
                api={session.api}
                onSwitch={(on) => put(list.map((x) => (x.channel === c.channel ? { ...x, on } : x)))}
                onUp={i > 0 ? () => up(i) : null}
              />
            ))}
          </ol>
          <PushSection view={view} channels={channels} api={session.api} />
          <QuietHoursForm view={view} channels={channels} />
          <WebhookForm view={view} channels={channels} />
          <EmailForm view={view} channels={channels} />
        </>
      )}
    </main>
  );
}

function Said({ outcome }: { outcome: Outcome | null }) {
  const { t } = useLanguage();
  if (!outcome) return null;
  const words = outcome.ok
    ? t('profile.saved')
    : outcome.why === null
      ? t('profile.offline')
      : t('profile.failed', { reason: outcome.why });
  return (
    <p className={outcome.ok ? 'said' : 'said is-wrong'} role="status" data-testid="profile-said">
      {words}
    </p>
  );
}
