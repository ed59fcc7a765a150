import { useState } from 'react';
import type { ChannelsView } from '../../../src/gateway/channel-views.js';
import type { ApiClient } from '../../shared/api-client.js';
import { useLanguage } from '../../shared/i18n/language.js';
import { canPush, deviceLabel, subscribeHere } from './push-device.js';
import type { Channels } from './use-channels.js';

/** Which phones are notified while the page is closed, and this one with a touch. */
export function PushSection({ view, channels, api }: { view: ChannelsView; channels: Channels; api: ApiClient }) {
  const { t } = useLanguage();
  const [problem, setProblem] = useState<'denied' | 'unsupported' | null>(canPush() ? null : 'unsupported');
  const [busy, setBusy] = useState(false);
  const { pushKey } = view;
  if (pushKey === null) return null;
  const subscribe = async (): Promise<void> => {
    setBusy(true);
    await channels.attempt(async () => {
      const answer = await subscribeHere(pushKey);
      if (answer.kind !== 'subscribed') return setProblem(answer.kind);
      setProblem(null);
      await api.addPushDevice({ endpoint: answer.endpoint, keys: answer.keys, label: deviceLabel() });
      await channels.reload();
    });
    setBusy(false);
  };
  const remove = (id: string): Promise<boolean> =>
    channels.attempt(async () => {
      await api.removePushDevice(id);
      await channels.reload();
    });
  return (
    <section>
      <h2>{t('profile.web-push')}</h2>
      {view.pushDevices.length === 0 && <p className="muted">{t('profile.push.none')}</p>}
      <ul className="devices">
        {view.pushDevices.map((d) => (
          <li key={d.id}>
            <span>
              {d.label} <span className="muted">{d.createdAt.slice(0, 10)}</span>
            </span>
            <button type="button" className="button is-plain" onClick={() => void remove(d.id)}>
              {t('profile.push.remove')}
            </button>
          </li>
        ))}
      </ul>
      {problem && <p className="is-wrong">{t(`profile.push.${problem}`)}</p>}
      <button
        type="button"
        className="button is-strong"
        data-testid="push-add"
        disabled={busy || problem === 'unsupported'}
        onClick={() => void subscribe()}
      >
        {t('profile.push.add')}
      </button>
    </section>
  );
}
