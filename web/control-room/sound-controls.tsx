import { useLanguage } from '../shared/i18n/language.js';
import { useObservable } from '../shared/observable.js';
import type { Ringer } from '../shared/ringer.js';

/** Whether pages can be heard is always on the screen. */
export function SoundControls({ ringer }: { ringer: Ringer }) {
  const { t } = useLanguage();
  const sound = useObservable(ringer.state);
  return (
    <span className="sound-controls">
      <button
        type="button"
        className={`button ${sound === 'on' ? '' : 'is-strong'}`}
        data-testid="sound-toggle"
        data-sound={sound}
        aria-pressed={sound === 'on'}
        onClick={() => (sound === 'blocked' ? void ringer.test() : ringer.toggle())}
      >
        {t(`sound.${sound}`)}
      </button>
      <button type="button" className="button is-plain" data-testid="sound-test" onClick={() => void ringer.test()}>
        {t('sound.test')}
      </button>
    </span>
  );
}
