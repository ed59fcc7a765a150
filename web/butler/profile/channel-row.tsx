import { useEffect, useState } from 'react';
import type { ChannelView, TestPageView } from '../../../src/gateway/channel-views.js';
import type { ApiClient } from '../../shared/api-client.js';
import { useLanguage } from '../../shared/i18n/language.js';

const LOOK_MS = 700;
/** After that nothing more is to be expected of a test. */
const LOOKS = 40;

/** One way: whether it works, whether it is used, and a button that proves it. */
export function ChannelRow({
  channel,
  api,
  onSwitch,
  onUp,
}: {
  channel: ChannelView;
  api: ApiClient;
  onSwitch: (on: boolean) => void;
  onUp: (() => void) | null;
}) {
  const { t } = useLanguage();
  const name = t(`profile.${channel.channel}`);
  const state = !channel.on ? t('profile.off') : channel.why ? t(`profile.why.${channel.why}`) : t('profile.ready');
  return (
    <li className="way" data-testid={`channel-${channel.channel}`} data-ready={channel.ready && channel.on}>
      <span className="way-name">
        <strong>{name}</strong>
        <span className="muted">
          {state} · {channel.priorities.join(' ')}
        </span>
      </span>
      <span className="way-set">
        {channel.channel === 'websocket' ? (
          <span className="muted">{t('profile.always')}</span>
        ) : (
          <label>
            <input type="checkbox" checked={channel.on} onChange={(e) => onSwitch(e.target.checked)} />
            {t('profile.on')}
          </label>
        )}
        {onUp && (
          <button type="button" className="button" aria-label={`${name}: ${t('profile.up')}`} onClick={onUp}>
            ↑
          </button>
        )}
      </span>
      <ChannelTest channel={channel} api={api} />
    </li>
  );
}

function ChannelTest({ channel, api }: { channel: ChannelView; api: ApiClient }) {
  const { t } = useLanguage();
  const [test, setTest] = useState<TestPageView | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [looks, setLooks] = useState(0);
  const waits = test !== null && ['queued', 'sent'].includes(test.state) && looks < LOOKS;
  useEffect(() => {
    if (!waits || !test) return;
    const timer = setTimeout(() => {
      setLooks((n) => n + 1);
      api.testedChannel(test.id).then(setTest, () => undefined);
    }, LOOK_MS);
    return () => clearTimeout(timer);
  }, [api, test, waits, looks]);
  const begin = (): void => {
    setRefused(null);
    setLooks(0);
    api.testChannel(channel.channel).then(setTest, (e: Error) => setRefused(e.message));
  };
  const words = test
    ? test.state === 'failed'
      ? t('profile.state.failed', { reason: test.reason ?? '' })
      : t(`profile.state.${test.state}`)
    : refused;
  return (
    <span className="way-test">
      <button
        type="button"
        className="button"
        disabled={!channel.ready || test?.state === 'queued'}
        data-testid={`test-${channel.channel}`}
        onClick={begin}
      >
        {t('profile.test')}
      </button>
      {words && (
        <output className={test?.state === 'failed' || refused ? 'is-wrong' : ''} data-state={test?.state ?? 'refused'}>
          {words}
        </output>
      )}
    </span>
  );
}
