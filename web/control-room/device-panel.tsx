import type { EstateView } from '../../src/gateway/views.js';
import type { DeviceLife } from '../../src/estate/device.js';
import { formatTime } from '../shared/format-time.js';
import { goHome } from '../shared/hash-route.js';
import { useLanguage } from '../shared/i18n/language.js';
import { useObservable } from '../shared/observable.js';
import { useServerNow } from '../shared/server-clock.js';
import type { ControlRoomFeed } from './control-room-feed.js';
import { deviceNow } from './device-now.js';
import { ValueList } from './value-list.js';

export function DevicePanel({
  deviceId,
  feed,
  estate,
  lives,
}: {
  deviceId: string;
  feed: ControlRoomFeed;
  estate: EstateView | undefined;
  lives: ReadonlyMap<string, DeviceLife>;
}) {
  const { t, pick } = useLanguage();
  const all = useObservable(feed.devices);
  const live = useObservable(feed.live);
  const now = useServerNow();
  const device = estate && all.get(estate.id)?.find((d) => d.id === deviceId);
  if (!device) return <p className="empty">{t('map.loading')}</p>;
  const said = deviceNow(device, live);
  return (
    <article className="ticket-panel column-body" data-testid="device-panel" data-device={device.id}>
      <header className="ticket-head">
        <p className="ticket-kind">
          <span className="muted">{t(`device.life.${lives.get(device.id) ?? device.life}`)}</span>
          {said.online === false && <strong>{t('map.offline')}</strong>}
          <span className="header-gap" />
          <button type="button" className="button is-plain" aria-label={t('back')} onClick={goHome}>
            ✕
          </button>
        </p>
        <h2>{pick(device.place)}</h2>
        <p>
          {pick(device.name)} <span className="muted num">{device.id}</span>
        </p>
      </header>
      <section>
        <h3>
          {t('device.latest')} {said.at && <time>{formatTime(said.at, estate.timezone, now)}</time>}
        </h3>
        {said.at === null ? <p className="muted">{t('device.none')}</p> : <ValueList values={said.values} />}
      </section>
    </article>
  );
}
