import { formatTime } from '../shared/format-time.js';
import { useLanguage } from '../shared/i18n/language.js';
import type { UnsentAction } from './unsent-queue.js';

/** What waits to be sent, in the order in which it will go. */
export function UnsentList({ queue, timeZone }: { queue: readonly UnsentAction[]; timeZone?: string }) {
  const { t, pick, word } = useLanguage();
  // What is merely under way does not count as stuck.
  const stuck = queue.filter((a) => a.tries > 0 || queue.some((b) => b.tries > 0));
  if (stuck.length === 0) return null;
  const what = (a: UnsentAction): string =>
    a.kind === 'move'
      ? word('move', a.move)
      : `${t(a.change === 'skip' ? 'step.skip' : a.change === 'done' ? 'step.done' : 'step.undo')} #${a.no}`;
  return (
    <section className="unsent" data-testid="unsent">
      <h2>{t('butler.unsent', { count: stuck.length })}</h2>
      <ol>
        {stuck.map((a) => (
          <li key={a.id}>
            <span>
              {what(a)} <span className="muted">{pick(a.place)}</span>
            </span>
            <span className="muted num">{t('butler.unsentAt', { time: formatTime(a.at, timeZone) })}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
