import { useLanguage } from '../shared/i18n/language.js';
import type { Progress } from './next-action.js';

export function ProgressDots({ way, done }: { way: readonly Progress[]; done: ReadonlySet<Progress> }) {
  const { t } = useLanguage();
  const last = way.findLast((p) => done.has(p));
  return (
    <ol className="dots">
      {way.map((p) => (
        <li
          key={p}
          className={`${done.has(p) ? 'is-done' : ''} ${p === last ? 'is-now' : ''}`}
          aria-current={p === last ? 'step' : undefined}
          data-progress={p}
        >
          <span>{t(`progress.${p}`)}</span>
        </li>
      ))}
    </ol>
  );
}
