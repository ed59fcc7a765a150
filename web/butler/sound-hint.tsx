import { useLanguage } from '../shared/i18n/language.js';
import { useObservable } from '../shared/observable.js';
import type { ButlerSession } from './butler-session.js';

/** A muted phone says that it is muted. */
export function SoundHint({ session }: { session: ButlerSession }) {
  const { t } = useLanguage();
  const sound = useObservable(session.ringer.state);
  if (sound === 'on') return null;
  return <p className="sound-hint">{t(`sound.${sound}`)}</p>;
}
