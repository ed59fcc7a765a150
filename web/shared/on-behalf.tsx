import type { Names } from '../../src/gateway/views.js';
import { useLanguage } from './i18n/language.js';

/** Marks what somebody told on the telephone and somebody else wrote down. */
export function OnBehalf({ by, names }: { by: string | undefined; names: ReadonlyMap<string, Names> }) {
  const { t, pick } = useLanguage();
  if (by === undefined) return null;
  const name = names.get(by);
  return <span className="muted on-behalf-mark">☎ {t('onBehalf.by', { name: name ? pick(name) : by })}</span>;
}
