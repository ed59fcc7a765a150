import { useObservable } from '../shared/observable.js';
import type { ControlRoomFeed } from './control-room-feed.js';

/** Takes the colour out of everything that may not be true any more; it can still be read and clicked. */
export function StaleCover({ feed }: { feed: ControlRoomFeed }) {
  const { phase } = useObservable(feed.watch.link);
  return phase === 'stale' ? <div className="stale-cover" aria-hidden="true" /> : null;
}
